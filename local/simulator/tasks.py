"""One accepted task: its state is a function of the clock, so nothing has to move it along."""

from __future__ import annotations

import math
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from .dialects.base import Dialect, Failure, Order
from .faults import Faults, dice

PRIVATE_URL = "http://169.254.169.254/latest/meta-data/"


@dataclass(slots=True)
class Picture:
    """One result file; drawn when somebody asks for it."""

    id: str
    task: Task
    index: int
    fetches: int = 0

    @property
    def url(self) -> str:
        if self.task.faults.word("image") == "private":
            return PRIVATE_URL
        ending = "png" if self.task.order.format == "png" else "jpg"
        return f"{self.task.base_url}/files/{self.id}.{ending}"


@dataclass(slots=True)
class Task:
    """What the provider knows of an order that it took."""

    id: str
    dialect: Dialect
    order: Order
    faults: Faults
    base_url: str
    pace: float
    created: float = field(default_factory=time.time)
    failure: Failure | None = None
    pictures: list[Picture] = field(default_factory=list)
    webhooks: list[dict[str, Any]] = field(default_factory=list)
    status_requests: int = 0

    def __post_init__(self) -> None:
        self.pace = self._own_pace(self.pace)
        if word := self.faults.word("fail"):
            self.failure = self.dialect.failure(word)
        count = min(10, max(1, int(self.faults.number("images", 1))))
        self.pictures = [Picture(secrets.token_urlsafe(18), self, i) for i in range(count)]

    def _own_pace(self, usual: float) -> float:
        if self.faults.has("fast") or "early" in self.faults.choices("webhook"):
            return 0.0
        jitter = dice(self.dialect.name, self.order.prompt).uniform(0.9, 1.1)
        return self.faults.number("slow", usual * jitter)

    @property
    def ends(self) -> float:
        return math.inf if self.faults.has("never") else self.created + self.pace

    def state(self, now: float) -> str:
        if now >= self.ends:
            return self.failure.state if self.failure else self.dialect.success
        share = (now - self.created) / self.pace if self.pace else 1.0
        if self.faults.has("strange") and share > 0.5:
            return self.dialect.strange
        phases = self.dialect.phases
        return phases[min(len(phases) - 1, int(share * len(phases)))]

    def has_failed(self, state: str) -> bool:
        return self.failure is not None and state == self.failure.state

    def has_ended(self, state: str) -> bool:
        return state == self.dialect.success or self.has_failed(state)

    def changed_at(self, state: str) -> float:
        phases = self.dialect.phases
        if self.has_ended(state):
            return self.ends if math.isfinite(self.ends) else self.created
        step = phases.index(state) / len(phases) if state in phases else 0.5
        return self.created + self.pace * step

    @property
    def created_ms(self) -> int:
        return int(self.created * 1000)

    @property
    def ended_ms(self) -> int:
        return self.created_ms + self.cost_ms

    @property
    def cost_ms(self) -> int:
        return int(self.pace * 1000)

    @property
    def result(self) -> Any:
        return self.dialect.result([picture.url for picture in self.pictures])

    def answer(self, state: str, result: Any) -> dict[str, Any]:
        """The body of a status answer, and of a webhook."""
        shown = result if state == self.dialect.success else None
        return self.dialect.envelope(self.dialect.describe(self, state, shown))
