"""What DynamoDB bills for a write, by its rules: the larger image, and each index changed."""

from typing import Any

from tools.template import RESOURCES

Item = dict[str, Any]
KB = 1024
INDEXES = RESOURCES["TaskTable"]["Properties"]["GlobalSecondaryIndexes"]
KEYS = ("taskId", "item")


def of_record(record: dict[str, Any]) -> int:
    """Write units of one change, as the table's stream tells it."""
    old, new = record["dynamodb"].get("OldImage"), record["dynamodb"].get("NewImage")
    return _units(max(size(old), size(new))) + sum(_of_index(i, old, new) for i in INDEXES)


def size(item: Item | None) -> int:
    return sum(len(name.encode()) + _size(value) for name, value in (item or {}).items())


def _of_index(index: dict[str, Any], old: Item | None, new: Item | None) -> int:
    """Nothing, or a put, or a deletion, or both where the entry moves."""
    before, after = _entry(index, old), _entry(index, new)
    if before == after:
        return 0
    if before and after and _keys(index, before) == _keys(index, after):
        return _units(max(size(before), size(after)))
    return sum(_units(size(entry)) for entry in (before, after) if entry)


def _entry(index: dict[str, Any], item: Item | None) -> Item | None:
    keys = [key["AttributeName"] for key in index["KeySchema"]]
    if not item or any(key not in item for key in keys):
        return None
    if index["Projection"]["ProjectionType"] == "ALL":
        return item
    shown = {*KEYS, *keys, *index["Projection"].get("NonKeyAttributes", [])}
    return {name: value for name, value in item.items() if name in shown}


def _keys(index: dict[str, Any], entry: Item) -> list[Any]:
    return [entry[key["AttributeName"]] for key in index["KeySchema"]]


def _units(size: int) -> int:
    return max(1, -(-size // KB))


def _size(typed: dict[str, Any]) -> int:
    ((kind, value),) = typed.items()
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return len(value.strip("-")) // 2 + 2
        case "L":
            return 3 + sum(1 + _size(each) for each in value)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _size(each) for name, each in value.items())
    return 1
