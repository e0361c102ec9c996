"""The doorbell: a good token rings whatever is said, a wrong one changes nothing."""

from typing import Any

import pytest

from tests.e2e.cloud import Cloud, Placed, eventually
from tests.e2e.ends import End, assert_ends

BODIES = {
    "nothing": b"",
    "no JSON": b"<html>",
    "no UTF-8": b"\xff\xfe\x00",
    "a list": b"[1, 2, 3]",
    "deep": b"[" * 100_000,
    "a number for an id": b'{"data": {"taskId": 7}}',
    "a long id": b'{"data": {"taskId": "' + b"x" * 1000 + b'"}}',
    "another id": b'{"data": {"taskId": "somebody-elses"}}',
    "a lie": b'{"code": 0, "data": {"status": "SUCCESS", "result": {"urls": ["https://x.example"]}}}',
    "very much": b" " * 1_500_000,
}


@pytest.fixture(scope="module")
def ringing(cloud: Cloud) -> Placed:
    """A task whose own webhook comes after the tests have rung."""
    return cloud.order(cloud.way("maxapi"), "slow=15")


def path_of(cloud: Cloud, placed: Placed) -> str:
    """What its provider was given as the address of a task: task, attempt and token."""
    url: str = cloud.ledger(placed.prompt)[0]["callbackUrl"]
    return url.partition("/v1/callback/")[2]


def frozen_row(cloud: Cloud, placed: Placed) -> dict[str, Any]:
    """The row without what a sweep may move at any time."""
    return {name: value for name, value in cloud.aws.row(placed.task_id).items() if name != "due"}


def test_a_wrong_token_changes_nothing(cloud: Cloud, ringing: Placed) -> None:
    other = cloud.order(cloud.way("maxapi"), "fast")
    before = frozen_row(cloud, ringing)
    task_id, attempt, token = path_of(cloud, ringing).split("/")
    foreign = path_of(cloud, other).split("/")[2]
    wrong = [foreign, token[:-1], token + "x", token.swapcase(), "x", "%00", "%C3%A9", "a" * 4000]
    paths = [f"{task_id}/{attempt}/{each}" for each in wrong]
    paths += [f"{task_id}/{number}/{token}" for number in ("2", "0", "-1", "x", "1e0", "9" * 40)]
    paths += [f"{other.task_id}/{attempt}/{token}", f"tsk_{'a' * 26}/{attempt}/{token}"]
    answers = {path: cloud.ring(path).status_code for path in paths}
    assert answers == dict.fromkeys(paths, 403)
    assert frozen_row(cloud, ringing) == before


@pytest.mark.parametrize("said", BODIES)
def test_a_good_token_is_enough(cloud: Cloud, ringing: Placed, said: str) -> None:
    answer = cloud.ring(path_of(cloud, ringing), BODIES[said])
    assert (answer.status_code, answer.content) == (200, b"")


def test_what_was_said_is_not_believed(cloud: Cloud, ringing: Placed) -> None:
    assert_ends(cloud, ringing, End())


def test_ringing_after_the_end_changes_nothing(cloud: Cloud) -> None:
    order = cloud.order(cloud.way("maxapi"), "fast")
    task = assert_ends(cloud, order, End())
    before = eventually(lambda: cloud.aws.row(order.task_id), is_at_rest)
    for _ in range(3):
        assert cloud.ring(path_of(cloud, order)).status_code == 200
    after = cloud.order(cloud.way("maxapi"), "fast")  # is through after the rings are
    assert_ends(cloud, after, End())
    assert cloud.aws.row(order.task_id) == before
    assert len({told.body["id"] for told in cloud.mailbox.of(task["taskId"])}) == 1


def is_at_rest(row: dict[str, Any]) -> bool:
    """Told, and with its thumbnail."""
    return "due" not in row and "thumbnail" in row["images"]["L"][0]["M"]


def test_the_callback_api_has_no_other_door(cloud: Cloud) -> None:
    callbacks = cloud.aws.outputs["CallbackUrl"]
    for path in ("/", "/v1/tasks", "/v1/models", "/v1/callback/a/1"):
        answer = cloud.web.get(callbacks + path)
        assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})
    assert cloud.web.get(f"{callbacks}/v1/callback/a/1/b").status_code == 404
    assert cloud.api.post("/v1/callback/a/1/b").status_code == 404
