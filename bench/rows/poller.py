"""What a sweep reads: the built `poll` over a table that is full of what needs nothing any more."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import batched
from typing import Any

from bench.figure import Figure, Scale
from bench.progress import each
from bench.world import World, world
from plantain import lifecycle, settings
from plantain.models import State
from plantain.rows import pack_row, row_of
from tests.unit.samples import NOW, a_task

BATCH = 25
LONG_AGO = 1_000_000_000
LATER = NOW + 24 * 3600


def measure(scale: Scale) -> Iterator[Figure]:
    with world() as made:
        fill(made, scale.finished_rows, scale.due_rows)
        read = items_read(made)
    allowed = scale.due_rows + lifecycle.SHARDS
    yield Figure(
        name="Index entries that a sweep reads for each due task",
        ours=read / scale.due_rows,
        unit="entries",
        goal=allowed / scale.due_rows,
        floor="1",
        others={
            "a scan of the table": (scale.finished_rows + scale.due_rows) / scale.due_rows,
        },
        counted=True,
        note=f"{scale.finished_rows:,} finished rows and {scale.due_rows:,} due ones",
    )


def fill(made: World, finished: int, due: int) -> None:
    """Finished rows are not due; what is due has long been so."""
    batches = list(batched(range(finished + due), BATCH, strict=False))
    dynamodb = made.direct("dynamodb")

    def put(numbers: tuple[int, ...]) -> None:
        puts = [{"PutRequest": {"Item": _row(number, number < due)}} for number in numbers]
        dynamodb.batch_write_item(RequestItems={"tasks": puts})

    with ThreadPoolExecutor(4) as pool:
        for begun in each(list(batched(batches, 400, strict=False)), "tens of thousands of rows"):
            list(pool.map(put, begun))


def items_read(made: World) -> int:
    """Over all pages of all shards, as DynamoDB counts what it looked at."""
    table = settings.client("dynamodb")
    asked, read = table.ask, 0

    def ask(operation: str, parameters: dict[str, Any]) -> Any:
        nonlocal read
        told = asked(operation, parameters)
        read += told.get("ScannedCount", 0)
        return told

    table.ask = ask
    try:
        made.run("poll", {})
    finally:
        table.ask = asked
    assert read, "nothing was found"
    return read


def _row(number: int, due: bool) -> dict[str, Any]:
    task_id = f"tsk_{number}"
    shard = lifecycle.shard(task_id)
    if due:
        task = a_task(State.SUBMITTED, task_id=task_id, shard=shard, due=LONG_AGO, deadline=LATER)
    else:
        task = a_task(State.SUCCEEDED, task_id=task_id, finished_at="2027-01-15T08:00:00.000Z")
    return pack_row(row_of(task))
