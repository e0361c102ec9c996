"""Tasks as DynamoDB writes them, and back. Pure."""

from typing import Any

from plantain.lifecycle import STATUS
from plantain.models import SHOWN_PROMPT, Task, TaskRequest

Row = dict[str, Any]

TASK_ITEM = "task"
REQUEST_ITEM = "request"
# A longer request has an item of its own, so that later writes do not pay for its length.
INLINE_BYTES = 512


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


def key_of(task_id: str, item: str = TASK_ITEM) -> dict[str, Any]:
    return pack_row({"taskId": task_id, "item": item})


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
