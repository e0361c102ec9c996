"""The outside on one real port: the providers, their pictures, and the client's endpoint.

Answers are the recorded ones, with the names of our jobs and pictures put in. What is answered to
a submission is what a test has said, one word for each; without a word it is accepted.
"""

import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import Any, NamedTuple

from tests.model import clients
from tests.unit.samples import picture, recording

PATIENCE = 10  # real seconds that a connection may be silent
DIRECTIONS = r"/v1/callback/(tsk_\w+)/(\d+)/([\w.-]+)"
REQUEST_ID = r"(tsk_\w+)\.(\d+)()"


@dataclass
class Job:
    """A submission that a provider has taken, and charges for unless it is unpaid."""

    name: str
    provider: str
    task_id: str
    attempt: int
    token: str
    fate: str = "succeeded"
    over: bool = True  # whether the provider says so when it is asked
    told: str = ""  # when a webhook of it was taken: before the task's end, after it, or never


class Reply(NamedTuple):
    status: int = 200
    content: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class Outside:
    def __init__(self) -> None:
        server = type("Handler", (_Handler,), {"outside": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), server)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"
        self._names = count(1)
        self.reset()
        Thread(target=self._server.serve_forever, daemon=True).start()

    def reset(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.received: list[str] = []  # the events that the client's endpoint was told
        self.turns = deque[str]()  # what becomes of the next submissions
        self.fates = deque[str]()  # and of the jobs that come of them
        self.slow = False  # whether new jobs are not over when they are asked after
        self.down = False  # whether no provider can say how a job stands
        self.pictures = deque[str]()  # what comes of the next fetches: good, broken, gone
        self.endpoint = deque[int]()  # what the endpoint answers next
        self.meanwhile: Callable[[], None] | None = None  # done once, before the next answer

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def jobs_of(self, task_id: str) -> list[Job]:
        return [job for job in self.jobs.values() if job.task_id == task_id]

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> Reply | None:
        """None is an answer that never comes."""
        if meanwhile := self.meanwhile:
            self.meanwhile = None
            meanwhile()
        match path.split("/")[1:]:
            case ["pictures", job, name]:
                return self._show(job, name)
            case ["told"]:
                self.received.append(json.loads(body)["id"])
                return Reply(self.endpoint.popleft() if self.endpoint else 204)
            case [provider, *_] if method == "POST":
                return self._take(provider, headers, body)
            case [provider, *_]:
                return self._tell(provider, re.split(r"[/=]", path)[-1])
        return Reply(404)

    # ── providers ────────────────────────────────────────────────────────────────────────────────

    def _take(self, provider: str, headers: Any, body: bytes) -> Reply | None:
        turn = self.turns.popleft() if self.turns else "accepted"
        if turn == "refused":
            return _recorded(provider, "receipts", "request_refused")
        if turn in ("busy", "account_refused"):
            return _recorded(provider, "receipts", turn)
        if turn == "lost":
            return None
        job = self._job(provider, headers, body)
        if turn == "charged and lost":
            return None
        if turn == "busy and charged":
            return _recorded(provider, "receipts", "busy")
        return _recorded(provider, "receipts", "accepted", job)

    def _job(self, provider: str, headers: Any, body: bytes) -> Job:
        marks = re.search(DIRECTIONS, body.decode()) or re.match(
            REQUEST_ID, headers.get("X-Request-ID", "")
        )
        assert marks, "a submission says whose it is"
        task_id, attempt, token = marks[1], int(marks[2]), marks[3]
        same = {"provider": provider, "task_id": task_id, "attempt": attempt}
        for job in self.jobs.values():
            if not token and same.items() <= vars(job).items():
                return job  # sent again under the same id: charged once
        fate = self.fates.popleft() if self.fates else "succeeded"
        job = Job(f"job-{next(self._names)}", **same, token=token, fate=fate, over=not self.slow)
        return self.jobs.setdefault(job.name, job)

    def _tell(self, provider: str, name: str) -> Reply:
        job = self.jobs.get(name)
        if self.down:
            return Reply(502)
        if job is None or job.provider != provider:
            return _recorded(provider, "updates", "missing")
        if not job.over:
            return _recorded(provider, "updates", "pending", job)
        if job.fate == "succeeded":
            return _recorded(provider, "updates", "succeeded", job, self.url)
        failure = {"failed": "provider_error", "unpaid": "insufficient_credits"}[job.fate]
        return _recorded(provider, "updates", "failed", job, failure=failure)

    # ── pictures ─────────────────────────────────────────────────────────────────────────────────

    def _show(self, job: str, name: str) -> Reply:
        match self.pictures.popleft() if self.pictures else "good":
            case "broken":
                return Reply(content=b"no picture")
            case "gone":
                return Reply(503)
        return Reply(content=picture_of(job, name))


@cache
def picture_of(job: str, name: str) -> bytes:
    number = clients.PICTURES.index(name) + 8
    digest = sha256(job.encode()).hexdigest()
    return picture(size=(number, 8), color=f"#{digest[:6]}")


def _recorded(
    provider: str, kind: str, means: str, job: Job | None = None, url: str = "", failure: str = ""
) -> Reply:
    """The provider's own words for it, about our job and with its pictures."""
    exchange = _exchange(provider, kind, means, failure)
    text = json.dumps(exchange["body"])
    if job and kind == "receipts":
        text = text.replace(exchange["means"]["providerTaskId"], job.name)
    for name, recorded in zip(clients.PICTURES, exchange["means"].get("urls", []), strict=False):
        text = text.replace(recorded, f"{url}/pictures/{job.name if job else ''}/{name}")
    return Reply(exchange["status"], text.encode(), tuple(exchange.get("headers", {}).items()))


@cache
def _exchange(provider: str, kind: str, means: str, failure: str) -> dict[str, Any]:
    """The first that means it; of a success, one with as many pictures as our jobs have."""
    for exchange in recording(provider)[kind]:
        meant = exchange["means"]
        known = meant["kind"] == means and failure in ("", meant.get("failure"))
        if known and len(meant.get("urls", clients.PICTURES)) == len(clients.PICTURES):
            found: dict[str, Any] = exchange
            return found
    raise LookupError(f"{provider} has no recorded {means}")


class _Handler(BaseHTTPRequestHandler):
    outside: Outside
    timeout = PATIENCE

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, body: bytes) -> None:
        reply = self.outside.answer(self.command, self.path, self.headers, body)
        if reply is None:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in (*reply.headers, ("Content-Length", str(len(reply.content)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.content)

    def log_message(self, *_: object) -> None:
        pass
