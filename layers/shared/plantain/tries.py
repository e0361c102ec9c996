"""The life of a delivery, pure: what is tried when, what an answer means, and when it is over."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from typing import Any

from plantain.lifecycle import iso
from plantain.models import Task
from plantain.notices import Answer, Delivery, Try

LONGEST_WAIT = 43_200  # seconds, whatever Retry-After says
JITTER = 0.1
MAX_TRIES_SHOWN = 50


def opened(task: Task, event: dict[str, Any], url: str, now: float) -> Delivery:
    return Delivery(
        task_id=task.task_id,
        owner=task.owner,
        event_id=event["id"],
        event_type=event["type"],
        url=url,
        next_at=iso(now),
    )


def asked_again(delivery: Delivery, url: str, now: float) -> Delivery:
    """A new series of tries; whatever is left of an older one has no part in it."""
    return delivery.model_copy(
        update={
            "url": url,
            "state": "pending",
            "series": delivery.series + 1,
            "count": 0,
            "next_at": iso(now),
        }
    )


def begun(delivery: Delivery, writer: str, now: float, lease: int) -> Delivery:
    """Counted before it is sent: until the lease is over, nobody else may try."""
    tries = [*_interrupted(delivery.tries), Try(at=iso(now))][-MAX_TRIES_SHOWN:]
    return delivery.model_copy(
        update={
            "tries": tries,
            "count": delivery.count + 1,
            "writer": writer,
            "next_at": iso(now + lease),
        }
    )


def ended(
    delivery: Delivery, answer: Answer, delays: Sequence[int], chance: float, now: float
) -> Delivery:
    """What came of the try that had begun; chance, from 0 to 1, spreads the next one."""
    last = Try(at=delivery.tries[-1].at, **answer.model_dump(exclude={"retry_after"}))
    after = delivery.model_copy(update={"tries": [*delivery.tries[:-1], last]})
    if answer.error is None:
        return closed(after, "delivered")
    if answer.status == 410:
        return closed(after, "stopped")
    if is_spent(after, delays):
        return closed(after, "failed")
    planned = delays[after.count - 1] * (1 - JITTER * chance)
    pause = max(planned, min(answer.retry_after or 0, LONGEST_WAIT))
    return after.model_copy(update={"next_at": iso(now + pause)})


def closed(delivery: Delivery, state: str) -> Delivery:
    tries = _interrupted(delivery.tries)
    return delivery.model_copy(update={"state": state, "next_at": None, "tries": tries})


def is_spent(delivery: Delivery, delays: Sequence[int]) -> bool:
    return delivery.count > len(delays)


def pause(delivery: Delivery, now: float) -> int:
    """Whole seconds until the next try may begin; 0 where it may now, or never."""
    if delivery.next_at is None:
        return 0
    return max(0, ceil(datetime.fromisoformat(delivery.next_at).timestamp() - now))


def _interrupted(tries: Sequence[Try]) -> list[Try]:
    """A try without any outcome was cut off on our side."""
    return [
        one.model_copy(update={"error": "interrupted"}) if one.duration_ms is None else one
        for one in tries
    ]
