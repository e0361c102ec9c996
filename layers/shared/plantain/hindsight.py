"""What comes after the end: a picture that was paid for is at least recorded, and alarmed."""

import time

from plantain import bell, lifecycle, store, upstream
from plantain.errors import TaskMoved
from plantain.log import count, log
from plantain.models import Attempt, LateSuccess, State, Task, Update
from plantain.rings import Ring

LOOK_PAUSE = 900
MOVED_PAUSE = 5  # seconds until what came in between is looked at again
HINT_MARGIN = 30  # seconds in which a ring for a queued task comes before anybody buys it again
HINT_PATIENCE = 120  # seconds in which a provider may not know a job yet that it rings for


def look_back(task: Task, ring: Ring) -> None:
    """A ring for an attempt or a task that is over."""
    over = lifecycle.maybe_charged(task, ring.attempt)
    if over is None:
        return
    job = over.provider_task_id or ring.hint
    if job is None or job in (late.provider_task_id for late in task.late_successes):
        return
    now = time.time()
    asked = task.model_copy(update={"provider": over.provider, "attempt": over.number})
    update = upstream.status(asked, job)
    if update.kind == "succeeded":
        success = _late(over, job, update, now)
        try:
            store.replace(task, lifecycle.late(task, success, now))
        except TaskMoved:
            look_again(task, over.number, job, MOVED_PAUSE)
            return
        count("LateSuccess")
        log.error("late success", extra={"task": task.task_id, "provider": over.provider})
    elif update.kind in ("pending", "unavailable"):
        look_again(task, over.number, job)


def look_again(task: Task, number: int, job: str | None, pause: int = LOOK_PAUSE) -> None:
    """Ask after a job later, for as long as its provider may still have a picture of it."""
    if job and time.time() < task.deadline + lifecycle.RESULT_LIFETIME:
        bell.ring(Ring(task_id=task.task_id, attempt=number, hint=job), pause)


def adopt(task: Task, ring: Ring) -> Task | None:
    """A queued task whose last attempt was refused, but whose provider rings for it.

    None where the provider cannot be asked just now: then it is too early to buy another.
    """
    over = lifecycle.maybe_charged(task, ring.attempt)
    if over is None or ring.hint is None:
        return task
    asked = task.model_copy(update={"provider": over.provider, "attempt": over.number})
    return _heed(task, ring, upstream.status(asked, ring.hint), over)


def confirm(task: Task, ring: Ring) -> Task | None:
    """A webhook named the job before its submission was answered: only the provider decides."""
    over = lifecycle.attempt_of(task, "unknown")
    return _heed(task, ring, upstream.status(task, ring.hint or ""), over)


def _heed(task: Task, ring: Ring, update: Update, over: Attempt) -> Task | None:
    """Take the job that a ring named for this task's, if its provider knows it."""
    now = time.time()
    early = update.kind == "missing" and now < (task.sent or 0) + HINT_PATIENCE
    if update.kind == "unavailable" or early:
        pause = update.retry_after or lifecycle.next_check(task, now)
        if task.state is State.QUEUED:  # or a sweep would buy it elsewhere meanwhile
            store.replace(task, lifecycle.held(task, now + pause + HINT_MARGIN, now))
        bell.ring(ring, pause)
        return None
    if update.kind == "missing" or (update.kind == "failed" and task.state is State.QUEUED):
        return task
    return store.replace(task, lifecycle.adopted(task, over, ring.hint or "", now))


def _late(over: Attempt, job: str, update: Update, now: float) -> LateSuccess:
    return LateSuccess(
        attempt=over.number,
        provider=over.provider,
        provider_task_id=job,
        urls=update.urls,
        seen_at=lifecycle.iso(now),
    )
