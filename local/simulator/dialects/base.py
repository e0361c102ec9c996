"""What every provider has: paths, models, states, refusals, and a way to describe a task."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from ..tasks import Task


class Refused(Exception):
    """The provider says no; `word` is a key of its `refusals`, or an HTTP status."""

    def __init__(self, word: str | int, message: str | None = None) -> None:
        super().__init__(message or word)
        self.word, self.message = word, message


@dataclass(frozen=True, slots=True)
class Model:
    """What one model accepts; an empty tuple means that it has no such field."""

    ratios: tuple[str, ...]
    resolutions: tuple[str, ...] = ()
    ratio: str | None = None
    resolution: str | None = None
    longest_prompt: int | None = None
    most_references: int | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A submission that passed every check."""

    model: str
    prompt: str
    ratio: str
    resolution: str = "1K"
    format: str = "png"
    callback_url: str | None = None
    echo: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """How a task ends badly, in the provider's words."""

    state: str
    code: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A provider's webhook habits; retry delays are in units of the simulator's retry time."""

    timeout: float
    acknowledged_by: range
    retries: tuple[float, ...]


class Dialect:
    """One provider's wire format. Subclasses fill in the data and three functions."""

    name: ClassVar[str]
    submit_path: ClassVar[str] = "/api/v1/jobs/createTask"
    status_path: ClassVar[str] = "/api/v1/jobs/recordInfo"
    models: ClassVar[dict[str, Model]]
    phases: ClassVar[tuple[str, ...]]
    success: ClassVar[str] = "success"
    strange: ClassVar[str] = "reviewing"
    failures: ClassVar[dict[str, Failure]]
    delivery: ClassVar[Delivery] = Delivery(10, range(200, 300), ())
    idempotency_header: ClassVar[str | None] = None
    accepted_code: ClassVar[int] = 200
    accepted_message: ClassVar[str] = "success"
    message_key: ClassVar[str] = "msg"
    hollow_results: ClassVar[tuple[Any, ...]] = (None, "", '{"resultUrls":[]}', "{}")
    broken_result: ClassVar[str] = '{"resultUrls":["https://'
    refusals: ClassVar[dict[str, tuple[int, str]]] = {
        "unauthorized": (401, "Invalid or missing API key"),
        "missing": (400, "Invalid request parameters"),
        "invalid": (400, "Invalid request parameters"),
        "too-large": (413, "Request body too large"),
        "unknown-task": (404, "Task not found"),
        "credits": (402, "Insufficient credits"),
        "busy": (429, "Rate limit exceeded"),
        "limit": (429, "Too many active tasks"),
        "down": (503, "Service temporarily unavailable"),
        "error": (500, "Internal server error"),
    }

    def read(self, body: dict[str, Any]) -> Order:
        """Check a submission (with what its path says) to the letter, or raise Refused."""
        raise NotImplementedError

    def describe(self, task: Task, state: str, result: Any) -> dict[str, Any]:
        """The `data` of a status answer; `result` is None unless the state is a success."""
        raise NotImplementedError

    def result(self, urls: list[str]) -> Any:
        """The result field for these picture addresses; JSON inside JSON on three of the four."""
        return json.dumps({"resultUrls": urls}, separators=(",", ":"))

    def new_id(self) -> str:
        raise NotImplementedError

    def envelope(self, data: Any) -> dict[str, Any]:
        return {"code": self.accepted_code, self.message_key: self.accepted_message, "data": data}

    def refusal(self, status: int, message: str) -> dict[str, Any]:
        return {"code": status, self.message_key: message, "data": None}

    def platform_refusal(self, refusal: dict[str, Any]) -> dict[str, Any]:
        """The same in the envelope of what stands before the task layer; most have no other."""
        return refusal

    def failure(self, word: str) -> Failure:
        """An unknown word is taken as the provider's own failure code."""
        return self.failures.get(word) or Failure(
            self.failures["transient"].state, word, f"Task failed: {word}"
        )
