"""A world for the walk: the real table and bucket, a clock that is set, and a scripted outside."""

import json
import time
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from plantain import (
    backlog,
    bell,
    deliveries,
    downstream,
    guard,
    rings,
    rows,
    settings,
    storage,
    store,
    tasks,
    upstream,
    webhooks,
)
from plantain.lifecycle import TERMINAL
from plantain.limits import Caller, read
from plantain.models import Task
from plantain.providers import all_providers
from plantain.rings import Ring
from tests.integration.between import between
from tests.integration.queues import Queues
from tests.integration.upstream import Endpoint, Pictures, Providers
from tests.unit.samples import API, NOW, a_request

FAULTY = ("dynamodb", "s3", "sns")


class Crash(BaseException):
    """The function was killed: nothing in the code may catch this."""


class World:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.reset()
        monkeypatch.setattr(time, "time", lambda: self.now)
        buying = httpx.Client(transport=httpx.MockTransport(self._outside("providers")))
        web = httpx.Client(transport=self._guarded("pictures"))
        telling = httpx.Client(transport=self._guarded("endpoint"))
        monkeypatch.setattr(upstream, "_buying", lambda: buying)
        monkeypatch.setattr(upstream, "_asking", lambda: buying)
        monkeypatch.setattr(storage, "_web", lambda: web)
        monkeypatch.setattr(downstream, "_web", lambda: telling)
        monkeypatch.setattr(backlog, "client", self._client)
        monkeypatch.setattr(bell, "client", self._client)
        monkeypatch.setattr(deliveries, "client", self._client)
        self.accounts(*all_providers())
        self._between = ExitStack()
        self._between.enter_context(between("sns", self._publish))
        for service in FAULTY:
            self._between.enter_context(between(service, self._tick, self._tick))

    def reset(self) -> None:
        """As if nothing had happened yet, but for what is in the cloud."""
        self.now: float = NOW
        self.caller = Caller("alice")
        self.fuse = 0  # the call to the outside at which the function is killed; 0 is never
        self.events: list[dict[str, Any]] = []
        self.providers, self.pictures, self.endpoint = Providers(), Pictures(), Endpoint()
        self.queues = Queues(lambda: self.now, self._tick)
        self._streamed = set[tuple[str, int]]()
        self._next_sweep: float = self.now + 60

    def end(self) -> None:
        self._between.close()

    # ── what a test says ─────────────────────────────────────────────────────────────────────────

    def accounts(self, *names: str) -> None:
        """The providers that the owner has an account at."""
        held = {name: {"key": f"{name}-key", "url": f"https://{name}.test"} for name in names}
        text = json.dumps({"callbackKey": "k" * 32, **held})
        secret = settings.settings().secret_id
        settings.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=text)
        settings._secrets.cache_clear()

    def limit(self, limits: str) -> None:
        """What alice's key may do from now on."""
        self.caller = Caller("alice", "0123456789ab", read(limits))

    def set(self, **environment: object) -> None:
        for name, value in environment.items():
            self._monkeypatch.setenv(name, str(value))
        settings.settings.cache_clear()

    def order(
        self,
        model: str = "nano-banana",
        key: str | None = None,
        dialect: str | None = None,
        **fields: Any,
    ) -> Task:
        """Alice's task, by default for the provider that is named first."""
        return tasks.submit(self.caller, a_request(model, **fields), key, API, dialect)

    def read(self, task: Task) -> Task:
        found = store.find(task.task_id)
        assert found is not None
        return found

    def webhook(self, task: Task, hint: str | None = None, attempt: int = 1) -> Task:
        """The provider rings, and its ring is answered at once."""
        tasks.advance(Ring(task_id=task.task_id, attempt=attempt, hint=hint))
        return self.read(task)

    def wait(self, seconds: float) -> None:
        """Let time pass, with a sweep every minute and the stream; messages come when due."""
        end = self.now + seconds
        while (then := self._next()) <= end:
            self.now = max(self.now, then)
            self.step()
        self.now = end

    def settle(self, task_id: str) -> Task:
        """Let time pass until the task has ended and nothing more is due, an hour at most."""
        self.stream()
        for _ in range(60):
            task = store.find(task_id)
            if task and task.due is None:
                return task
            self.wait(60)
        raise AssertionError(f"stuck: {store.find(task_id)}")

    def step(self) -> None:
        """Whatever is due now: a message, else a sweep; then the stream."""
        if self.queues.next() <= self.now:
            self._receive(*self.queues.take())
        else:
            self._next_sweep = self.now + 60
            tasks.sweep()
        self.stream()

    def stream(self) -> None:
        """Announce each ended row that is due and was written since it was last announced."""
        found = settings.client("dynamodb").scan(TableName=settings.settings().task_table)
        for row in map(rows.unpack_row, found["Items"]):
            written = (row["taskId"], row.get("due", 0))
            if row.get("state") in TERMINAL and "due" in row and written not in self._streamed:
                self._streamed.add(written)
                tasks.announce(rows.task_of(row))

    def rings(self) -> list[tuple[int, Ring]]:
        """What is on the advance queue, each with the seconds until it comes."""
        listed = self.queues.of("advance")
        return [(after, rings.read(body)) for after, body in listed]

    def lose_rings(self) -> None:
        self.queues.lose()

    # ── what the package calls ───────────────────────────────────────────────────────────────────

    def _client(self, service: str) -> Any:
        return self.queues if service == "sqs" else settings.client(service)

    def _receive(self, queue: str, body: str) -> None:
        """A ring that is lost is rung again by the sweep; a delivery's message comes back."""
        if queue == "advance":
            return tasks.advance(rings.read(body))
        stays = True
        try:
            stays = webhooks.receive(body, "receipt", f"arn:aws:sqs:us-east-1:1:{queue}")
        finally:
            if stays:
                self.queues.put_back(queue, body)

    def _next(self) -> float:
        return min(self._next_sweep, self.queues.next())

    def _guarded(self, name: str) -> guard.Guard:
        return guard.Guard(httpx.MockTransport(self._outside(name)), settings.settings().allowed)

    def _outside(self, name: str) -> Any:
        def handler(request: httpx.Request) -> httpx.Response:
            self._tick()
            response: httpx.Response = getattr(self, name)(request)
            self._tick()
            return response

        return handler

    def _publish(self, operation: str, parameters: dict[str, Any]) -> None:
        self.events.append(json.loads(parameters["Message"]))

    def _tick(self, *_: Any) -> None:
        if self.fuse:
            self.fuse -= 1
            if self.fuse == 0:
                raise Crash
