"""Who is let in."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from plantain import keys
from tests.unit.gateway import function

KEY, REVOKED, UNKNOWN = keys.new_key(), keys.new_key(), keys.new_key()
ROWS = {
    f"key#{keys.key_hash(KEY)}": {"owner": {"S": "alice"}},
    f"key#{keys.key_hash(REVOKED)}": {"owner": {"S": "bob"}, "revoked": {"S": "2027-01-01"}},
}
authorize = function("authorize")


@pytest.fixture
def asked(clients: dict[str, Any], environment: pytest.MonkeyPatch) -> list[str]:
    """The rows that were asked for."""
    ids: list[str] = []

    def get_item(**request: Any) -> dict[str, Any]:
        ids.append(request["Key"]["id"]["S"])
        return {"Item": ROWS[ids[-1]]} if ids[-1] in ROWS else {}

    clients["dynamodb"] = SimpleNamespace(get_item=get_item)
    environment.setenv("OWNER_TABLE", "owners")
    return ids


def let_in(headers: dict[str, str]) -> dict[str, Any]:
    answer: dict[str, Any] = authorize.handler({"version": "2.0", "headers": headers}, None)
    return answer


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_live_key_lets_its_owner_in(scheme: str, asked: list[str]) -> None:
    answer = let_in({"authorization": f"{scheme} {KEY}"})
    assert answer == {"isAuthorized": True, "context": {"owner": "alice"}}
    assert KEY not in asked[0]


@pytest.mark.parametrize("key", [REVOKED, UNKNOWN], ids=["revoked", "unknown"])
def test_a_key_that_is_not_live_does_not(key: str, asked: list[str]) -> None:
    answer = let_in({"authorization": f"Bearer {key}"})
    assert answer == {"isAuthorized": False, "context": {"owner": ""}}


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
        raise EndpointConnectionError(endpoint_url="https://dynamodb.test")

    clients["dynamodb"] = SimpleNamespace(get_item=get_item)
    environment.setenv("OWNER_TABLE", "owners")
    with pytest.raises(EndpointConnectionError):
        let_in({"authorization": f"Bearer {KEY}"})
