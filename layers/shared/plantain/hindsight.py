"""What comes after the end: a picture that was paid for is at least recorded, and alarmed."""

import time

from plantain import lifecycle, store, upstream
from plantain.log import count, log
from plantain.models import Attempt, LateSuccess, Ring, Task, Update


def look_back(task: Task, ring: Ring) -> None:
    """A ring for an attempt or a task that is over."""
    over = lifecycle.maybe_charged(task, ring.attempt)
    if over is None or ring.chain or task.late_success:
        return
    job = over.provider_task_id or ring.hint
    if job is None:
        return
    now = time.time()
    asked = task.model_copy(update={"provider": over.provider, "attempt": over.number})
    update = upstream.status(asked, job)
    if update.kind == "succeeded":
        success = _late(over, job, update, now)
        store.replace(task, lifecycle.late(task, success, now))
        count("LateSuccess")
        log.error("late success", extra={"task": task.task_id, "provider": over.provider})


def adopt(task: Task, ring: Ring) -> Task:
    """A queued task whose last attempt was refused, but whose provider rings for it."""
    over = lifecycle.maybe_charged(task, ring.attempt)
    if over is None or ring.hint is None:
        return task
    asked = task.model_copy(update={"provider": over.provider, "attempt": over.number})
    if upstream.status(asked, ring.hint).kind not in ("pending", "succeeded"):
        return task
    return store.replace(task, lifecycle.adopted(task, over, ring.hint, time.time()))


def _late(over: Attempt, job: str, update: Update, now: float) -> LateSuccess:
    return LateSuccess(
        attempt=over.number,
        provider=over.provider,
        provider_task_id=job,
        urls=update.urls,
        seen_at=lifecycle.iso(now),
    )
