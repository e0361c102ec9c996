"""An owner's latest tasks, summed up."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from plantain.errors import FailureCode
from plantain.models import Frozen
from plantain.shapes.tasks import Status, TaskId


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
