"""API keys: without one nobody gets in, and with one to one's own tasks only."""

import pytest

from plantain.keys import new_key
from tests.e2e.cloud import Cloud, Ordered

ROUTES = [("POST", "/v1/tasks"), ("GET", "/v1/tasks"), ("GET", "/v1/models")]


def orders(cloud: Cloud) -> dict[str, dict[str, object]]:
    return {"keys: mine": cloud.body(cloud.way("maxapi"), "fast")}


@pytest.mark.parametrize(("method", "path"), [*ROUTES, ("GET", "/v1/tasks/tsk_none")])
def test_no_key_is_401_and_a_bad_one_403(cloud: Cloud, method: str, path: str) -> None:
    stranger = cloud.api_of(None)
    assert stranger.request(method, path).status_code == 401
    for bad in ("", "plt_wrong", new_key(), cloud.key[:-1], cloud.key + "x"):
        answer = stranger.request(method, path, headers={"Authorization": f"Bearer {bad}".strip()})
        assert answer.status_code == 403
    basic = {"Authorization": f"Basic {cloud.key}"}
    assert stranger.request(method, path, headers=basic).status_code == 403


def test_the_scheme_is_read_in_any_case(cloud: Cloud) -> None:
    headers = {"Authorization": f"bearer {cloud.key}"}
    assert cloud.api_of(None).get("/v1/models", headers=headers).status_code == 200


def test_another_owners_task_does_not_exist(cloud: Cloud, placed: Ordered) -> None:
    mine = placed("keys: mine")
    stranger = cloud.api_of(cloud.make_key("stranger"))
    answer = stranger.get(f"/v1/tasks/{mine.task_id}")
    nothing = stranger.get(f"/v1/tasks/tsk_{'a' * 26}")
    assert answer.status_code == nothing.status_code == 404
    assert answer.json() == nothing.json()
    listed = stranger.get("/v1/tasks", params={"limit": 100}).json()["tasks"]
    assert mine.task_id not in {task["taskId"] for task in listed}


def test_a_second_key_of_the_same_owner_sees_the_same(cloud: Cloud, placed: Ordered) -> None:
    again = cloud.api_of(cloud.make_key(cloud.owner))
    assert again.get(f"/v1/tasks/{placed('keys: mine').task_id}").status_code == 200


def test_a_revoked_key_opens_nothing_new(cloud: Cloud) -> None:
    """What it opened before, it may open for a minute more: the answer is cached by route."""
    key = cloud.make_key("leaver")
    leaver = cloud.api_of(key)
    assert leaver.get("/v1/models").status_code == 200
    cloud.revoke_key(key)
    assert leaver.get("/v1/tasks").status_code == 403
    assert leaver.post("/v1/tasks", json=cloud.body()).status_code == 403
    assert cloud.api_of(cloud.make_key("leaver")).get("/v1/tasks").status_code == 200
