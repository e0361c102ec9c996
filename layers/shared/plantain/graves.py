"""Deleted tasks in DynamoDB: a tombstone stands where the row was, until its time is over."""

from plantain.errors import ConditionFailed, TaskMoved
from plantain.lifecycle import iso
from plantain.models import Task
from plantain.rows import (
    BURIAL_SECONDS,
    TASK_ITEM,
    is_tombstone,
    key_of,
    pack,
    pack_row,
    tombstone_of,
    unpack_row,
)
from plantain.settings import client, settings


def entomb(task: Task, now: float) -> None:
    """Put a tombstone in a finished, announced task's place, and drop what belonged to it."""
    try:
        client("dynamodb").put_item(
            TableName=settings().task_table,
            Item=pack_row(tombstone_of(task, now)),
            ConditionExpression="#state = :state AND attribute_not_exists(due)",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={":state": pack(task.state)},
        )
    except ConditionFailed as error:
        raise TaskMoved(task.task_id) from error
    _delete_belongings(task.task_id)


def former_owner(task_id: str, now: float) -> str | None:
    """Whose task it was, once its tombstone may be buried and until it is."""
    answer = client("dynamodb").get_item(TableName=settings().task_table, Key=key_of(task_id))
    row = unpack_row(answer.get("Item", {}))
    if not is_tombstone(row) or "due" not in row or row["deletedAt"] > iso(now - BURIAL_SECONDS):
        return None
    return str(row["formerOwner"])


def forget(task_id: str) -> None:
    """Nothing more needs to be done for this tombstone, once all that belonged to it is gone."""
    _delete_belongings(task_id)
    client("dynamodb").update_item(
        TableName=settings().task_table,
        Key=key_of(task_id),
        UpdateExpression="REMOVE due, #shard",
        ConditionExpression="attribute_exists(deletedAt)",
        ExpressionAttributeNames={"#shard": "shard"},
    )


def _delete_belongings(task_id: str) -> None:
    answer = client("dynamodb").query(
        TableName=settings().task_table,
        KeyConditionExpression="taskId = :id",
        ExpressionAttributeValues={":id": pack(task_id)},
        ProjectionExpression="#item",
        ExpressionAttributeNames={"#item": "item"},
    )
    for row in map(unpack_row, answer["Items"]):
        if row["item"] != TASK_ITEM:
            key = key_of(task_id, row["item"])
            client("dynamodb").delete_item(TableName=settings().task_table, Key=key)
