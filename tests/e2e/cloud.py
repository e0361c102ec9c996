"""What the tests see of a local cloud: its API, its bill, and what it told."""

import hashlib
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import psutil

from local.config import api_id
from local.processes import alive, marked
from tests.e2e.aws import Aws, Json
from tests.e2e.mailbox import Event, Mailbox
from tests.e2e.process import ROOT

ENDED = ("succeeded", "failed", "cancelled")
PATIENCE = 150  # seconds; no test depends on how long anything takes, only on that it ends
AUDIENCE = "plantain-for-browsers"
PICTURE = "https://example.com/reference.png"


@dataclass(frozen=True)
class Way:
    """One thing that can be made: by whom, which model, from what."""

    provider: str
    model: str
    mode: str
    offer: Json = field(hash=False, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.provider} {self.model} {self.mode}"


@dataclass(frozen=True)
class Placed:
    """A task that was accepted, and the words by which its provider knows it."""

    task_id: str
    prompt: str
    answer: Json = field(hash=False, compare=False, repr=False)


type Ordered = Callable[[str], Placed]


class Cloud:
    """A running local cloud, to a client who is also its owner."""

    def __init__(self, ready: Json, directory: Path) -> None:
        self.key: str = ready["key"]
        self.owner: str = ready["owner"]
        self.directory = directory
        self.url: str = ready["api"]
        self.upstream: str = ready["upstream"]
        self.api = self.api_of(self.key)
        self.web = httpx.Client(timeout=120, trust_env=False)
        self.aws = Aws(ready)
        topic = self.aws.outputs["TaskTopicArn"]
        self.mailbox = Mailbox(self.aws.client("sqs"), self.aws.client("sns"), topic)

    def api_of(self, key: str | None, url: str = "") -> httpx.Client:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=url or self.url, headers=headers, timeout=120, trust_env=False)

    def browser_of(self, token: str | None) -> httpx.Client:
        """A client of the API for browsers."""
        return self.api_of(
            token, f"{self.aws.endpoint}/_aws/execute-api/{api_id('BrowserApi')}/$default"
        )

    # ── ordering ──────────────────────────────────────────────────────────────────────────────

    @cached_property
    def ways(self) -> list[Way]:
        """Everything that can be made, as GET /v1/models lists it."""
        return [
            Way(offer["provider"], model["model"], mode, offer)
            for model in self.api.get("/v1/models").json()["models"]
            for offer in model["providers"]
            for mode in offer["modes"]
        ]

    def way(self, provider: str, model: str = "", mode: str = "") -> Way:
        """The first way of a provider, of one of its models, in one mode."""
        return next(
            way
            for way in self.ways
            if way.provider == provider and model in ("", way.model) and mode in ("", way.mode)
        )

    def body(self, way: Way | None = None, words: str = "", **given: Any) -> Json:
        """A request for one way, with a prompt of its own and the simulator's words in it."""
        prompt = f"{way or 'anybody'} {secrets.token_hex(6)} [sim:{words}]"
        wanted: Json = {"prompt": prompt}
        if way is None:
            return {"model": "nano-banana", "input": {**wanted, **given}}
        if way.mode == "image-to-image":
            wanted["imageUrls"] = [PICTURE]
        if "1K" in way.offer["resolution"]:
            wanted["resolution"] = "1K"  # the smallest, so that the tests do not draw for long
        return {"model": way.model, "provider": way.provider, "input": {**wanted, **given}}

    def submit(self, body: Json, **headers: str) -> httpx.Response:
        return self.api.post("/v1/tasks", json=body, headers=headers)

    def place(self, body: Json, **headers: str) -> Placed:
        answer = self.submit(body, **headers)
        assert answer.status_code == 202, answer.text
        return Placed(answer.json()["taskId"], body["input"]["prompt"], answer.json())

    def order(self, way: Way | None = None, words: str = "", **given: Any) -> Placed:
        return self.place(self.body(way, words, **given))

    def ring(self, path: str, content: bytes = b"{}") -> httpx.Response:
        """Call back as a provider would, at /v1/callback/{path}."""
        url = self.aws.outputs["CallbackUrl"]
        return self.web.post(f"{url}/v1/callback/{path}", content=content)

    # ── looking ───────────────────────────────────────────────────────────────────────────────

    def show(self, task_id: str) -> Json:
        answer = self.api.get(f"/v1/tasks/{task_id}")
        assert answer.status_code == 200, answer.text
        task: Json = answer.json()
        return task

    def wait(self, task_id: str) -> Json:
        """The task, once it has ended."""
        return eventually(lambda: self.show(task_id), lambda task: task["status"] in ENDED)

    def ledger(self, prompt: str = "") -> list[Json]:
        """What the providers were sent with this prompt, or at all, in order."""
        entries: list[Json] = self.web.get(
            f"{self.upstream}/_sim/ledger", params={"prompt": prompt[:100]}
        ).json()
        return [entry for entry in entries if prompt in ("", entry["prompt"])]

    def delete(self, task_id: str) -> None:
        """Delete a finished task, as soon as its end was announced."""
        path = f"/v1/tasks/{task_id}"
        answer = eventually(lambda: self.api.delete(path), lambda a: a.status_code != 409)
        assert (answer.status_code, answer.content) == (204, b""), answer.text

    def events(self, task_id: str) -> list[Event]:
        """What the topic told of a task; waits for the first event, not for more."""
        return eventually(lambda: self.mailbox.of(task_id), bool)

    # ── owning ────────────────────────────────────────────────────────────────────────────────

    def make_key(self, owner: str, limits: str = "", stays: bool = False) -> str:
        """As `make key` does."""
        wanted = ("--owner", owner, "--limits", limits, *["--stays"] * stays)
        return self._keys("create", *wanted).splitlines()[-1]

    def revoke_key(self, key: str) -> None:
        self._keys("revoke", self.name_of(key))

    def name_of(self, key: str) -> str:
        return hashlib.sha256(key.encode()).hexdigest()[:12]

    def listed(self, key: str) -> str:
        """What `make keys` says of one."""
        (line,) = (one for one in self._keys("list").splitlines() if self.name_of(key) in one)
        return line

    def workers(self, function: str) -> list[psutil.Process]:
        """The living processes of one function, such as Advance."""
        named = f"-{function}Function-"
        return [p for p in marked(self.directory) if any(named in word for word in _words(p))]

    def start_anew(self, *functions: str) -> None:
        """End the workers of functions that have nothing to do just now; the next ones know
        nothing."""
        ended = [worker for function in functions for worker in self.workers(function)]
        for worker in ended:
            worker.kill()
        eventually(lambda: [worker for worker in ended if alive(worker)], lambda left: not left)

    def _keys(self, *arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "tools.keys", *arguments],
            cwd=ROOT,
            env={"LOCAL_DIR": str(self.directory)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []  # gone meanwhile


def eventually[T](look: Callable[[], T], good: Callable[[T], object]) -> T:
    """What `look` sees once it is good; fails with what it saw last."""
    deadline = time.monotonic() + PATIENCE
    while not good(seen := look()):
        assert time.monotonic() < deadline, f"still {seen}"
        time.sleep(0.3)
    return seen
