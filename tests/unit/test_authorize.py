"""Who is let in, and what is noted of it."""

import time
from types import SimpleNamespace
from typing import Any

import pytest

from plantain import keys
from plantain.errors import AwsError, ConditionFailed
from tests.unit.gateway import function
from tests.unit.samples import NOW

KEY, REVOKED, UNKNOWN = keys.new_key(), keys.new_key(), keys.new_key()
ROWS: dict[str, dict[str, Any]] = {
    f"key#{keys.key_hash(KEY)}": {"owner": {"S": "alice"}, "limits": {"S": "tasks=5/day"}},
    f"key#{keys.key_hash(REVOKED)}": {"owner": {"S": "bob"}, "revoked": {"S": "2027-01-01"}},
}
authorize = function("authorize")


NAME = keys.key_name(keys.key_hash(KEY))


@pytest.fixture
def noted(clients: dict[str, Any]) -> list[dict[str, Any]]:
    """What was written."""
    return []


@pytest.fixture
def asked(
    clients: dict[str, Any], environment: pytest.MonkeyPatch, noted: list[dict[str, Any]]
) -> list[str]:
    """The rows that were asked for."""
    ids: list[str] = []

    def update_item(**request: Any) -> None:
        noted.append(request)

    def get_item(**request: Any) -> dict[str, Any]:
        ids.append(request["Key"]["id"]["S"])
        return {"Item": ROWS[ids[-1]]} if ids[-1] in ROWS else {}

    clients["dynamodb"] = SimpleNamespace(get_item=get_item, update_item=update_item)
    environment.setenv("OWNER_TABLE", "owners")
    return ids


def let_in(headers: dict[str, str]) -> dict[str, Any]:
    answer: dict[str, Any] = authorize.handler({"version": "2.0", "headers": headers}, None)
    return answer


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_live_key_lets_its_owner_in(scheme: str, asked: list[str]) -> None:
    answer = let_in({"authorization": f"{scheme} {KEY}"})
    known = {"owner": "alice", "key": NAME, "limits": "tasks=5/day"}
    assert answer == {"isAuthorized": True, "context": known}
    assert KEY not in str((asked, answer))


@pytest.mark.parametrize("key", [REVOKED, UNKNOWN], ids=["revoked", "unknown"])
def test_a_key_that_is_not_live_does_not(
    key: str, asked: list[str], noted: list[dict[str, Any]]
) -> None:
    answer = let_in({"authorization": f"Bearer {key}"})
    assert answer == {"isAuthorized": False, "context": {}}
    assert noted == []


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", KEY, f"Basic {KEY}", f"Bearer  {KEY}", f"Bearer {KEY}x"],
    ids=["empty", "bare", "short", "no scheme", "other scheme", "two spaces", "long"],
)
def test_what_is_no_key_is_refused_without_a_look(header: str, asked: list[str]) -> None:
    assert let_in({"authorization": header})["isAuthorized"] is False
    assert asked == []


def test_no_header_at_all_is_refused(asked: list[str]) -> None:
    assert let_in({})["isAuthorized"] is False


def test_while_the_table_is_down_nobody_is_let_in(
    clients: dict[str, Any], environment: pytest.MonkeyPatch
) -> None:
    """The gateway answers 500 for a function that raises."""

    def get_item(**_: Any) -> None:
        raise AwsError("Unreachable")

    clients["dynamodb"] = SimpleNamespace(get_item=get_item)
    environment.setenv("OWNER_TABLE", "owners")
    with pytest.raises(AwsError):
        let_in({"authorization": f"Bearer {KEY}"})


@pytest.fixture
def row(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The live key's row; it is a quarter past eight."""
    monkeypatch.setattr(time, "time", lambda: NOW + 900)
    own = dict(ROWS[f"key#{keys.key_hash(KEY)}"])
    monkeypatch.setitem(ROWS, f"key#{keys.key_hash(KEY)}", own)
    return own


@pytest.mark.parametrize(
    ("last", "writes"),
    [(None, 1), ("2027-01-15T07:59:59.999Z", 1), ("2027-01-15T08:00:00.000Z", 0)],
)
def test_the_last_use_is_noted_once_an_hour(
    last: str | None, writes: int, row: Any, asked: list[str], noted: list[dict[str, Any]]
) -> None:
    row |= {"lastUsed": {"S": last}} if last else {}
    let_in({"authorization": f"Bearer {KEY}"})
    assert len(noted) == writes
    for write in noted:
        assert write["ExpressionAttributeValues"][":now"] == {"S": "2027-01-15T08:15:00.000Z"}
        assert "attribute_exists(id)" in write["ConditionExpression"]


@pytest.mark.parametrize("kind", [ConditionFailed, AwsError])
def test_nobody_is_kept_out_because_that_cannot_be_noted(
    kind: type[AwsError], asked: list[str], clients: dict[str, Any]
) -> None:
    def fail(**_: Any) -> None:
        raise kind("Any")

    clients["dynamodb"].update_item = fail
    assert let_in({"authorization": f"Bearer {KEY}"})["isAuthorized"] is True
