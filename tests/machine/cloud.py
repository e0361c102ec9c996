"""What Lambda, SQS and the stream do with the real table, queues, bucket and topic, under a clock
that is set: who is called when, what comes back of a function that died, and what is swept."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from plantain import rings
from plantain.lifecycle import TERMINAL
from plantain.providers import all_providers
from plantain.rings import Ring
from plantain.rows import Row
from tests.machine.functions import Between, Doom, Functions, Ran
from tests.machine.outside import Job, Outside
from tests.machine.queues import Queues
from tests.machine.resources import QUEUES, Resources
from tests.unit.gateway import request
from tests.unit.samples import NOW

SWEEP_SECONDS = 60
STEPS = 500  # that it may take until nothing is left to do


class Cloud:
    def __init__(
        self, functions: Functions, resources: Resources, outside: Outside, **environment: str
    ) -> None:
        self.outside, self.resources = outside, resources
        self.owner = resources.new_owner()
        self.limits = ""  # of the owner's key, which is called like the owner
        self.now: float = NOW
        self.doom: Doom = None  # of the next event of the doomed function
        self.doomed = ""  # any function, if empty
        self.web = "works"
        self.between: Between | None = None  # what others do while the next function runs
        self.killed = ""  # the function that was
        self.late = False  # whether webhooks are, once somebody was killed
        self.ran: list[tuple[str, Ran]] = []
        self.stumbles: list[str] = []  # errors that nobody has made on purpose
        self.every_change = False  # whether the stream also brings what is no end
        self.queues = Queues(resources)
        self.records: list[Any] = []  # of ends, which the stream has not brought yet
        self.brought: list[Any] = []  # the last that it has brought
        self._functions = functions
        self._environment = {**resources.environment, **environment}
        self._next_sweep: float = 0
        self.submit_again: Callable[[], Ran] = Ran
        self._written, self._first_due = False, float("inf")  # as far as it was read
        outside.reset()
        resources.accounts(*all_providers())

    def call(self, function: str, event: Any) -> Ran:
        mortal = self.doom is not None and self.doomed in ("", function)
        doom, between = self.doom if mortal else None, self.between
        self.between = None
        ran = self._functions.run(
            function, event, self.now, self._environment, doom, self.web, between
        )
        self.ran.append((function, ran))
        if _stumbled(ran) and self.web == "works":
            self.stumbles.append(f"{function}: {ran.error or ran.answer}")
        if ran.killed:
            self.killed, self.doom = function, None
        self._collect(ran)
        return ran

    # ── clients ──────────────────────────────────────────────────────────────────────────────────

    def submit(self, key: str | None = "key", model: str = "nano-banana", **input_: Any) -> Ran:
        outside = input_.pop("outside", {})
        sent = {"model": model, "input": {"prompt": "a plantain", **input_}}
        sent |= {"callBackUrl": f"{self.outside.url}/told", **outside}
        sent = {name: value for name, value in sent.items() if value is not None}
        headers = {"idempotency-key": key} if key else {}
        self.submit_again = partial(self._ask, "submit", "POST", "/v1/tasks", sent, headers=headers)
        return self.submit_again()

    def cancel(self, task_id: str, discard: bool = False) -> Ran:
        path = f"/v1/tasks/{task_id}/cancel"
        return self._ask("cancel", "POST", path, {"discard": discard})

    def remove(self, task_id: str) -> Ran:
        return self._ask("remove", "DELETE", f"/v1/tasks/{task_id}")

    def notify(self, method: str, path: str, body: object = None) -> Ran:
        """A client that got no answer asks once more."""
        ran = self._ask("notify", method, path, body)
        return self._ask("notify", method, path, body) if ran.killed else ran

    def _ask(self, function: str, method: str, path: str, body: Any = None, **more: Any) -> Ran:
        event = request(method, path, None if body is None else json.dumps(body), **more)
        admitted = {"owner": self.owner, "key": self.owner, "limits": self.limits}
        event["requestContext"]["authorizer"]["lambda"] = admitted
        return self.call(function, event)

    def admit(self) -> Ran:
        """A client comes to the door."""
        key = self.resources.new_key(self.owner)
        return self.call("authorize", {"headers": {"authorization": f"Bearer {key}"}})

    def look_around(self) -> None:
        """What a client does besides: it lists its tasks, and asks for a place for a picture."""
        self._ask("query", "GET", "/v1/tasks")
        self._ask("upload", "POST", "/v1/uploads", {"contentType": "image/png", "bytes": 1})

    # ── providers ────────────────────────────────────────────────────────────────────────────────

    def ring(self) -> None:
        """Every provider that calls tells of each job that it has not told of yet."""
        late = self.late and self.killed
        for job in () if late else list(self.outside.jobs.values()):
            if job.token and job.over and not job.told:
                self.webhook(job)

    def finish(self) -> None:
        """Every job is over, and providers say so."""
        self.outside.slow = False
        for job in self.outside.jobs.values():
            job.over = True

    def webhook(self, job: Job, hint: str | None = None) -> bool:
        """Whether the bell has rung, as far as the provider knows."""
        names = {"taskId": job.task_id, "attempt": str(job.attempt), "token": job.token}
        body = json.dumps({"data": {"taskId": hint or job.name}})
        ran = self.call("callback", {"pathParameters": names, "body": body})
        return not ran.failed and ran.answer["statusCode"] == 200

    # ── queues ───────────────────────────────────────────────────────────────────────────────────

    def take(self) -> None:
        """The next message, whenever it is due; it comes back if its function did not end well."""
        message = self.queues.take()
        if message is None:
            return
        self.now = max(self.now, message.at)
        function = "advance" if message.queue == "advance" else "deliver"
        if function == "advance":
            self._note_hint(rings.read(message.body))
        ran = self.call(function, message.event)
        if ran.failed or ran.answer["batchItemFailures"]:
            hidden = [effect.hidden for effect in ran.effects if effect.hidden]
            self.queues.put_back(message, self.now, hidden[-1] if hidden else None)
        else:
            self.queues.done(message)

    def _note_hint(self, ring: Ring) -> None:
        job = self.outside.jobs.get(ring.hint or "")
        if job and not job.told:
            ended = self.row(job.task_id).get("state") in TERMINAL
            job.told = "after" if ended else "before"

    def _collect(self, ran: Ran) -> None:
        sent = {e.queue for e in ran.effects if e.operation.startswith("sqs.send")}
        self.queues.collect(sorted(sent.intersection(QUEUES)), self.now)
        if any(effect.operation.startswith("dynamodb.") for effect in ran.effects):
            self._written = True

    # ── the stream and the schedule ──────────────────────────────────────────────────────────────

    def stream(self) -> bool:
        """Whether the stream had anything to bring; what a function dies over is not repeated."""
        self._read()
        if not self.records:
            return False
        self.brought, self.records = self.records, []
        self.bring(self.brought)
        return True

    def bring(self, records: list[Any]) -> Ran:
        return self.call("publish", {"Records": records})

    def shrink(self) -> None:
        """The stream brings a task that was told; again, if its function died over it."""
        keys = {"taskId": {"S": self.task_id}, "item": {"S": "task"}}
        records = [{"eventName": "MODIFY", "dynamodb": {"Keys": keys, "SequenceNumber": "1"}}]
        if self.call("thumbnail", {"Records": records}).killed:
            self.call("thumbnail", {"Records": records})

    def sweep(self) -> Ran:
        self._next_sweep = self.now + SWEEP_SECONDS
        return self.call("poll", {})

    # ── time ─────────────────────────────────────────────────────────────────────────────────────

    def settle(self) -> None:
        """Let everything happen when it is due, until nothing is left to do."""
        for _ in range(STEPS):
            if not self.step():
                return
        self.stumbles.append("It never comes to rest.")

    def step(self, until: float = float("inf")) -> bool:
        """The next thing that happens, unless it is later than that."""
        if self.stream():
            return True
        message = self.queues.next()
        sweep = max(self._next_sweep, self._first_due)
        if min(message, sweep) > until or min(message, sweep) == float("inf"):
            return False
        self.now = max(self.now, min(message, sweep))
        if message <= sweep:
            self.take()
        else:
            self.sweep()
        return True

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while self.step(end):
            pass
        self.now = max(self.now, end)

    def _read(self) -> None:
        """What was written since, and when a sweep will find something: others are left out."""
        if self._written:
            self._written = False
            self.records += self.resources.changes(every=self.every_change)
            due = [row["due"] for row in self.resources.rows() if "due" in row]
            self._first_due = min(due, default=float("inf"))

    # ── what there is ────────────────────────────────────────────────────────────────────────────

    def row(self, task_id: str) -> Row:
        return next((row for row in self.tasks() if row["taskId"] == task_id), {})

    def tasks(self) -> Iterator[Row]:
        return (row for row in self.resources.rows() if row["item"] == "task")

    @property
    def task_id(self) -> str:
        """The task, where there is one."""
        return next((str(row["taskId"]) for row in self.tasks()), "tsk_none")


def _stumbled(ran: Ran) -> bool:
    return bool(ran.error) or (ran.answer or {}).get("statusCode") == 500
