"""What clients are told with: their webhooks, and the deliveries to them."""

from typing import Literal

from pydantic import Field

from plantain.models import Frozen


class Webhook(Frozen):
    """Where an owner is told, and what it knows us by. A former secret signs too, for a while."""

    url: str | None = None
    secret: str | None = None
    secret_created_at: str | None = None
    previous_secret: str | None = None
    previous_secret_until: str | None = None

    def secrets(self, now: str) -> list[str]:
        """Those that sign at a moment, written as previous_secret_until is; the newest first."""
        overlap = (self.previous_secret_until or "") > now
        both = [self.secret, self.previous_secret if overlap else None]
        return [secret for secret in both if secret]


class Answer(Frozen):
    """What came of one POST to a client's endpoint; without an error it is acknowledged."""

    status: int | None = None
    error: Literal["timeout", "unreachable", "forbidden", "redirect", "gone", "refused"] | None = (
        None
    )
    duration_ms: int = 0
    retry_after: int | None = None


class Try(Frozen):
    """One POST of a delivery; without an outcome as long as it is on its way."""

    at: str
    status: int | None = None
    error: str | None = None
    duration_ms: int | None = None


class Delivery(Frozen):
    """One event on its way to one endpoint: a row of the table.

    `count` is how many tries of the present series have begun. The next one may begin at
    `next_at`, which during a try is when that one must be over.
    """

    task_id: str
    owner: str
    event_id: str
    event_type: str
    url: str
    state: Literal["pending", "delivered", "failed", "stopped"] = "pending"
    series: int = 0
    count: int = 0
    writer: str = ""
    tries: list[Try] = Field(default=[])
    next_at: str | None = None


class Errand(Frozen):
    """A message that has a delivery looked at; it carries neither the event nor the secret."""

    task_id: str
    event_id: str
    series: int = 0
