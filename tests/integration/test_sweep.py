"""Whatever is lost is found again, wherever the function was killed; and every end is told."""

import re
from typing import Any

import boto3
import pytest

from plantain import bell, lifecycle, settings, store, tasks
from plantain.models import State
from plantain.rings import Ring
from tests.integration.world import World
from tests.unit.gateway import function
from tests.unit.samples import NOW, a_task

PNG = "https://example.com/a.png"
LONG = "A long story. " * 1000


def test_a_sweep_rings_for_what_is_due_and_for_nothing_else(world: World) -> None:
    due, later = world.order(), world.order()
    store.replace(later, later.model_copy(update={"due": NOW + 1000}))
    world.now += 45
    tasks.sweep()
    assert [ring for _, ring in world.rings()] == [Ring(task_id=due.task_id)]


def test_two_sweeps_at_once_ring_once(world: World) -> None:
    for _ in range(5):
        world.order()
    world.now += 45
    tasks.sweep()
    tasks.sweep()
    assert len(world.rings()) == 5
    world.now += lifecycle.RESCUE_PAUSE
    tasks.sweep()
    assert len(world.rings()) == 10


def test_a_sweep_finds_tasks_on_every_shard_however_many(world: World) -> None:
    for number in range(60):
        task_id = f"tsk_{number}"
        shard = lifecycle.shard(task_id)
        store.create(a_task(State.SUBMITTED, task_id=task_id, shard=shard, due=NOW - number))
    tasks.sweep()
    assert {ring.task_id for _, ring in world.rings()} == {f"tsk_{n}" for n in range(60)}


def test_a_sweep_rings_for_no_more_than_the_workers_can_answer(world: World) -> None:
    world.set(ADVANCE_CONCURRENCY=1)
    room = bell.RINGS_A_MINUTE // lifecycle.SHARDS
    for number in range(room + 5):
        due = NOW - 1000 + number
        store.create(a_task(State.SUBMITTED, task_id=f"tsk_{number}", shard=3, due=due))
    tasks.sweep()
    assert {ring.task_id for _, ring in world.rings()} == {f"tsk_{n}" for n in range(room)}
    world.now += lifecycle.RESCUE_PAUSE
    tasks.sweep()
    rung = [ring.task_id for _, ring in world.rings()][room:]
    assert set(rung[:5]) == {f"tsk_{n}" for n in range(room, room + 5)}


def test_a_sweep_rings_for_the_oldest_even_if_nothing_is_being_answered(world: World) -> None:
    world.set(ADVANCE_CONCURRENCY=1)
    for number in range(3):
        store.create(a_task(State.SUBMITTED, task_id=f"tsk_{number}", shard=3, due=NOW - number))
    bell.ring_all("tsk_elsewhere" for _ in range(2 * bell.RINGS_A_MINUTE))
    tasks.sweep()
    assert [ring.task_id for _, ring in world.rings()][2 * bell.RINGS_A_MINUTE :] == ["tsk_2"]


def test_a_sweep_reports_how_late_the_latest_is(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    def reported() -> float:
        capsys.readouterr()
        function("poll").handler({}, None)
        (seconds,) = re.findall(r'"OldestDueSeconds":\[([0-9.]+)', capsys.readouterr().out)
        return float(seconds)

    assert reported() == 0
    world.order()
    world.now += 45 + 100
    assert reported() == 100


def test_a_sweep_that_cannot_ring_is_repeated_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.order()
    world.now += 60

    def refuse(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as down:
        down.setattr(bell, "ring_all", refuse)
        with pytest.raises(ConnectionError):
            tasks.sweep()
    world.now += 60
    tasks.sweep()
    assert len(world.rings()) == 1


def test_an_end_is_told_once_and_then_due_no_more(world: World) -> None:
    task = world.webhook(world.order(outside={"metadata": {"order": 7}}))
    world.stream()
    (event,) = world.events
    assert event["type"] == "task.succeeded"
    assert (event["data"]["taskId"], event["data"]["metadata"]) == (task.task_id, {"order": 7})
    assert world.read(task).due is None
    world.wait(300)
    assert len(world.events) == 1


def test_nothing_is_told_of_a_task_that_goes_on(world: World) -> None:
    world.providers.say("maxapi", status="PROCESSING")
    world.order()
    world.wait(120)
    assert world.events == []


def test_an_end_that_could_not_be_told_is_told_later_under_the_same_id(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = world.webhook(world.order())

    def refuse(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as down:
        down.setattr(store, "retire", refuse)
        with pytest.raises(ConnectionError):
            world.stream()
    assert len(world.events) == 1
    world.wait(180)
    assert len(world.events) == 2
    assert world.events[0]["id"] == world.events[1]["id"]
    assert world.read(task).due is None


def test_the_tables_own_stream_is_what_is_told(world: World) -> None:
    task = world.webhook(world.order(prompt=LONG, imageUrls=[PNG]))
    records = stream_of(settings.settings().task_table)
    ends = [
        record
        for record in records
        if record["dynamodb"].get("NewImage", {}).get("state", {}).get("S") == "succeeded"
    ]
    assert len(ends) == 1
    answer = function("publish").handler({"Records": ends}, None)
    assert answer == {"batchItemFailures": []}
    assert [event["data"]["taskId"] for event in world.events] == [task.task_id]
    assert world.read(task).due is None


def stream_of(table: str) -> list[dict[str, Any]]:
    """All records of a table's stream, as a function is given them."""
    streams = boto3.client("dynamodbstreams")
    (listed,) = streams.list_streams(TableName=table)["Streams"]
    described = streams.describe_stream(StreamArn=listed["StreamArn"])["StreamDescription"]
    records: list[dict[str, Any]] = []
    for shard in described["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=listed["StreamArn"],
            ShardId=shard["ShardId"],
            ShardIteratorType="TRIM_HORIZON",
        )["ShardIterator"]
        records += streams.get_records(ShardIterator=iterator)["Records"]
    return [{**record, "eventSource": "aws:dynamodb"} for record in records]
