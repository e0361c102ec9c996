"""The advance queue: takes one task one step further."""

from plantain.entry import entry_point

from typing import Any

from plantain import rings, tasks
from plantain.batches import Record, handle_each


def advance(record: Record) -> None:
    tasks.advance(rings.read(record["body"]))


@entry_point
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return handle_each(event, advance)
