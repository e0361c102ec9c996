"""API keys: without one nobody gets in, and with one to one's own tasks only."""

import re
import time

import httpx
import pytest

from plantain.keys import new_key
from plantain.lifecycle import iso
from tests.e2e.cloud import Cloud, Ordered, eventually
from tests.integration.doors import DOORS, Door

WRONG = {
    "nothing": "Bearer",
    "no key": "Bearer plt_wrong",
    "one that was never made": f"Bearer {new_key()}",
    "another scheme": "Basic {key}",
    "no scheme": "{key}",
    "too short": "Bearer {cut}",
    "too long": "Bearer {key}x",
    "two": "Bearer {key} {key}",
    "other case": "Bearer {swapped}",
}


def orders(cloud: Cloud) -> dict[str, dict[str, object]]:
    return {"keys: mine": cloud.body(cloud.way("maxapi"), "fast")}


@pytest.fixture(scope="module")
def gone(cloud: Cloud) -> str:
    """A key that was revoked before it was ever used."""
    key = cloud.make_key("leaver")
    cloud.revoke_key(key)
    return key


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_without_a_live_key_only_what_is_open_is_open(
    door: Door, cloud: Cloud, placed: Ordered, gone: str
) -> None:
    path = re.sub(r"{\w+}", placed("keys: mine").task_id, door.path)
    key = {"key": cloud.key, "cut": cloud.key[:-1], "swapped": cloud.key.swapcase()}
    wrong = [words.format(**key) for words in (*WRONG.values(), f"Bearer {gone}")]
    stranger = cloud.api_of(None)
    if not door.with_key:
        assert stranger.request(door.method, path).status_code in (200, 404)
        return
    if door.asks:
        for header in wrong:
            answer = stranger.request(door.method, path, headers={"Authorization": header})
            assert (answer.status_code, answer.json()["code"]) == (401, 401), header
        return
    answer = stranger.request(door.method, path)
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
    for header in wrong:
        answer = stranger.request(door.method, path, headers={"Authorization": header})
        assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"}), header


def test_nobody_else_reaches_a_task_by_its_id(cloud: Cloud, placed: Ordered) -> None:
    mine = placed("keys: mine").task_id
    stranger = cloud.api_of(cloud.make_key(f"{cloud.owner}2"))
    before = pictureless(cloud.wait(mine))
    for door in (door for door in DOORS if "{taskId}" in door.path and door.with_key):
        found, nothing = (
            stranger.request(door.method, door.path.format(taskId=task_id))
            for task_id in (mine, f"tsk_{'a' * 26}")
        )
        code = 404 if door.asks else "task_not_found"
        assert (found.status_code, found.json()["code"]) == (404, code)
        assert found.json() == nothing.json()
    listed = stranger.get("/v1/tasks", params={"limit": 100}).json()["tasks"]
    assert mine not in {task["taskId"] for task in listed}
    assert pictureless(cloud.show(mine)) == before


def pictureless(task: dict[str, object]) -> dict[str, object]:
    """Signed addresses are others each time."""
    return {name: value for name, value in task.items() if name != "images"}


def test_a_second_key_of_the_same_owner_sees_the_same(cloud: Cloud, placed: Ordered) -> None:
    again = cloud.api_of(cloud.make_key(cloud.owner))
    assert again.get(f"/v1/tasks/{placed('keys: mine').task_id}").status_code == 200


def test_a_cached_answer_is_for_one_key_only(cloud: Cloud, placed: Ordered) -> None:
    mine, stranger = placed("keys: mine"), cloud.api_of(cloud.make_key("stranger"))
    for _ in range(2):
        assert cloud.api.get(f"/v1/tasks/{mine.task_id}").status_code == 200
        assert stranger.get(f"/v1/tasks/{mine.task_id}").status_code == 404


def test_a_key_is_listed_with_its_last_use(cloud: Cloud) -> None:
    key = cloud.make_key("newcomer", "tasks=100 spend=5")
    assert cloud.listed(key).endswith("never used  tasks=100/day spend=5.00/day")
    cloud.api_of(key).get("/v1/models")
    assert f"used {iso(time.time())[:11]}" in cloud.listed(key)


def test_a_revoked_key_is_out_when_its_cached_answers_are(revoked: httpx.Client) -> None:
    eventually(lambda: revoked.get("/v1/models").status_code, lambda status: status == 403)


def test_a_revoked_key_opens_nothing_new(cloud: Cloud) -> None:
    """What it opened before, it may open for a minute more: the answer is cached by route."""
    key = cloud.make_key("leaver")
    leaver = cloud.api_of(key)
    assert leaver.get("/v1/models").status_code == 200
    cloud.revoke_key(key)
    assert leaver.get("/v1/tasks").status_code == 403
    assert leaver.post("/v1/tasks", json=cloud.body()).status_code == 403
    assert cloud.api_of(cloud.make_key("leaver")).get("/v1/tasks").status_code == 200
