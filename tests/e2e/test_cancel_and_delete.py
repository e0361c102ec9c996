"""Letting go of a task: cancelled before it is bought, discarded after, deleted in the end."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.cloud import Cloud, Ordered, eventually

DAY = 24 * 3600
LONG_AGO = "2020-01-01T00:00:00.000Z"


def orders(cloud: Cloud) -> dict[str, dict[str, Any]]:
    return {
        **{
            f"cancel: {why}": cloud.body(cloud.way("maxapi"), "down") for why in ("queued", "twice")
        },
        "cancel: bought": cloud.body(cloud.way("maxapi"), "never"),
        "cancel: discarded": cloud.body(cloud.way("apixo"), "never"),
        "cancel: over": cloud.body(cloud.way("maxapi"), "fast"),
        "delete: failed": cloud.body(cloud.way("maxapi"), "refuse=400"),
        "delete: cancelled": cloud.body(cloud.way("maxapi"), "down"),
    }


@pytest.fixture(scope="module")
def bought(cloud: Cloud, placed: Ordered) -> Iterator[str]:
    """A task that its provider has, and never ends."""
    task_id = placed("cancel: bought").task_id
    yield task_id
    assert cancel(cloud, task_id, discard=True).status_code == 200


def cancel(cloud: Cloud, task_id: str, **sent: object) -> httpx.Response:
    """The first answer that is not for the moment only."""
    path = f"/v1/tasks/{task_id}/cancel"
    return eventually(
        lambda: cloud.api.post(path, json=sent) if sent else cloud.api.post(path),
        lambda answer: "just now" not in answer.text,
    )


def assert_cancelled(cloud: Cloud, task_id: str) -> None:
    """It stays so, and is told once."""
    task = cloud.show(task_id)
    assert (task["status"], task["failure"], task["images"]) == ("cancelled", None, [])
    assert task["finishedAt"]
    event = cloud.events(task_id)[0]
    assert (event.body["type"], event.attributes["type"]) == ("task.cancelled", "task.cancelled")


def assert_problem(answer: httpx.Response, status: int, code: str) -> str:
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return str(answer.json()["detail"])


def test_a_queued_task_is_cancelled(cloud: Cloud, placed: Ordered) -> None:
    order = placed("cancel: queued")
    answer = cancel(cloud, order.task_id)
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert_cancelled(cloud, order.task_id)
    assert [entry for entry in cloud.ledger(order.prompt) if entry["charged"]] == []


def test_cancelled_twice_is_cancelled(cloud: Cloud, placed: Ordered) -> None:
    order = placed("cancel: twice")
    first, second = cancel(cloud, order.task_id), cancel(cloud, order.task_id, discard=True)
    assert first.status_code == second.status_code == 200
    same = ("status", "finishedAt", "provider", "attempts")
    assert {n: first.json()[n] for n in same} == {n: second.json()[n] for n in same}
    assert_cancelled(cloud, order.task_id)


def test_a_bought_task_is_not_cancelled_and_says_why(cloud: Cloud, bought: str) -> None:
    for sent in ({}, {"discard": False}):
        why = assert_problem(cancel(cloud, bought, **sent), 409, "task_bought")
        assert "maxapi" in why
        assert '{"discard": true}' in why
    assert cloud.show(bought)["status"] == "processing"


def test_a_bought_task_is_let_go_where_that_is_asked_for(cloud: Cloud, placed: Ordered) -> None:
    order = placed("cancel: discarded")
    answer = cancel(cloud, order.task_id, discard=True)
    assert (answer.status_code, answer.json()["provider"]) == (200, "apixo")
    assert_cancelled(cloud, order.task_id)


def test_a_finished_task_is_not_cancelled(cloud: Cloud, placed: Ordered) -> None:
    task = cloud.wait(placed("cancel: over").task_id)
    for sent in ({}, {"discard": True}):
        assert_problem(cancel(cloud, task["taskId"], **sent), 409, "task_finished")
    assert cloud.show(task["taskId"])["status"] == "succeeded"


def test_a_task_that_runs_is_not_deleted(cloud: Cloud, bought: str) -> None:
    assert_problem(cloud.api.delete(f"/v1/tasks/{bought}"), 409, "task_running")
    assert cloud.show(bought)["status"] == "processing"


def test_ones_own_tasks_only(cloud: Cloud, placed: Ordered) -> None:
    stranger = cloud.api_of(cloud.make_key("stranger"))
    for task_id in (placed("cancel: over").task_id, f"tsk_{'a' * 26}", "x"):
        path = f"/v1/tasks/{task_id}"
        assert_problem(stranger.post(f"{path}/cancel"), 404, "task_not_found")
        assert_problem(stranger.delete(path), 404, "task_not_found")


@pytest.mark.parametrize("body", [{"discard": "yes"}, {"force": True}, []])
def test_a_cancellation_that_is_not_understood(cloud: Cloud, bought: str, body: Any) -> None:
    answer = cloud.api.post(f"/v1/tasks/{bought}/cancel", json=body)
    assert_problem(answer, 422, "invalid_request")


def test_a_deleted_task_is_gone_with_its_picture(cloud: Cloud) -> None:
    body, key = cloud.body(cloud.way("maxapi"), "fast"), {"Idempotency-Key": "to be deleted"}
    body["input"]["prompt"] += " and so on" * 100  # which has an item of its own
    task = cloud.wait(cloud.place(body, **key).task_id)
    task_id, (image,) = task["taskId"], task["images"]
    assert cloud.web.get(image["link"], follow_redirects=True).status_code == 200
    cloud.delete(task_id)
    path = f"/v1/tasks/{task_id}"
    for answer in (
        cloud.api.get(path),
        cloud.api.delete(path),
        cloud.api.get(f"{path}/deliveries"),
    ):
        assert_problem(answer, 404, "task_not_found")
    listed = cloud.api.get("/v1/tasks", params={"limit": 100}).json()["tasks"]
    assert task_id not in {each["taskId"] for each in listed}
    assert cloud.aws.objects(f"{cloud.owner}/{task_id}") == []
    assert cloud.web.get(image["url"]).status_code == 404
    assert_problem(cloud.web.get(image["link"]), 404, "link_not_found")
    for again in (body, {**body, "metadata": {}}):
        assert_problem(cloud.submit(again, **key), 410, "task_deleted")
    assert len(cloud.ledger(body["input"]["prompt"])) == 1
    assert len({told.body["id"] for told in cloud.events(task_id)}) == 1
    assert_tombstone(cloud, task_id)
    assert_buried(cloud, task_id)


def assert_tombstone(cloud: Cloud, task_id: str) -> None:
    (tombstone,) = cloud.aws.items(task_id)
    assert set(tombstone) == {
        *("taskId", "item", "formerOwner", "deletedAt", "expires", "shard", "due"),
    }
    kept = int(tombstone["expires"]["N"]) - int(tombstone["due"]["N"])
    assert 89 * DAY < kept < 90 * DAY


def assert_buried(cloud: Cloud, task_id: str) -> None:
    """As if its time had come: what was stored after the deletion goes too."""
    late = f"{cloud.owner}/{task_id}/late.png"
    bucket = cloud.aws.outputs["ImageBucketName"]
    cloud.aws.client("s3").put_object(Bucket=bucket, Key=late, Body=b"late")
    cloud.aws.client("dynamodb").update_item(
        TableName=cloud.aws.outputs["TaskTableName"],
        Key={"taskId": {"S": task_id}, "item": {"S": "task"}},
        UpdateExpression="SET due = :due, deletedAt = :then",
        ExpressionAttributeValues={":due": {"N": "1"}, ":then": {"S": LONG_AGO}},
    )
    eventually(lambda: cloud.aws.row(task_id), lambda row: "due" not in row)
    assert cloud.aws.objects(f"{cloud.owner}/{task_id}") == []


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_any_end_can_be_deleted(cloud: Cloud, placed: Ordered, end: str) -> None:
    task_id = placed(f"delete: {end}").task_id
    if end == "cancelled":
        assert cancel(cloud, task_id).status_code == 200
    cloud.wait(task_id)
    cloud.delete(task_id)
    assert_tombstone(cloud, task_id)
