"""The two clients are one: the same calls, the same answers, the same retries."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from client.tests.driving import ENDED, TASK

from plantain_client import AsyncPlantain, Plantain

API = ("https://api.example.com", "plt_x")
RENAMED = {"__aenter__": "__enter__", "__aexit__": "__exit__"}


def methods(shell: type[Any]) -> dict[str, list[str]]:
    return {
        RENAMED.get(name, name): list(inspect.signature(method).parameters)
        for name, method in vars(shell).items()
        if inspect.isfunction(method)
    }


def test_they_have_the_same_methods_with_the_same_words() -> None:
    assert methods(Plantain) == methods(AsyncPlantain)


def flaky() -> tuple[list[httpx.Request], Callable[[httpx.Request], httpx.Response]]:
    """An API that is first not there, then busy, then slow, and then has made it."""
    asked: list[httpx.Request] = []
    story = iter(
        [
            httpx.ConnectError("refused"),
            httpx.Response(429, json={"message": "Too Many Requests"}),
            httpx.ReadTimeout("too slow"),
            httpx.Response(202, json=TASK),
            httpx.Response(200, json=ENDED),
        ]
    )

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        step = next(story)
        if isinstance(step, Exception):
            raise step
        return step

    return asked, answer


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    async def none(seconds: float) -> None: ...

    monkeypatch.setattr("plantain_client.sync.time.sleep", lambda seconds: None)
    monkeypatch.setattr("plantain_client.asynchronous.asyncio.sleep", none)


def check(asked: list[httpx.Request], status: str) -> None:
    assert status == "succeeded"
    orders = [request for request in asked if request.method == "POST"]
    assert len({request.headers["idempotency-key"] for request in orders}) == 1
    assert len({request.content for request in orders}) == 1
    assert len(orders) == 4


@pytest.mark.usefixtures("_no_pauses")
def test_in_code_that_waits() -> None:
    asked, answer = flaky()
    with Plantain(*API, transport=httpx.MockTransport(answer)) as plantain:
        check(asked, plantain.generate("a cat").status)


@pytest.mark.usefixtures("_no_pauses")
def test_in_code_that_awaits() -> None:
    asked, answer = flaky()

    async def run() -> None:
        async with AsyncPlantain(*API, transport=httpx.MockTransport(answer)) as plantain:
            check(asked, (await plantain.generate("a cat")).status)

    asyncio.run(run())
