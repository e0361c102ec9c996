"""Tasks, and what happened to them."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from plantain.errors import FailureCode
from plantain.models import Frozen, TaskInput

TaskId = Annotated[str, Field(pattern=r"^tsk_[a-z2-7]{26}$")]
Url = Annotated[str, Field(json_schema_extra={"format": "uri"})]
Status = Literal["queued", "processing", "succeeded", "failed", "cancelled"]


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
