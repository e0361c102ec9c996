"""Tasks as DynamoDB writes them, and back. Pure."""

from typing import Any

from plantain.lifecycle import STATUS, iso, shard
from plantain.models import SHOWN_PROMPT, State, Task, TaskRequest

Row = dict[str, Any]

TASK_ITEM = "task"
REQUEST_ITEM = "request"
# A longer request has an item of its own, so that later writes do not pay for its length.
INLINE_BYTES = 512
TOMBSTONE_SECONDS = 90 * 24 * 3600
BURIAL_SECONDS = 300  # longer than any function that may still be storing a picture


def row_of(task: Task) -> dict[str, Any]:
    """The attributes of a task's row; what is empty is not there."""
    row = task.model_dump(mode="json", by_alias=True, exclude={"request"}, exclude_none=True)
    row = {name: value for name, value in row.items() if value not in ([], {})}
    return {
        **row,
        "item": TASK_ITEM,
        "status": STATUS[task.state],
        "model": task.request.model,
        "request": brief(task.request).model_dump_json(by_alias=True, exclude_unset=True),
    }


def task_of(row: Row, request: str | None = None) -> Task:
    fields = {name: value for name, value in row.items() if name != "request"}
    sent = TaskRequest.model_validate_json(request or row["request"])
    return Task.model_validate({**fields, "request": sent})


def change_of(record: Row) -> tuple[State | None, Task]:
    """What a stream record tells of a task: the state it was in, if any, and how it is now."""
    before = unpack_row(record.get("OldImage", {})).get("state")
    return State(before) if before else None, task_of(unpack_row(record["NewImage"]))


def whole(request: TaskRequest) -> str:
    return request.model_dump_json(by_alias=True, exclude_unset=True)


def is_long(request: TaskRequest) -> bool:
    return len(whole(request).encode()) > INLINE_BYTES


def brief(request: TaskRequest) -> TaskRequest:
    """What the row itself holds of a request: all of a short one, the head of a long one."""
    if not is_long(request):
        return request
    shown = request.input.model_dump(exclude_unset=True, exclude={"image_urls", "prompt"})
    head = request.input.prompt.lstrip()[: SHOWN_PROMPT + 1]
    return request.model_copy(update={"input": type(request.input)(prompt=head, **shown)})


def tombstone_of(task: Task, now: float) -> Row:
    """What stays of a deleted task: that it was there, and that its pictures are to go."""
    return {
        "taskId": task.task_id,
        "item": TASK_ITEM,
        "formerOwner": task.owner,
        "deletedAt": iso(now),
        "expires": int(now) + TOMBSTONE_SECONDS,
        "shard": shard(task.task_id),
        "due": int(now) + BURIAL_SECONDS,
    }


def is_tombstone(row: Row) -> bool:
    return "deletedAt" in row


def key_of(task_id: str, item: str = TASK_ITEM) -> dict[str, Any]:
    return pack_row({"taskId": task_id, "item": item})


def update_of(key: Row, before: Row, after: Row, held: Row) -> dict[str, Any]:
    """One UpdateItem: what changed is set, what is gone removed, if what is held is still so.

    Whatever else other code has put into the row stays there.
    """
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    gone = [name for name in before if name not in after]
    sets = ["SET " + ", ".join(f"#{name} = :{name}" for name in changed)] if changed else []
    removes = ["REMOVE " + ", ".join(f"#{name}" for name in gone)] if gone else []
    writes = {"UpdateExpression": " ".join(sets + removes)} if sets or removes else {}
    conditions = [
        f"#{name} = :was_{name}" if value is not None else f"attribute_not_exists(#{name})"
        for name, value in held.items()
    ]
    was = {f":was_{name}": value for name, value in held.items() if value is not None}
    return {
        "Key": key,
        **writes,
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": {f"#{name}": name for name in [*changed, *gone, *held]},
        "ExpressionAttributeValues": pack_row(
            {**{f":{name}": value for name, value in changed.items()}, **was}
        ),
    }


def pack(value: Any) -> dict[str, Any]:
    """DynamoDB's typed JSON for what our rows are made of."""
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case list():
            return {"L": [pack(item) for item in value]}
        case dict():
            return {"M": pack_row(value)}
    raise TypeError(f"rows hold no {type(value).__name__}")


def pack_row(row: Row) -> dict[str, Any]:
    return {name: pack(value) for name, value in row.items()}


def unpack(typed: dict[str, Any]) -> Any:
    if not typed:  # an empty map, as the stream of DynamoDB Local tells it
        return {}
    ((kind, value),) = typed.items()
    match kind:
        case "N":
            return int(value)
        case "L":
            return [unpack(item) for item in value]
        case "M":
            return unpack_row(value)
    return value


def unpack_row(typed: dict[str, Any]) -> Row:
    return {name: unpack(value) for name, value in typed.items()}
