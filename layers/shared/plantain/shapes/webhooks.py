"""What clients are told, where, and how that went."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from plantain.models import Frozen
from plantain.shapes.tasks import Task, Url

EventId = Annotated[str, Field(pattern=r"^evt_[0-9a-f]{26}$")]
EventType = Literal[
    "task.succeeded", "task.failed", "task.cancelled", "task.queued", "task.submitted"
]
TryError = Literal["timeout", "unreachable", "forbidden", "redirect", "gone", "refused"]


class Event(Frozen):
    """Something became of a task. The same `id` however often it is told."""

    id: EventId
    type: EventType
    version: Literal["1"]
    created_at: AwareDatetime
    data: Annotated[
        Task, Field(description="As the API shows it, but without `url`, and a long prompt cut.")
    ]


class TrialEvent(Frozen):
    """An event that means nothing; `POST /v1/webhook/test` sends it."""

    id: EventId
    type: Literal["webhook.test"]
    version: Literal["1"]
    created_at: AwareDatetime
    data: Annotated[dict[str, Any], Field(max_length=0)]


class Webhook(Frozen):
    """Where your tasks are told, and the secret that signs. A former one signs too for a while."""

    url: Url | None
    secret: Annotated[str | None, Field(pattern="^whsec_")]
    secret_created_at: AwareDatetime | None
    previous_secret_until: AwareDatetime | None


class TrialResult(Frozen):
    """What came of it; without an `error` your endpoint has acknowledged it."""

    status: int | None
    error: TryError | None
    duration_ms: int


class Try(Frozen):
    """One POST; without an outcome as long as it is on its way."""

    at: AwareDatetime
    status: int | None
    error: TryError | Literal["interrupted"] | None
    duration_ms: int | None


class Delivery(Frozen):
    """One event on its way to one endpoint."""

    id: EventId
    type: EventType
    url: Url
    state: Literal["pending", "delivered", "failed", "stopped"]
    tries: list[Try]
    next_at: Annotated[AwareDatetime | None, Field(description="When it is tried next.")]


class DeliveryList(Frozen):
    """Where the end of a task was told, and how that went."""

    deliveries: list[Delivery]
