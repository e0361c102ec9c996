"""While a deploy is half-way, code of today meets what code of tomorrow has written."""

import json
from typing import Any

import boto3
import pytest
from pydantic import ValidationError

from plantain import deliveries, owners, settings, tasks
from plantain.models import State
from tests.integration.recording import HOOK, OWNERS, Item, Sample, samples
from tests.integration.test_earlier_rows import (
    ENDS,
    TASK_ID,
    finished,
    moments,
    put,
    restore,
    state_in,
)
from tests.integration.world import World
from tools.keys import revoke_key

NEWEST = list(samples())[-1]
NEW = {"new": {"S": "of tomorrow"}}


def later(item: Item) -> Item:
    """With a field more: in the row, and in each thing that it lists."""
    return {name: _later(value) for name, value in item.items()} | NEW


def _later(value: Any) -> Any:
    listed = value.get("L", [])
    maps = [{"M": one["M"] | NEW} if "M" in one else one for one in listed]
    return {"L": maps} if maps else value


def items(table: str) -> list[Item]:
    found: list[Item] = settings.client("dynamodb").scan(TableName=table)["Items"]
    return found


@moments(*State, only=NEWEST)
def test_what_tomorrow_adds_stays_and_does_no_harm(moment: Sample, world: World) -> None:
    added = {queue: [_message(body) for body in moment[queue]] for queue in ("advance", "deliver")}
    restore(world, {**moment, "items": [later(item) for item in moment["items"]], **added})
    before = state_in(moment)
    after = finished(world)
    assert before
    assert after.state is ENDS.get(before, before)
    kept = {(item["taskId"]["S"], item["item"]["S"]) for item in moment["items"]}
    world.now += 120
    world.wait(1)
    assert {each.state for each in deliveries.of_task(TASK_ID)} <= {"delivered", "failed"}
    for item in items(settings.settings().task_table):
        if (item["taskId"]["S"], item["item"]["S"]) in kept:
            assert NEW.items() <= item.items()


def _message(body: str) -> str:
    return json.dumps({**json.loads(body), "new": "of tomorrow"})


def test_what_tomorrow_adds_to_owners_and_keys_stays(world: World) -> None:
    (recorded,) = (moment["items"] for moment in samples()[NEWEST] if moment["case"] == OWNERS)
    name = settings.settings().owner_table
    put(name, *map(later, recorded))
    owners.set_url("alice", HOOK)
    owners.rotate("carol")
    (key,) = (item["id"]["S"] for item in recorded if item.get("owner") == {"S": "alice"})
    revoke_key(boto3.resource("dynamodb").Table(name), key)
    assert all(NEW.items() <= item.items() for item in items(name))


UNKNOWN = {
    "a state": {"state": {"S": "resting"}},
    "something that is asked for": {
        "request": {"S": '{"model": "nano-banana", "input": {"prompt": "a fox", "mood": "calm"}}'}
    },
}


@pytest.mark.parametrize("change", UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_not_understood_is_neither_bought_nor_changed_and_stops_nobody_else(
    change: Item, world: World
) -> None:
    """Until this code is replaced, too: the sweep rings again and again."""
    other = world.order()
    table = settings.settings().task_table
    moments = {moment["case"]: moment for moment in samples()[NEWEST]}
    (item,) = moments["queued, as it was not paid for"]["items"]
    put(table, item | change)
    submitted = len(world.providers.submissions)
    world.now += 60
    for _ in range(2):
        world.now += 60
        tasks.sweep()
        assert _not_understood(world) == [TASK_ID]
    assert world.read(other).state is State.SUCCEEDED
    assert len(world.providers.submissions) == submitted
    (row,) = (one for one in items(table) if one["taskId"]["S"] == TASK_ID)
    assert row | {"due": item["due"]} == item | change
    put(table, item)
    assert world.settle(TASK_ID).state is State.SUCCEEDED


def _not_understood(world: World) -> list[str]:
    """The tasks of those rings that could not be answered; the queue gives them back."""
    rings = [ring for _, ring in world.rings()]
    world.lose_rings()
    failed = []
    for ring in rings:
        try:
            tasks.advance(ring)
        except ValidationError:
            failed.append(ring.task_id)
    return failed
