"""A table in memory that never changes: a write gives another one. It obeys the conditions and
updates that the store really writes, of which it knows as much as the store uses."""

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from plantain.rows import pack_row, unpack_row

Row = dict[str, Any]
Table = tuple[tuple[str, str], ...]  # what each item of the one task is, as JSON, in their order

_WORDS = {
    "AND": "and",
    "OR": "or",
    "IN": "in",
    "=": "==",
    "attribute_not_exists": "None is",
    "attribute_exists": "None is not",
}


def rows_of(table: Table) -> dict[str, Row]:
    return {item: json.loads(text) for item, text in table}


@cache
def write(table: Table, operation: str, text: str) -> tuple[Table, bool]:
    """The table after a write, and whether it was done."""
    params = json.loads(text)
    item = unpack_row(params.get("Key") or params["Item"])["item"]
    rows = rows_of(table)
    if not _holds(params, rows.get(item, {})):
        return table, False
    match operation:
        case "PutItem":
            rows[item] = unpack_row(params["Item"])
        case "UpdateItem":
            rows[item] = _updated(params, rows.get(item) or unpack_row(params["Key"]))
        case "DeleteItem":
            rows.pop(item, None)
    return _frozen(rows), True


def _frozen(rows: dict[str, Row]) -> Table:
    return tuple(sorted((item, json.dumps(row, sort_keys=True)) for item, row in rows.items()))


@cache
def read(table: Table, operation: str, text: str) -> str:
    """The answer to a read, as JSON."""
    params, rows = json.loads(text), rows_of(table)
    if operation == "GetItem":
        row = rows.get(unpack_row(params["Key"])["item"])
        return json.dumps({"Item": pack_row(row)} if row else {})
    if params.get("IndexName") == "due":
        limits = unpack_row(params["ExpressionAttributeValues"])
        found = [row for row in rows.values() if _is_due(row, limits)]
    else:
        found = list(rows.values())
    return json.dumps({"Items": [pack_row(row) for row in found]})


def _is_due(row: Row, limits: Row) -> bool:
    shard, now = limits[":shard"], limits[":now"]
    return row.get("shard") == shard and row.get("due", now + 1) <= now


def _holds(params: Row, row: Row) -> bool:
    condition = params.get("ConditionExpression")
    return condition is None or eval(_python(condition), {"get": _reader(params, row)})


@cache
def _python(condition: str) -> str:
    def word(match: re.Match[str]) -> str:
        text = match[0]
        if text in _WORDS or not re.match(r"[#:\w]", text):
            return _WORDS.get(text, text)
        return f"get({text!r})"

    return re.sub(r"[#:]?\w+|\S", lambda match: f" {word(match)} ", condition).strip()


def _reader(params: Row, row: Row) -> Callable[[str], Any]:
    """What a word of an expression stands for: a value, or what the row has."""
    names = params.get("ExpressionAttributeNames", {})
    values = unpack_row(params.get("ExpressionAttributeValues", {}))
    return lambda word: values[word] if word[0] == ":" else row.get(names.get(word, word))


def _updated(params: Row, row: Row) -> Row:
    get = _reader(params, row)
    names = params.get("ExpressionAttributeNames", {})
    sets, _, removes = params.get("UpdateExpression", "").partition("REMOVE ")
    changed = dict(re.findall(r"(#?\w+) = (:\w+)", sets))
    gone = {names.get(name, name) for name in re.findall(r"#?\w+", removes)}
    after = row | {names.get(name, name): get(value) for name, value in changed.items()}
    return {name: value for name, value in after.items() if name not in gone}
