"""Browsers come with a token of the issuer that the stack names, to an API of their own."""

import pytest

from tests.e2e.cloud import AUDIENCE, Cloud, Ordered
from tests.e2e.issuer import Issuer


def orders(cloud: Cloud) -> dict[str, dict[str, object]]:
    return {"browsers: a key's": cloud.body(cloud.way("maxapi"), "fast")}


def test_a_token_orders_a_picture_that_only_its_subject_sees(
    cloud: Cloud, issuer: Issuer, placed: Ordered
) -> None:
    browser = cloud.browser_of(issuer.token("auth0|alice", AUDIENCE))
    answer = browser.post("/v1/tasks", json=cloud.body(cloud.way("maxapi"), "fast"))
    assert answer.status_code == 202, answer.text
    task_id = answer.json()["taskId"]
    while (task := browser.get(f"/v1/tasks/{task_id}?wait=20").json())["finishedAt"] is None:
        pass
    (image,) = task["images"]
    for link in (image["link"], image["url"]):
        assert len(cloud.web.get(link, follow_redirects=True).content) == image["bytes"]
    assert [one["taskId"] for one in browser.get("/v1/tasks").json()["tasks"]] == [task_id]
    bob = cloud.browser_of(issuer.token("bob", AUDIENCE))
    for stranger in (bob, cloud.api):
        assert stranger.get(f"/v1/tasks/{task_id}").status_code == 404
    others = placed("browsers: a key's").task_id
    assert browser.get(f"/v1/tasks/{others}").status_code == 404


def test_a_token_of_another_issuer_or_for_somebody_else_or_of_yesterday_is_refused(
    cloud: Cloud, issuer: Issuer
) -> None:
    impostor = Issuer()
    try:
        bad = [
            impostor.token("alice", AUDIENCE),
            impostor.token("alice", AUDIENCE, issuer=issuer.url),
            issuer.token("alice", "somebody-else"),
            issuer.token("alice", AUDIENCE, seconds=-1),
            issuer.token("alice", AUDIENCE)[:-4] + "AAAA",
            cloud.key,
        ]
    finally:
        impostor.end()
    for token in (None, *bad):
        for path in ("/v1/models", "/v1/tasks", "/v1/webhook"):
            assert cloud.browser_of(token).get(path).status_code == 401


def test_a_token_opens_nothing_at_the_door_for_keys(cloud: Cloud, issuer: Issuer) -> None:
    client = cloud.api_of(issuer.token("alice", AUDIENCE))
    assert client.get("/v1/models").status_code == 403


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
def test_the_description_is_there_for_everybody(path: str, cloud: Cloud) -> None:
    assert cloud.browser_of(None).get(path).status_code == 200
