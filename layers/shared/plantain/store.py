"""Tasks in DynamoDB: every change is one conditional write, and every list is an index."""

from contextlib import suppress
from secrets import token_hex
from typing import Any, NamedTuple

from plantain.errors import ConditionFailed, TaskDeleted, TaskExists, TaskMoved, TaskNotFound
from plantain.ids import is_task_id
from plantain.lifecycle import TERMINAL, iso
from plantain.models import Task
from plantain.rows import (
    REQUEST_ITEM,
    TASK_ITEM,
    is_long,
    is_tombstone,
    key_of,
    pack,
    pack_row,
    row_of,
    task_of,
    unpack_row,
    update_of,
    whole,
)
from plantain.settings import client, settings

ANNOUNCE_SECONDS = 30
# What a write of a task depends on: who read another value must look again.
HELD = ("state", "attempt", "providerTaskId", "hold", "lateSuccess")


class Due(NamedTuple):
    """An entry of the due index: a task that still needs something done."""

    task_id: str
    due: int


class Leased(NamedTuple):
    """What the sweep needs to know of a task it has taken."""

    task_id: str
    finished: bool
    deadline: int


def create(task: Task) -> None:
    """The put is the idempotency check: one of many at the same moment comes through."""
    put = {
        "TableName": settings().task_table,
        "Item": pack_row(row_of(task)),
        "ConditionExpression": "attribute_not_exists(taskId)",
    }
    try:
        if is_long(task.request):
            writes = [{"Put": put}, {"Put": _request_put(task)}]
            # Asked for again, it is known by its token, also while it is still under way.
            client("dynamodb").transact_write_items(
                TransactItems=writes, ClientRequestToken=token_hex(16)
            )
        else:
            client("dynamodb").put_item(**put)
    except ConditionFailed as error:
        if find(task.task_id) != task:
            raise TaskExists(task.task_id) from error


def find(task_id: str) -> Task | None:
    """The task as it is now, with the whole request."""
    answer = client("dynamodb").query(
        TableName=settings().task_table,
        KeyConditionExpression="taskId = :id",
        ExpressionAttributeValues={":id": {"S": task_id}},
        ConsistentRead=True,
    )
    items = {row["item"]: row for row in map(unpack_row, answer["Items"])}
    if TASK_ITEM not in items:
        return None
    if is_tombstone(items[TASK_ITEM]):
        raise TaskDeleted
    return task_of(items[TASK_ITEM], items.get(REQUEST_ITEM, {}).get("request"))


def find_of(owner: str, task_id: str) -> Task:
    """An owner's own task; to anyone else it does not exist."""
    try:
        task = find(task_id) if is_task_id(task_id) else None
    except TaskDeleted:
        raise TaskNotFound from None
    if task is None or task.owner != owner:
        raise TaskNotFound
    return task


def has_ended(task_id: str) -> bool:
    """The cheapest look at a task that there is."""
    answer = client("dynamodb").get_item(
        TableName=settings().task_table,
        Key=key_of(task_id),
        ProjectionExpression="#state",
        ExpressionAttributeNames={"#state": "state"},
    )
    return unpack_row(answer.get("Item", {})).get("state") in (None, *TERMINAL)


def replace(old: Task, new: Task) -> Task:
    """Write what changed, if the row still stands where `old` was read.

    A write whose answer was lost is sent again by the client, and refused as if by somebody
    else: then the row itself shows that it was ours.
    """
    before = row_of(old)
    before.pop("trail", None)  # what was added to it since it was read is written along
    held = {name: before.get(name) for name in HELD}
    change = update_of(key_of(old.task_id), before, row_of(new), held)
    try:
        client("dynamodb").update_item(TableName=settings().task_table, **change)
    except ConditionFailed as error:
        if find(old.task_id) != new:
            raise TaskMoved(old.task_id) from error
    return new


def due(shard: int, now: float, most: int) -> list[Due]:
    """What a shard's due index has for now, the oldest first: a page at most."""
    page = client("dynamodb").query(
        TableName=settings().task_table,
        IndexName="due",
        KeyConditionExpression="#shard = :shard AND due <= :now",
        ExpressionAttributeNames={"#shard": "shard"},
        ExpressionAttributeValues={":shard": pack(shard), ":now": pack(int(now))},
        Limit=most,
    )
    return [Due(row["taskId"], row["due"]) for row in map(unpack_row, page["Items"])]


def lease(entry: Due, until: int, now: float) -> Leased | None:
    """Take a due task by moving its due time; None if somebody else did. A finished task's
    row is touched by this, which sends it through the stream to be announced once more,
    unless it finished a moment ago and is just being announced."""
    try:
        answer = client("dynamodb").update_item(
            TableName=settings().task_table,
            Key=key_of(entry.task_id),
            UpdateExpression="SET due = :until",
            ConditionExpression="due = :due AND (attribute_not_exists(finishedAt)"
            " OR finishedAt < :settled)",
            ExpressionAttributeValues={
                ":due": pack(entry.due),
                ":until": pack(until),
                ":settled": pack(iso(now - ANNOUNCE_SECONDS)),
            },
            ReturnValues="ALL_NEW",
        )
    except ConditionFailed:
        return None
    row = unpack_row(answer["Attributes"])
    return Leased(entry.task_id, row.get("state") in TERMINAL, row.get("deadline", until))


def retire(task_id: str) -> None:
    """Finished and announced: nothing more needs to be done for this task."""
    finished = {f":s{n}": pack(state) for n, state in enumerate(sorted(TERMINAL))}
    with suppress(ConditionFailed):
        client("dynamodb").update_item(
            TableName=settings().task_table,
            Key=key_of(task_id),
            UpdateExpression="REMOVE due, #shard",
            ConditionExpression=f"#state IN ({', '.join(finished)})",
            ExpressionAttributeNames={"#state": "state", "#shard": "shard"},
            ExpressionAttributeValues=finished,
        )


def _request_put(task: Task) -> dict[str, Any]:
    item = {"taskId": task.task_id, "item": REQUEST_ITEM, "request": whole(task.request)}
    return {"TableName": settings().task_table, "Item": pack_row(item)}
