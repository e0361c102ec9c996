"""A provider rings: the token decides, and of the body only a hint is kept."""

import base64
import json
from types import SimpleNamespace
from typing import Any

import pytest

from plantain import tokens
from plantain.errors import AwsError
from plantain.settings import FRESH_SECONDS
from tests.unit.gateway import function, request

KEY, OLD = "k" * 32, "o" * 32
callback = function("callback")


@pytest.fixture
def rings(
    clients: dict[str, Any], secret: Any, environment: pytest.MonkeyPatch
) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    clients["sqs"] = SimpleNamespace(send_message=lambda **message: sent.append(message))
    environment.setenv("ADVANCE_QUEUE_URL", "https://queue.test")
    secret({"callbackKey": KEY, "callbackKeyPrevious": OLD})
    return sent


def call(body: str | None, *, attempt: str = "1", token: str | None = None, **more: Any) -> int:
    token = tokens.sign("tsk_a", 1, [KEY]) if token is None else token
    event = request("POST", f"/v1/callback/tsk_a/{attempt}/{token}", body, **more)
    event["pathParameters"] = {"taskId": "tsk_a", "attempt": attempt, "token": token}
    status: int = callback.handler(event, None)["statusCode"]
    return status


def test_a_good_token_rings_with_the_providers_id_as_a_hint(rings: list[dict[str, Any]]) -> None:
    body = json.dumps({"code": 200, "data": {"taskId": "job-7", "state": "success"}})
    assert call(body) == 200
    (message,) = rings
    assert json.loads(message["MessageBody"]) == {
        "taskId": "tsk_a",
        "attempt": 1,
        "hint": "job-7",
        "chain": False,
    }
    assert (message["QueueUrl"], message["DelaySeconds"]) == ("https://queue.test", 0)


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        "{",
        "[]",
        "7",
        "\x00",
        "[" * 100_000,
        '{"data": null}',
        '{"data": []}',
        '{"data": {"taskId": null}}',
        '{"data": {"taskId": true}}',
        '{"data": {"taskId": ""}}',
        '{"data": {"taskId": "a\\nb"}}',
        '{"data": {"taskId": "' + "x" * 201 + '"}}',
        '{"data": {"taskId": "job"}, "more": "' + "x" * 1_000_000 + '"}',
    ],
)
def test_whatever_the_body_says_a_good_token_rings(
    body: str | None, rings: list[dict[str, Any]]
) -> None:
    assert call(body) == 200
    assert "hint" not in json.loads(rings[0]["MessageBody"])


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (base64.b64encode(b'{"data": {"taskId": "job"}}').decode(), "job"),
        (base64.b64encode(b"\xff\xfe").decode(), None),
        ("A", None),
    ],
)
def test_a_body_may_come_in_base64(
    body: str, hint: str | None, rings: list[dict[str, Any]]
) -> None:
    assert call(body, isBase64Encoded=True) == 200
    assert json.loads(rings[0]["MessageBody"]).get("hint") == hint


def test_a_token_of_the_previous_key_still_rings(rings: list[dict[str, Any]]) -> None:
    assert call("{}", token=tokens.sign("tsk_a", 1, [OLD])) == 200
    assert len(rings) == 1


def test_a_key_that_only_others_know_yet_rings_too(
    rings: list[dict[str, Any]], secret: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever starts after a rotation signs with the new key at once; who is warm holds the old."""
    now = 1_800_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    newer = tokens.sign("tsk_a", 1, ["n" * 32])
    assert call("{}", token=newer) == 403
    secret({"callbackKey": "n" * 32, "callbackKeyPrevious": KEY})
    assert call("{}", token=newer) == 403  # read a moment ago: a forger costs us no more than that
    now += FRESH_SECONDS
    assert call("{}", token=newer) == 200
    assert call("{}") == 200
    assert len(rings) == 2


@pytest.mark.parametrize(
    ("attempt", "token"),
    [
        ("1", ""),
        ("1", "forged"),
        ("2", tokens.sign("tsk_a", 1, [KEY])),
        ("x", tokens.sign("tsk_a", 1, [KEY])),
        ("1", tokens.sign("tsk_b", 1, [KEY])),
        ("1", tokens.sign("tsk_a", 1, ["f" * 32])),
    ],
)
def test_any_other_token_is_turned_away_in_silence(
    attempt: str, token: str, rings: list[dict[str, Any]]
) -> None:
    assert call('{"data": {"taskId": "job"}}', attempt=attempt, token=token) == 403
    assert rings == []


def test_a_ring_that_the_queue_does_not_take_is_not_acknowledged(
    rings: list[dict[str, Any]], clients: dict[str, Any]
) -> None:
    """The provider is answered 500, and may call again; else the sweep looks."""

    def send_message(**_: Any) -> None:
        raise AwsError("Unreachable")

    clients["sqs"] = SimpleNamespace(send_message=send_message)
    with pytest.raises(AwsError):
        call("{}")
