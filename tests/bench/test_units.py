"""What DynamoDB bills."""

import json

import pytest

from bench import units
from plantain.rows import pack_row


@pytest.mark.parametrize(
    ("old", "new", "billed"),
    [
        ({}, {"due": 1}, 3),  # the row, and an entry in both indexes
        ({"due": 1}, {"due": 2}, 3),  # the row, and an entry that moves
        ({"due": 1}, {}, 2),
        ({}, {"request": "x" * 2000}, 3),
    ],
)
def test_a_write_is_billed_as_dynamodb_says(old: dict, new: dict, billed: int) -> None:  # type: ignore[type-arg]
    base = {"taskId": "t", "item": "task", "owner": "alice", "createdAt": "2027", "shard": 1}
    images = {"OldImage": pack_row({**base, **old}), "NewImage": pack_row({**base, **new})}
    first = {"NewImage": pack_row({**base, **new})}
    record_ = {"dynamodb": first if not old and "due" in new else images}
    assert units.of_record(record_) == billed, json.dumps(record_)


def test_an_index_of_whole_rows_is_billed_for_every_change(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"taskId": "t", "item": "task", "owner": "alice", "createdAt": "2027"}
    images = {"OldImage": pack_row(row), "NewImage": pack_row({**row, "state": "failed"})}
    (owner,) = (index for index in units.INDEXES if index["IndexName"] == "owner")
    assert units.of_record({"dynamodb": images}) == 1
    whole = {**owner, "Projection": {"ProjectionType": "ALL"}}
    monkeypatch.setattr(units, "INDEXES", [whole])
    assert units.of_record({"dynamodb": images}) == 2
