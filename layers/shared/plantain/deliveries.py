"""Deliveries: a row for each in DynamoDB, and the message in SQS that brings it back in time."""

from typing import Any

from plantain.errors import ConditionFailed, DeliveryMoved
from plantain.notices import Delivery, Errand
from plantain.rows import Row, key_of, pack, pack_row, unpack_row, update_of
from plantain.settings import client, settings

PREFIX = "delivery#"
# SQS counts its 12 hours from the moment a message was received, which was a while ago.
MAX_HIDDEN = 43_200 - 300


def open_once(delivery: Delivery) -> Delivery:
    """The delivery as it stands; this one, if there was none."""
    try:
        client("dynamodb").put_item(
            TableName=settings().task_table,
            Item=pack_row(_row(delivery)),
            ConditionExpression="attribute_not_exists(taskId)",
        )
    except ConditionFailed:
        return find(delivery.task_id, delivery.event_id) or delivery
    return delivery


def find(task_id: str, event_id: str) -> Delivery | None:
    answer = client("dynamodb").get_item(
        TableName=settings().task_table,
        Key=key_of(task_id, PREFIX + event_id),
        ConsistentRead=True,
    )
    return _delivery(answer["Item"]) if "Item" in answer else None


def of_task(task_id: str) -> list[Delivery]:
    answer = client("dynamodb").query(
        TableName=settings().task_table,
        KeyConditionExpression="taskId = :id AND begins_with(#item, :prefix)",
        ExpressionAttributeNames={"#item": "item"},
        ExpressionAttributeValues={":id": pack(task_id), ":prefix": pack(PREFIX)},
        ConsistentRead=True,
    )
    return [_delivery(item) for item in answer["Items"]]


def replace(old: Delivery, new: Delivery) -> Delivery:
    """Write it, if nobody has begun a try or a series, or closed it, since `old` was read."""
    before = _row(old)
    held = {name: before[name] for name in ("series", "count", "state")}
    change = update_of(key_of(old.task_id, before["item"]), before, _row(new), held)
    try:
        client("dynamodb").update_item(TableName=settings().task_table, **change)
    except ConditionFailed as error:
        # Our own write, if its answer was lost, and the client sent it again.
        if find(old.task_id, old.event_id) != new:
            raise DeliveryMoved(old.event_id) from error
    return new


def send(errand: Errand, slow: bool = False) -> None:
    _send(_queue(slow), errand)


def bury(errand: Errand) -> None:
    _send(settings().deliver_dead_letters_url, errand)


def hide(receipt: str, slow: bool, seconds: int) -> None:
    """Keep a message away for so long; what is longer than SQS can is done in several steps."""
    client("sqs").change_message_visibility(
        QueueUrl=_queue(slow),
        ReceiptHandle=receipt,
        VisibilityTimeout=min(seconds, MAX_HIDDEN),
    )


def is_slow(queue_arn: str) -> bool:
    return queue_arn.rpartition(":")[2] == _queue(slow=True).rpartition("/")[2]


def _queue(slow: bool) -> str:
    return settings().slow_deliver_queue_url if slow else settings().deliver_queue_url


def _send(queue: str, errand: Errand) -> None:
    client("sqs").send_message(QueueUrl=queue, MessageBody=errand.model_dump_json(by_alias=True))


def _row(delivery: Delivery) -> Row:
    row = delivery.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {**row, "item": PREFIX + delivery.event_id}


def _delivery(item: dict[str, Any]) -> Delivery:
    return Delivery.model_validate(unpack_row(item))
