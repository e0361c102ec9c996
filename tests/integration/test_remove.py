"""Deleting: a tombstone is all that stays of a task, whoever dies or comes late."""

from typing import Any

import pytest

from plantain import links, listing, removal, rows, settings, store
from plantain.errors import (
    KeyReused,
    LinkNotFound,
    TaskDeleted,
    TaskNotFound,
    TaskRunning,
)
from plantain.listing import Wanted
from plantain.models import State, Task
from tests.integration.test_results import stored
from tests.integration.world import World

LONG = "A long story. " * 1000
HOOK = "https://client.test/hook"
DAY = 24 * 3600


def ended(world: World, **fields: Any) -> Task:
    """A task that has succeeded, was announced, and told to its client."""
    task = world.order(prompt=LONG, outside={"callBackUrl": HOOK}, **fields)
    world.webhook(task)
    world.stream()
    world.wait(5)
    assert len(world.endpoint.received) == len(world.events) == 1
    assert items(task) == ["delivery#", "request", "task"]
    assert stored(prefix(task))
    return world.read(task)


def prefix(task: Task) -> str:
    return f"{task.owner}/{task.task_id}/"


def remove(task: Task) -> None:
    removal.remove(task.owner, task.task_id)


def all_rows(task: Task) -> list[rows.Row]:
    answer = settings.client("dynamodb").query(
        TableName=settings.settings().task_table,
        KeyConditionExpression="taskId = :id",
        ExpressionAttributeValues={":id": {"S": task.task_id}},
    )
    return [rows.unpack_row(item) for item in answer["Items"]]


def items(task: Task) -> list[str]:
    return [row["item"][:9] for row in all_rows(task)]


def test_only_a_tombstone_stays(world: World) -> None:
    task = ended(world)
    deleted = world.now
    remove(task)
    (tombstone,) = all_rows(task)
    assert tombstone == {
        "taskId": task.task_id,
        "item": "task",
        "formerOwner": "alice",
        "deletedAt": "2027-01-15T08:00:05.000Z",
        "expires": deleted + 90 * DAY,
        "shard": task.shard or tombstone["shard"],
        "due": deleted + rows.BURIAL_SECONDS,
    }
    assert stored(prefix(task)) == []


def test_a_deleted_task_is_seen_nowhere(world: World) -> None:
    task, other = ended(world), world.order()
    file = f"{task.link_token}.png"
    assert links.find(task.task_id, "0", file)
    remove(task)
    assert [each.task_id for each in listing.page("alice", Wanted(), 20, None).tasks] == [
        other.task_id
    ]
    for look in (
        lambda: store.find_of("alice", task.task_id),
        lambda: removal.cancel("alice", task.task_id, discard=True),
        lambda: remove(task),
    ):
        with pytest.raises(TaskNotFound):
            look()
    with pytest.raises(LinkNotFound):
        links.find(task.task_id, "0", file)


def test_a_list_that_is_behind_leaves_out_what_was_deleted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, other = ended(world), world.order()
    dynamodb = settings.client("dynamodb")
    index = dynamodb.query(**listing._query("alice", Wanted()))
    remove(task)
    monkeypatch.setattr(dynamodb, "query", lambda **_: index)
    assert listing.page("alice", Wanted(), 20, None).tasks == [other]


def test_a_deleted_tasks_key_buys_nothing(world: World) -> None:
    task = ended(world, key="k")
    with pytest.raises(KeyReused):
        world.order(key="k")
    remove(task)
    for fields in ({"prompt": LONG, "outside": {"callBackUrl": HOOK}}, {"prompt": "another"}):
        with pytest.raises(TaskDeleted):
            world.order(key="k", **fields)
    world.wait(400)
    with pytest.raises(TaskDeleted):
        world.order(key="k")
    assert len(world.providers.submissions) == 1


@pytest.mark.parametrize("state", [State.QUEUED, State.SUBMITTED, State.UNKNOWN, State.SUBMITTING])
def test_a_running_task_is_not_deleted(state: State, world: World) -> None:
    task = world.order()
    task = store.replace(task, task.model_copy(update={"state": state}))
    with pytest.raises(TaskRunning, match="cancel it first"):
        remove(task)
    assert world.read(task) == task


def test_an_end_that_is_not_announced_yet_is_not_deleted(world: World) -> None:
    task = world.webhook(world.order())
    with pytest.raises(TaskRunning, match="announced"):
        remove(task)
    assert world.read(task) == task
    world.stream()
    remove(task)
    assert items(task) == ["task"]


def test_nobody_deletes_another_owners_task(world: World) -> None:
    task = ended(world)
    for owner, task_id in (("bob", task.task_id), ("alice", "tsk_none"), ("alice", "x")):
        with pytest.raises(TaskNotFound):
            removal.remove(owner, task_id)
    assert world.read(task) == task


@pytest.mark.parametrize("answer", ["failed", "discarded"])
def test_any_end_can_be_deleted(answer: str, world: World) -> None:
    world.providers.say("maxapi", status="failed")
    task = world.order()
    if answer == "failed":
        world.webhook(task)
    else:
        removal.cancel("alice", task.task_id, discard=True)
    world.stream()
    remove(task)
    assert items(task) == ["task"]
