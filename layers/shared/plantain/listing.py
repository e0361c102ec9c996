"""An owner's tasks, newest first, a page at a time."""

import base64
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import batched
from typing import Any

from plantain.errors import Busy, MalformedRequest
from plantain.lifecycle import STATUS
from plantain.models import Task
from plantain.rows import REQUEST_ITEM, TASK_ITEM, Row, key_of, pack, pack_row, task_of, unpack_row
from plantain.settings import client, settings

LIMIT = 20
LARGEST = 100
QUERIES_A_PAGE = 20
ENTRIES_A_QUERY = 1000
READS_A_BATCH = 6


@dataclass(frozen=True)
class Page:
    tasks: list[Task]
    cursor: str | None


def limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= LARGEST):
        raise ValueError(text)
    return int(text)


def status(text: str) -> str:
    if text not in STATUS.values():
        raise ValueError(text)
    return text


def page(owner: str, status: str | None, limit: int, cursor: str | None) -> Page:
    """An owner's tasks, newest first."""
    rows, last = _page_keys(owner, status, limit, _read_cursor(owner, cursor))
    tasks = _load(row["taskId"] for row in rows)
    return Page(
        tasks=[tasks[row["taskId"]] for row in rows if row["taskId"] in tasks],
        cursor=_write_cursor(last) if last else None,
    )


def _page_keys(
    owner: str, status: str | None, limit: int, start: dict[str, Any] | None
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    query: dict[str, Any] = {
        "TableName": settings().task_table,
        "IndexName": "owner",
        "KeyConditionExpression": "#owner = :owner",
        "ExpressionAttributeNames": {"#owner": "owner"},
        "ExpressionAttributeValues": {":owner": pack(owner)},
        "ScanIndexForward": False,
    }
    if status:
        query["FilterExpression"] = "#status = :status"
        query["ExpressionAttributeNames"]["#status"] = "status"
        query["ExpressionAttributeValues"][":status"] = pack(status)
    rows: list[dict[str, Any]] = []
    for _ in range(QUERIES_A_PAGE):
        # A filter drops entries after they are counted, so it is given more to choose from.
        query["Limit"] = ENTRIES_A_QUERY if status else limit + 1
        if start:
            query["ExclusiveStartKey"] = pack_row(start)
        answer = client("dynamodb").query(**query)
        rows += map(unpack_row, answer["Items"])
        start = unpack_row(answer["LastEvaluatedKey"]) if "LastEvaluatedKey" in answer else None
        if len(rows) > limit or (len(rows) == limit and start):
            return rows[:limit], _position(rows[limit - 1])
        if not start:
            break
    return rows, start


def _load(task_ids: Iterable[str]) -> dict[str, Task]:
    found: dict[str, dict[str, Row]] = {}
    for batch in batched(task_ids, 50, strict=False):
        keys = [key_of(id_, item) for id_ in batch for item in (TASK_ITEM, REQUEST_ITEM)]
        for row in _read(keys):
            found.setdefault(row["taskId"], {})[row["item"]] = row
    return {
        task_id: task_of(items[TASK_ITEM], items.get(REQUEST_ITEM, {}).get("request"))
        for task_id, items in found.items()
        if TASK_ITEM in items
    }


def _read(keys: list[dict[str, Any]]) -> list[Row]:
    table = settings().task_table
    rows: list[Row] = []
    for attempt in range(READS_A_BATCH):
        time.sleep(0.05 * attempt)
        answer = client("dynamodb").batch_get_item(RequestItems={table: {"Keys": keys}})
        rows += map(unpack_row, answer["Responses"][table])
        if not answer.get("UnprocessedKeys"):
            return rows
        keys = answer["UnprocessedKeys"][table]["Keys"]
    raise Busy


def _position(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("taskId", "item", "owner", "createdAt")}


def _write_cursor(position: dict[str, Any]) -> str:
    text = json.dumps([position["taskId"], position["createdAt"]])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(owner: str, cursor: str | None) -> dict[str, Any] | None:
    """A cursor says where in the owner's own list to go on; whose list is not its to say."""
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        task_id, created_at = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        task_id = created_at = None
    if not (task_id and isinstance(task_id, str) and created_at and isinstance(created_at, str)):
        raise MalformedRequest("The cursor is not one that this list gave out.")
    return {"taskId": task_id, "item": TASK_ITEM, "owner": owner, "createdAt": created_at}
