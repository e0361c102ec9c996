"""Nobody changes the shape of a row or a message without leaving a sample of it behind."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from plantain.models import (
    Attempt,
    Claim,
    Failure,
    Image,
    LateSuccess,
    State,
    Task,
    TaskInput,
    TaskRequest,
)
from plantain.notices import Delivery, Errand, Try
from plantain.rings import Ring
from plantain.rows import unpack_row
from tests.integration.recording import Sample, record, samples, save
from tests.integration.world import World

NEWEST = list(samples())[-1]
CHANGED = f"""Rows or messages are not written as tests/rows/{NEWEST}.jsonl has them any more. Read
docs/decisions/0055-*.md; if the change keeps its rules, record them anew:
make test ARGS="tests/integration/test_row_shapes.py --record-rows WHAT-IS-NEW"
"""
NAMED_BY_DATA = {
    "task.out",
    "task.claim.prices",
    "task.request.metadata",
    "request.request.metadata",
}
# Where each type's fields are to be found.
PLACES: dict[type, str] = {
    Task: "task.",
    Attempt: "task.past[].",
    Claim: "task.claim.",
    Image: "task.images[].",
    Failure: "task.failure.",
    LateSuccess: "task.lateSuccess[].",
    TaskRequest: "request.request.",
    TaskInput: "request.request.input.",
    Delivery: "delivery.",
    Try: "delivery.tries[].",
    Ring: "advance.",
    Errand: "deliver.",
}


def shapes_of(sample: list[Sample]) -> dict[str, set[str]]:
    """Of each case, every field that is written and its type: `task.images[].width: int`."""
    return {moment["case"]: set(_moment(moment)) for moment in sample}


def _moment(moment: Sample) -> Iterator[str]:
    for row in map(unpack_row, moment["items"]):
        kind = str(row.get("item", "owner")).partition("#")[0]
        yield from _shape(kind, row)
    for queue in ("advance", "deliver", "dead"):
        for body in moment.get(queue, []):
            yield from _shape(queue, json.loads(body))


def _shape(path: str, value: Any) -> Iterator[str]:
    if path.endswith(".request"):
        value = json.loads(value)
    if isinstance(value, dict) and path not in NAMED_BY_DATA:
        for name, inner in value.items():
            yield from _shape(f"{path}.{name}", inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _shape(f"{path}[]", inner)
    else:
        yield f"{path}: {type(value).__name__}"


def test_rows_and_messages_are_written_as_they_were_last_recorded(
    world: World, clean: Callable[[], None], pytestconfig: pytest.Config
) -> None:
    written = record(world, clean)
    if name := pytestconfig.getoption("--record-rows"):
        save(name, written)
        return
    assert shapes_of(written) == shapes_of(samples()[NEWEST]), CHANGED


@pytest.mark.parametrize("kind", PLACES, ids=lambda kind: kind.__name__)
def test_every_field_is_seen_in_the_newest_sample(kind: type) -> None:
    """A field that no case of `recording.py` fills could change unseen."""
    place = PLACES[kind]
    found = {
        path.removeprefix(place).partition(":")[0].partition("[")[0].partition(".")[0]
        for shape in shapes_of(samples()[NEWEST]).values()
        for path in shape
        if path.startswith(place)
    }
    assert _written_names(kind) <= found, CHANGED


def _written_names(kind: type) -> set[str]:
    if issubclass(kind, BaseModel):
        return {str(field.alias) for field in kind.model_fields.values()}
    return set(map(to_camel, kind._fields))


def test_every_state_is_seen_in_the_newest_sample() -> None:
    rows = [unpack_row(item) for moment in samples()[NEWEST] for item in moment["items"]]
    assert {row["state"] for row in rows if row.get("item") == "task" and "state" in row} == {
        str(state) for state in State
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.update(colour={"S": "gold"}),
        lambda row: row.pop("linkToken"),
        lambda row: row.update(sent={"S": "yesterday"}),
        lambda row: row["images"]["L"][0]["M"].pop("source"),
    ],
    ids=["a new field", "a field less", "another type", "a field less inside"],
)
def test_a_change_is_noticed(change: Callable[[Any], object]) -> None:
    before, after = samples()[NEWEST], samples()[NEWEST]
    (moment,) = (moment for moment in after if moment["case"] == "succeeded")
    change(moment["items"][0])
    assert shapes_of(before) == shapes_of(samples()[NEWEST]) != shapes_of(after)
