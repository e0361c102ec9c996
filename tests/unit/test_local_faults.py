"""What stands before the emulator: throttling by seed, and a gate that really closes."""

import asyncio
from typing import Any

import pytest

from local.faults import RUN, Gate, Scope, Throttle

TABLES = [(b"x-amz-target", b"DynamoDB_20120810.GetItem"), (b"authorization", b"Credential=0/")]


async def fine(scope: Scope, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200})


def scope(headers: Any = TABLES, port: int = 1, path: str = "/") -> Scope:
    return {"type": "http", "path": path, "headers": headers, "server": ("127.0.0.1", port)}


def statuses(app: Any, *scopes: Scope) -> list[int]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def ask() -> None:
        for each in scopes:
            await app(each, None, send)

    asyncio.run(ask())
    return [message["status"] for message in sent if "status" in message]


def test_a_seed_always_refuses_the_same_calls_in_runs() -> None:
    calls = [scope()] * 2000
    first = statuses(Throttle(fine, 5, "7"), *calls)
    assert first == statuses(Throttle(fine, 5, "7"), *calls)
    assert first != statuses(Throttle(fine, 5, "8"), *calls)
    assert first.count(400) in range(RUN, 300)


@pytest.mark.parametrize("percent", [0, 100])
def test_nothing_and_everything(percent: int) -> None:
    expected = 400 if percent else 200
    assert statuses(Throttle(fine, percent, "7"), *[scope()] * 50) == [expected] * 50


def test_only_functions_and_only_tables_are_throttled() -> None:
    ours = scope([TABLES[0], (b"authorization", b"AWS4-HMAC-SHA256 Credential=local/20270115/")])
    queue = scope([(b"x-amz-target", b"AmazonSQS.SendMessage")])
    assert statuses(Throttle(fine, 100, "7"), ours, queue) == [200, 200]


def test_a_closed_gate_lets_nobody_in() -> None:
    gate = Gate(fine, 1)
    assert statuses(gate, scope(), scope(port=2)) == [200, 200]
    asyncio.run(gate.close())
    assert statuses(gate, scope(), scope(port=2)) == [503, 503]
