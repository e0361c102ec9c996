"""Send the webhooks, with each provider's retries, and with the lies that were asked for."""

import asyncio
import math
import time
from copy import copy
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from .dialects.base import Failure
from .tasks import Task

AT_ONCE = 200
FOREIGN_URL = "https://images.example.net/not-yours.png"


class Postman:
    """Background deliveries that end with the simulator."""

    def __init__(self, retry_seconds: float = 1.0) -> None:
        self.retry_seconds = retry_seconds
        self.rounds: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Postman":
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=20)
        self.client = httpx.AsyncClient(limits=limits, trust_env=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        for each in self.rounds:
            each.cancel()
        await asyncio.gather(*self.rounds, return_exceptions=True)
        await self.client.aclose()

    async def announce(self, task: Task) -> None:
        """Return at once, except that an early webhook is heard before the submit is answered."""
        if not task.order.callback_url:
            return
        round_ = asyncio.create_task(self._go_round(task, task.order.callback_url))
        self.rounds.add(round_)
        round_.add_done_callback(self.rounds.discard)
        if "early" in task.faults.choices("webhook"):
            await asyncio.wait({round_}, timeout=10)

    async def _go_round(self, task: Task, url: str) -> None:
        how = task.faults.choices("webhook")
        if how & {"forge", "foreign"}:
            await asyncio.sleep(task.pace / 2)
            for kind, address, body in lies(task, url, how):
                await self._post(task, kind, address, body)
        if math.isinf(task.ends):
            return
        delay = task.faults.number("webhook-delay", 5 if "late" in how else 0)
        await asyncio.sleep(max(0, task.ends - time.time()) + delay)
        if "lose" in how:
            task.webhooks.append({"at": time.time(), "kind": "result", "error": "lost on purpose"})
            return
        truth = task.answer(task.state(task.ends), task.result)
        await self._deliver(task, "result", url, truth)
        if "twice" in how:
            await self._deliver(task, "duplicate", url, truth)
        if "reorder" in how:
            await self._post(task, "stale", url, task.answer(task.dialect.phases[-1], None))

    async def _deliver(self, task: Task, kind: str, url: str, body: dict[str, Any]) -> None:
        for wait in (0, *task.dialect.delivery.retries):
            await asyncio.sleep(wait * self.retry_seconds)
            if await self._post(task, kind, url, body):
                return

    async def _post(self, task: Task, kind: str, url: str, body: dict[str, Any]) -> bool:
        note: dict[str, Any] = {"at": time.time(), "kind": kind}
        delivery = task.dialect.delivery
        try:
            async with asyncio.timeout(delivery.timeout):
                response = await self.client.post(url, json=body, timeout=delivery.timeout)
            note["status"] = response.status_code
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
            note["error"] = type(error).__name__
        task.webhooks.append(note)
        return note.get("status") in delivery.acknowledged_by


def lies(task: Task, url: str, how: set[str]) -> list[tuple[str, str, dict[str, Any]]]:
    """A true-looking body to a wrong token, and lying bodies to the right address."""
    dialect = task.dialect
    rich = task.answer(dialect.success, dialect.result([FOREIGN_URL]))
    failure = dialect.failures["moderation"]
    poor = pretend(task, failure=failure)
    told = []
    if "forge" in how:
        told += [
            ("wrong-token", with_wrong_token(url), rich),
            ("lying-failure", url, poor.answer(failure.state, None)),
            ("lying-success", url, rich),
        ]
    if "foreign" in how:
        stranger = pretend(task, task_id=dialect.new_id())
        told.append(("foreign-task", url, stranger.answer(dialect.success, task.result)))
    return told


def pretend(task: Task, *, task_id: str | None = None, failure: Failure | None = None) -> Task:
    other = copy(task)
    other.id, other.failure = task_id or task.id, failure or task.failure
    return other


def with_wrong_token(url: str) -> str:
    """The same URL with another last path segment (and other query values)."""
    parts = urlsplit(url)
    before, slash, last = parts.path.rpartition("/")
    query = parts.query[:-1] + altered(parts.query[-1:]) if parts.query else ""
    return urlunsplit(parts._replace(path=before + slash + altered(last), query=query))


def altered(text: str) -> str:
    """Every letter and digit moved on by one, so that the shape stays the same."""
    moved = {"z": "a", "Z": "A", "9": "0"}
    return "".join(
        moved.get(each, chr(ord(each) + 1)) if each.isascii() and each.isalnum() else each
        for each in text
    )
