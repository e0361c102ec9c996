"""Every submission received, charged or not: what the tests compare the bill with."""

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from .tasks import Picture, Task

MOST_ENTRIES = 20_000


@dataclass(slots=True)
class Entry:
    """One submission and what became of it."""

    provider: str
    request_id: str | None
    received_at: float = field(default_factory=time.time)
    prompt: str | None = None
    model: str | None = None
    callback_url: str | None = None
    outcome: str = "received"
    status: int | None = None
    charged: bool = False
    why: str | None = None
    task: Task | None = None

    def as_json(self) -> dict[str, Any]:
        task = self.task
        return {
            "provider": self.provider,
            "taskId": task.id if task else None,
            "outcome": self.outcome,
            "status": self.status,
            "why": self.why,
            "charged": self.charged,
            "prompt": self.prompt,
            "model": self.model,
            "callbackUrl": self.callback_url,
            "requestId": self.request_id,
            "receivedAt": self.received_at,
            "state": task.state(time.time()) if task else None,
            "webhooks": task.webhooks if task else [],
            "pictures": len(task.pictures) if task else 0,
            "statusRequests": task.status_requests if task else 0,
            "fileFetches": sum(each.fetches for each in task.pictures) if task else 0,
        }


class Ledger:
    """The newest submissions in order, and their tasks, by provider and id."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque()
        self.tasks: dict[tuple[str, str], Task] = {}
        self.requests: dict[tuple[str, str], Task] = {}
        self.pictures: dict[str, Picture] = {}
        self.keys: dict[str, list[str]] = {}  # of a provider's account, where they were changed

    def takes(self, provider: str, key: str) -> bool:
        return key in self.keys.get(provider, [f"local-{provider}-key"])

    def record(self, entry: Entry) -> None:
        self.entries.append(entry)
        if len(self.entries) > MOST_ENTRIES:
            self._forget(self.entries.popleft())

    def accept(self, entry: Entry, task: Task) -> None:
        entry.outcome, entry.charged, entry.task = "accepted", True, task
        self.tasks[entry.provider, task.id] = task
        self.pictures |= {picture.id: picture for picture in task.pictures}
        if entry.request_id and task.dialect.idempotency_header:
            self.requests[entry.provider, entry.request_id] = task

    def clear(self) -> None:
        for kept in (self.entries, self.tasks, self.requests, self.pictures):
            kept.clear()

    def find(self, prompt: str | None = None, task_id: str | None = None) -> list[dict[str, Any]]:
        return [
            entry.as_json()
            for entry in self.entries
            if (prompt is None or prompt in (entry.prompt or ""))
            and (task_id is None or (entry.task is not None and entry.task.id == task_id))
        ]

    def _forget(self, entry: Entry) -> None:
        if entry.task is None or not entry.charged:
            return
        self.tasks.pop((entry.provider, entry.task.id), None)
        self.requests.pop((entry.provider, entry.request_id or ""), None)
        for picture in entry.task.pictures:
            self.pictures.pop(picture.id, None)
