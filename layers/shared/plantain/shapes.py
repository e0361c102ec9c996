"""What the API and the events answer, as types. They only describe: views make the answers, and
the tests hold each against its type."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from plantain.errors import FailureCode
from plantain.models import Frozen, TaskInput

TaskId = Annotated[str, Field(pattern=r"^tsk_[a-z2-7]{26}$")]
EventId = Annotated[str, Field(pattern=r"^evt_[0-9a-f]{26}$")]
Url = Annotated[str, Field(json_schema_extra={"format": "uri"})]
Status = Literal["queued", "processing", "succeeded", "failed", "cancelled"]
EventType = Literal[
    "task.succeeded", "task.failed", "task.cancelled", "task.queued", "task.submitted"
]
TryError = Literal["timeout", "unreachable", "forbidden", "redirect", "gone", "refused"]


class Image(Frozen):
    """One picture. `url` lasts 15 minutes; `link` needs no key and lasts as long as the task."""

    url: Url | None
    thumbnail: Annotated[
        Url | None, Field(description="A small WebP, like `url`; null until there is one.")
    ]
    link: Url | None
    content_type: Literal["image/png", "image/jpeg", "image/webp"]
    width: int
    height: int
    bytes: int
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Failure(Frozen):
    """Why there is no picture, and whether the same request as a new task may well succeed."""

    code: FailureCode
    message: str
    retryable: bool


class Task(Frozen):
    """A task as it stands."""

    task_id: TaskId
    status: Status
    model: str
    provider: Annotated[str | None, Field(description="Who makes it; null while nobody does.")]
    input: TaskInput
    images: list[Image]
    failure: Failure | None
    attempts: int
    metadata: dict[str, Any] | None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    finished_at: AwareDatetime | None


class TaskPage(Frozen):
    """Tasks, newest first."""

    tasks: list[Task]
    cursor: Annotated[str | None, Field(description="Give it as `cursor` to see more; null: all.")]


class Range(Frozen):
    minimum: int
    maximum: int


class References(Range):
    """How many reference pictures, and how their URLs must end, where that matters."""

    endings: list[str]


class Offer(Frozen):
    """A model as one provider makes it. An empty list: this cannot be chosen there."""

    provider: str
    price: Annotated[float | None, Field(description="Dollars a picture, where `Prices` has it.")]
    modes: list[Literal["text-to-image", "image-to-image"]]
    prompt: Range
    image_urls: References
    aspect_ratio: list[str]
    resolution: list[str]
    output_format: list[str]
    google_search: bool
    safety_checker: bool
    routing: list[Literal["auto", "value", "official"]]


class Model(Frozen):
    """A model, and who makes it: first who is tried first."""

    model: str
    providers: list[Offer]


class ModelList(Frozen):
    """Everything that can be made here."""

    models: list[Model]


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


class Step(Frozen):
    """Something that happened to a task.

    `submitting` to a provider, which `refused` it, or has it (`submitted`), or did not answer
    (`unknown`); somebody had reason to look: the provider's `webhook`, the `sweep` that finds
    what was lost, a planned `check`; there was a `result`, whose picture could not be fetched yet
    (`unkept`); the end; and each time that it was `told` to you. A picture may come `late`.
    """

    at: AwareDatetime
    after: Annotated[float, Field(description="Seconds since the task was created.")]
    what: Literal[
        "queued",
        "submitting",
        "refused",
        "submitted",
        "unknown",
        "webhook",
        "sweep",
        "check",
        "result",
        "unkept",
        "succeeded",
        "failed",
        "cancelled",
        "late",
        "told",
    ]
    why: Annotated[str | None, Field(description="The provider, or what went wrong.")]


class Timeline(Frozen):
    """Everything that happened to a task, in order."""

    task_id: TaskId
    steps: list[Step]


class Seconds(Frozen):
    """Seconds from the order to the picture: of half of them, and of all but one in twenty."""

    p50: float
    p95: float


class RingCount(Frozen):
    """Of the pictures whose providers call: how many did before anybody else had a look."""

    expected: int
    arrived: int


class Results(Frozen):
    """How it went. Null where there is nothing to say."""

    success_rate: Annotated[float | None, Field(description="Succeeded, of those that ended so.")]
    seconds: Seconds | None
    webhooks: RingCount


class ProviderResults(Results):
    provider: str
    tasks: int
    cost: Annotated[
        float | None, Field(description="Dollars for the pictures made, where `Prices` has them.")
    ]


class FailureCount(Frozen):
    code: FailureCode
    tasks: int


class Span(Frozen):
    """A part of the time, and what became of the tasks that were ordered in it."""

    from_: Annotated[AwareDatetime, Field(alias="from")]
    succeeded: int
    failed: int
    cancelled: int
    open: int


class Attention(Frozen):
    """A task worth a look: paid for and not there, failed for no fault of its own, or slow."""

    task_id: TaskId
    why: Annotated[str, Field(examples=["late_success", "slow", "provider_error"])]
    created_at: AwareDatetime


class DeadLetters(Frozen):
    """How many messages of this whole Plantain were given up, by who gave up."""

    advance: int
    poll: int
    publish: int
    deliver: int


class Overview(Results):
    """Your latest tasks, summed up."""

    hours: int
    since: AwareDatetime
    complete: Annotated[bool, Field(description="False: there were more, older ones.")]
    tasks: Annotated[int, Field(description="How many this is the sum of.")]
    status: Annotated[dict[Status, int], Field(description="Tasks by their state.")]
    providers: list[ProviderResults]
    failures: list[FailureCount]
    spans: list[Span]
    attention: Annotated[list[Attention], Field(description="The worst first, ten at most.")]
    dead_letters: DeadLetters


class FieldError(Frozen):
    field: Annotated[str, Field(examples=["input.aspectRatio"])]
    message: str
    allowed: Annotated[list[str], Field(description="What may stand there, where it can be said.")]


class Problem(Frozen):
    """An error, as RFC 9457 has it. `code` is for programs and never changes."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    code: str
    errors: Annotated[list[FieldError], Field(default_factory=list)]


class GatewayMessage(Frozen):
    """An error that the gateway tells before any of our code has run."""

    message: str | None
