"""What the API answers, as typed values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from plantain_client.reading import Answer, read


@dataclass(frozen=True, kw_only=True)
class Image(Answer):
    """One picture. `url` and `thumbnail` last 15 minutes; `link` needs no key and lasts on."""

    content_type: str
    width: int
    height: int
    bytes: int
    sha256: str
    url: str | None = None
    thumbnail: str | None = None
    link: str | None = None


@dataclass(frozen=True, kw_only=True)
class Failure(Answer):
    """Why there is no picture, and whether the same request as a new task may well succeed."""

    code: str
    message: str
    retryable: bool = False


@dataclass(frozen=True, kw_only=True)
class Task(Answer):
    """A task as it stands: queued, processing, succeeded, failed or cancelled."""

    task_id: str
    status: str
    model: str
    input: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    provider: str | None = None
    images: list[Image] = field(default_factory=list)
    failure: Failure | None = None
    attempts: int = 0
    metadata: dict[str, Any] | None = None
    finished_at: datetime | None = None

    @property
    def ended(self) -> bool:
        return self.finished_at is not None

    @property
    def succeeded(self) -> bool:
        return self.status == "succeeded"


@dataclass(frozen=True, kw_only=True)
class Page(Answer):
    """Tasks, newest first; a cursor of None is the end."""

    tasks: list[Task]
    cursor: str | None = None


@dataclass(frozen=True, kw_only=True)
class Offer(Answer):
    """A model as one provider makes it. An empty list: this cannot be chosen there."""

    provider: str
    modes: list[str] = field(default_factory=list)
    aspect_ratio: list[str] = field(default_factory=list)
    resolution: list[str] = field(default_factory=list)
    output_format: list[str] = field(default_factory=list)
    routing: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Model(Answer):
    model: str
    providers: list[Offer]


@dataclass(frozen=True, kw_only=True)
class Models(Answer):
    models: list[Model]


@dataclass(frozen=True, kw_only=True)
class Webhook(Answer):
    """Where your tasks are told, and the secret that signs. A former one signs too for a while."""

    url: str | None = None
    secret: str | None = None
    previous_secret_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Try(Answer):
    """One POST to a webhook; without an `error` it was acknowledged, or is on its way."""

    at: datetime | None = None  # a trial, asked for and answered at once, does not say
    status: int | None = None
    error: str | None = None
    duration_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class Delivery(Answer):
    """One event on its way to one endpoint."""

    id: str
    type: str
    url: str
    state: str
    tries: list[Try] = field(default_factory=list)
    next_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Deliveries(Answer):
    deliveries: list[Delivery]


@dataclass(frozen=True, kw_only=True)
class Step(Answer):
    """Something that happened to a task, `after` so many seconds."""

    at: datetime
    after: float
    what: str
    why: str | None = None


@dataclass(frozen=True, kw_only=True)
class Timeline(Answer):
    steps: list[Step]


@dataclass(frozen=True, kw_only=True)
class Upload(Answer):
    """Where and how to put a picture, and the link that it then has."""

    upload_url: str
    headers: dict[str, str]
    link: str
    method: str = "PUT"


@dataclass(frozen=True, kw_only=True)
class Event(Answer):
    """What a webhook brings. The same `id` however often it comes."""

    id: str
    type: str
    created_at: datetime
    data: dict[str, Any]

    @property
    def task(self) -> Task | None:
        """The task that it tells of; None for a trial."""
        return read(Task, self.data) if self.data else None
