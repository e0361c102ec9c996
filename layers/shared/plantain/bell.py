"""The bell: a queue of tasks that somebody has reason to look at."""

from collections.abc import Iterable, Sequence
from itertools import batched
from typing import TYPE_CHECKING

from plantain.rings import Ring
from plantain.settings import client, settings

if TYPE_CHECKING:  # whoever only rings needs no models
    from plantain.models import Task

MAX_DELAY = 900  # seconds; SQS allows no more
RINGS_A_MINUTE = 120  # that one worker answers, where nothing holds it up


def ring(bell: Ring, delay: int = 0) -> None:
    client("sqs").send_message(
        QueueUrl=settings().advance_queue_url,
        MessageBody=bell.written(),
        DelaySeconds=_delay(delay),
    )


def chain(task: "Task", delay: int) -> None:
    """The next look of a series, which ends with the attempt."""
    ring(Ring(task_id=task.task_id, attempt=task.attempt, chain=True), delay)


def ring_all(task_ids: Iterable[str]) -> None:
    for batch in batched(task_ids, 10, strict=False):
        _ring_batch(batch)


def room() -> int:
    """How many more rings the workers can answer before the next sweep."""
    depth = "ApproximateNumberOfMessages"
    answer = client("sqs").get_queue_attributes(
        QueueUrl=settings().advance_queue_url, AttributeNames=[depth]
    )
    return settings().advance_concurrency * RINGS_A_MINUTE - int(answer["Attributes"][depth])


def _ring_batch(task_ids: Sequence[str]) -> None:
    entries = [
        {"Id": str(n), "MessageBody": Ring(task_id=task_id).written()}
        for n, task_id in enumerate(task_ids)
    ]
    # What is refused here is still due, so the next sweep rings for it again.
    client("sqs").send_message_batch(QueueUrl=settings().advance_queue_url, Entries=entries)


def _delay(seconds: int) -> int:
    return max(0, min(seconds, MAX_DELAY))
