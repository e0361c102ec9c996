"""The table's stream: makes the thumbnails of each task that has succeeded and been told."""

from plantain.entry import entry_point

from typing import Any

from plantain import thumbnails
from plantain.batches import Record, handle_each


def make(record: Record) -> None:
    thumbnails.make(record["dynamodb"]["Keys"]["taskId"]["S"])


@entry_point
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return handle_each(event, make)
