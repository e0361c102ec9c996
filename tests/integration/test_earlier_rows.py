"""What earlier code left in the tables and queues is read, gone on with, told of and let go."""

from typing import Any

import boto3
import pytest

from plantain import deliveries, graves, listing, owners, removal, settings, store, webhooks
from plantain.errors import TaskBought
from plantain.intake import task_id_of
from plantain.keys import key_hash, new_key
from plantain.lifecycle import LAST_LOOK_GRACE
from plantain.models import State, Task
from plantain.rows import TASK_ITEM, unpack_row
from plantain.shapes import tasks as shapes
from plantain.timeline import timeline
from plantain.views import event, show
from tests.integration.recording import HOOK, KEY, OWNERS, Item, Sample, samples
from tests.integration.world import World
from tests.unit.samples import API
from tools.keys import keys

TASK_ID = task_id_of("alice", KEY)
ENDS = {
    State.QUEUED: State.SUCCEEDED,
    State.SUBMITTED: State.SUCCEEDED,
    State.SUBMITTING: State.FAILED,  # perhaps bought, and never heard of
    State.UNKNOWN: State.FAILED,
}


def moments(*states: State | None, only: str = "") -> Any:
    """What was recorded of tasks in these states; None is a deleted one."""
    return pytest.mark.parametrize(
        "moment",
        [
            pytest.param(moment, id=f"{name}: {moment['case']}")
            for name, sample in samples().items()
            for moment in sample
            if only in ("", name)
            if moment["case"] != OWNERS and state_in(moment) in states
        ],
    )


def state_in(moment: Sample) -> State | None:
    (row,) = (item for item in map(unpack_row, moment["items"]) if item["item"] == TASK_ITEM)
    return State(row["state"]) if "state" in row else None


def restore(world: World, moment: Sample) -> None:
    """The table and the queues as they were left."""
    world.now = moment["now"]
    put(settings.settings().task_table, *moment["items"])
    for queue in ("advance", "deliver"):
        for body in moment[queue]:
            world.queues.send_message(f"https://queue.test/{queue}", body)


def put(table: str, *items: Item) -> None:
    for item in items:
        settings.client("dynamodb").put_item(TableName=table, Item=item)


def found() -> Task:
    task = store.find(TASK_ID)
    assert task is not None
    return task


def finished(world: World) -> Task:
    """In strides: for what is tested here it does not matter how often the sweep looks."""
    world.stream()
    while (task := found()).due is not None:
        world.wait(1)
        world.now += 300
    return task


def listed() -> list[Task]:
    return listing.page("alice", listing.Wanted(), 20, None).tasks


@moments(*State)
def test_it_is_shown_brought_to_its_end_told_of_and_removed(moment: Sample, world: World) -> None:
    restore(world, moment)
    before = found()
    assert listed() == [before]
    shapes.Task.model_validate(show(before, API))
    shapes.Timeline.model_validate(timeline(before, deliveries.of_task(TASK_ID)))
    after = finished(world)
    assert after.state is ENDS.get(before.state, before.state)
    assert len(world.providers.submissions) == (before.state is State.QUEUED)
    assert after.late_successes[:1] == before.late_successes
    # Before there were webhooks, an end was announced without one.
    ids = {event(after, API)["id"]}
    assert {told["id"] for told in world.events} == (ids if before.due else set())
    world.now += 120
    world.wait(1)
    assert {each.event_id for each in deliveries.of_task(TASK_ID)} <= ids
    assert {each.state for each in deliveries.of_task(TASK_ID)} <= {"delivered", "failed"}
    removal.remove("alice", TASK_ID)
    assert listed() == []


@moments(*ENDS)
def test_it_can_be_cancelled(moment: Sample, world: World) -> None:
    restore(world, moment)
    if found().state is State.SUBMITTING:
        with pytest.raises(TaskBought):
            removal.cancel("alice", TASK_ID, discard=True)
        return
    removal.cancel("alice", TASK_ID, discard=True)
    assert finished(world).state is State.CANCELLED
    assert [told["type"] for told in world.events] == ["task.cancelled"]
    assert world.providers.submissions == []


@moments(None)
def test_a_tombstone_is_buried(moment: Sample, world: World) -> None:
    restore(world, moment)
    assert graves.former_owner(TASK_ID, world.now + 400) == "alice"
    world.now += 400
    world.wait(60)
    assert "due" not in tombstone()
    assert listed() == []


def tombstone() -> dict[str, Any]:
    table = settings.settings().task_table
    (item,) = settings.client("dynamodb").scan(TableName=table)["Items"]
    return item


def test_a_task_of_a_provider_that_is_no_more_ends_with_its_time(world: World) -> None:
    """Nobody can say what became of it; its client is told so, once."""
    world.set(DEADLINE_SECONDS=60)
    task = world.order()
    store.replace(task, task.model_copy(update={"provider": "vanished"}))
    with pytest.raises(LookupError):
        world.webhook(task)
    assert listed() == [world.read(task)]
    world.now += 61 + LAST_LOOK_GRACE
    assert world.webhook(task).state is State.FAILED
    assert world.settle(task.task_id).due is None
    assert len(world.events) == 1


@pytest.mark.parametrize("name", samples())
def test_owners_keep_their_keys_and_secrets(name: str, world: World) -> None:
    key, table = new_key(), settings.settings().owner_table
    (recorded,) = (moment["items"] for moment in samples()[name] if moment["case"] == OWNERS)
    put(table, *recorded)
    held = keys(boto3.resource("dynamodb").Table(table))
    assert [(row["owner"], "revoked" in row) for row in held] == [
        ("alice", False),
        ("bob", True),
        ("carol", False),
    ]
    row = dict(next(item for item in recorded if item.get("owner") == {"S": "alice"}))
    put(table, {**row, "id": {"S": f"key#{key_hash(key)}"}})
    known = owners.admit(key)
    assert known is not None
    assert known["owner"] == "alice"
    secret = owners.webhook_of("alice").secret
    assert secret
    assert webhooks.choose("alice", HOOK).secret == secret
    assert owners.rotate("alice").previous_secret == secret
