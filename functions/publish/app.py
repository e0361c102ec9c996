"""The table's stream: tells of each task that has ended, and of others as far as is asked for."""

from plantain.entry import entry_point

from typing import Any

from plantain import rows, tasks
from plantain.batches import Record, handle_each


def tell(record: Record) -> None:
    tasks.tell(*rows.change_of(record["dynamodb"]))


@entry_point
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return handle_each(event, tell)
