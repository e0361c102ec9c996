"""The advance queue: takes one task one step further."""

from typing import Any

from plantain import entry, rings, tasks
from plantain.batches import Record, handle_each


def advance(record: Record) -> None:
    tasks.advance(rings.read(record["body"]))


@entry.point
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return handle_each(event, advance)
