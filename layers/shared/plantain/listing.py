"""An owner's tasks, newest first, a page at a time."""

import base64
import json
import re
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import accumulate, batched
from typing import Any, NamedTuple

from plantain.errors import Busy, MalformedRequest
from plantain.ids import is_task_id
from plantain.lifecycle import iso
from plantain.models import Task
from plantain.rows import (
    REQUEST_ITEM,
    TASK_ITEM,
    Row,
    is_tombstone,
    key_of,
    pack,
    pack_row,
    task_of,
    unpack_row,
    whole,
)
from plantain.settings import client, settings

LIMIT = 20
EARLIEST, LATEST = "0", "9999-12-31T23:59:59.999Z"
LARGEST = 100
QUERIES_A_PAGE = 20
ENTRIES_A_QUERY = 1000
READS_A_BATCH = 6
BYTES_A_PAGE = 5_500_000  # a function's answer may have 6 MiB
BYTES_OF_AN_IMAGE = 3000  # its signed URL is most of them; a task without one takes less
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


class Wanted(NamedTuple):
    """Which of the tasks; None is any."""

    status: str | None = None
    model: str | None = None
    provider: str | None = None
    since: str | None = None
    until: str | None = None

    def spans(self, moment: str) -> bool:
        return (self.since or EARLIEST) <= moment <= (self.until or LATEST)

    @property
    def empty(self) -> bool:
        """DynamoDB refuses a span that ends before it begins."""
        return not self.spans(self.since or EARLIEST)


class Page(NamedTuple):
    tasks: list[Task]
    cursor: str | None


def moment(text: str) -> str:
    """An ISO 8601 time, UTC unless it says otherwise, as rows write it."""
    read = datetime.fromisoformat(text)
    return iso((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())


def page(owner: str, wanted: Wanted, limit: int, cursor: str | None) -> Page:
    """An owner's tasks, newest first."""
    if wanted.empty:
        return Page([], None)
    rows, last = _page_keys(owner, wanted, limit, _read_cursor(owner, wanted, cursor))
    tasks = load(row["taskId"] for row in rows)
    shown = _room_for(rows, tasks)
    if shown < len(rows):
        rows, last = rows[:shown], _position(rows[shown - 1])
    return Page(
        tasks=[tasks[row["taskId"]] for row in rows if row["taskId"] in tasks],
        cursor=_write_cursor(last) if last else None,
    )


def latest(owner: str, since: str, most: int) -> tuple[list[Task], bool]:
    """An owner's tasks since then, the newest so many of them, and whether that is all."""
    found: list[Task] = []
    cursor: str | None = None
    while True:
        part = page(owner, Wanted(since=since), min(LARGEST, most - len(found)), cursor)
        found, cursor = found + part.tasks, part.cursor
        if cursor is None or len(found) >= most:
            return found, cursor is None


def _room_for(rows: list[Row], tasks: dict[str, Task]) -> int:
    """How many of the rows one answer can show: the first, and others while there is room."""
    sizes = (_size(tasks[row["taskId"]]) if row["taskId"] in tasks else 0 for row in rows)
    return sum(n == 0 or end <= BYTES_A_PAGE for n, end in enumerate(accumulate(sizes)))


def _size(task: Task) -> int:
    """Bytes in an answer, whose text is written as JSON once more."""
    request = json.dumps(whole(task.request), ensure_ascii=False)
    return len(request.encode()) + BYTES_OF_AN_IMAGE * (1 + len(task.images))


def _page_keys(
    owner: str, wanted: Wanted, limit: int, start: Row | None
) -> tuple[list[Row], Row | None]:
    query = _query(owner, wanted)
    # A filter drops entries after they are counted, so it is given more to choose from.
    query["Limit"] = ENTRIES_A_QUERY if "FilterExpression" in query else limit + 1
    rows: list[Row] = []
    for _ in range(QUERIES_A_PAGE):
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


def _query(owner: str, wanted: Wanted) -> dict[str, Any]:
    """The index query for what is wanted; attribute names go in as #name, values as :name."""
    equal = {"status": wanted.status, "model": wanted.model, "provider": wanted.provider}
    equal = {name: value for name, value in equal.items() if value}
    values = {
        "owner": owner,
        "since": wanted.since or EARLIEST,
        "until": wanted.until or LATEST,
        **equal,
    }
    query: dict[str, Any] = {
        "TableName": settings().task_table,
        "IndexName": "owner",
        "KeyConditionExpression": "#owner = :owner AND createdAt BETWEEN :since AND :until",
        "ExpressionAttributeNames": {f"#{name}": name for name in ("owner", *equal)},
        "ExpressionAttributeValues": {f":{name}": pack(value) for name, value in values.items()},
        "ScanIndexForward": False,
    }
    if equal:
        query["FilterExpression"] = " AND ".join(f"#{name} = :{name}" for name in equal)
    return query


def load(task_ids: Iterable[str]) -> dict[str, Task]:
    """Many tasks by their ids, those that there are."""
    found: dict[str, dict[str, Row]] = {}
    for batch in batched(task_ids, 50, strict=False):
        keys = [key_of(id_, item) for id_ in batch for item in (TASK_ITEM, REQUEST_ITEM)]
        for row in _read(keys):
            found.setdefault(row["taskId"], {})[row["item"]] = row
    return {
        task_id: task_of(items[TASK_ITEM], items.get(REQUEST_ITEM, {}).get("request"))
        for task_id, items in found.items()
        # The index may still list what was deleted a moment ago.
        if TASK_ITEM in items and not is_tombstone(items[TASK_ITEM])
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


def _read_cursor(owner: str, wanted: Wanted, cursor: str | None) -> dict[str, Any] | None:
    """A cursor says where in the owner's own list to go on; whose list is not its to say.

    DynamoDB refuses a place that cannot be in the list.
    """
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        task_id, created_at = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        task_id = created_at = None
    known = is_task_id(task_id) and isinstance(created_at, str) and MOMENT.fullmatch(created_at)
    if not (known and wanted.spans(created_at)):
        raise MalformedRequest("The cursor is not one that this list gave out.")
    return {"taskId": task_id, "item": TASK_ITEM, "owner": owner, "createdAt": created_at}
