"""Buying: one submission at a time, and what its answer means for the task."""

import time

from plantain import bell, guard, lifecycle, routing, store, trail, upstream
from plantain.accounts import routes
from plantain.errors import FailureCode, TaskMoved
from plantain.intake import intent
from plantain.log import log
from plantain.models import Failure, Receipt, State, Task
from plantain.rings import Ring


def buy(task: Task) -> Task:
    """Hand the task to its provider, and on to the next while it is provably not bought."""
    with guard.deadline(upstream.SUBMIT_SECONDS):
        while task.state is State.SUBMITTING:
            receipt = upstream.submit(task)
            try:
                task = store.replace(task, _after_submission(task, receipt))
            except TaskMoved:
                return _reconcile(task, receipt)
    return task


def _after_submission(task: Task, receipt: Receipt) -> Task:
    now = time.time()
    if receipt.kind in ("busy", "account_refused"):
        task = trail.mark(task, now, "refused", receipt.told)
    match receipt.kind:
        case "accepted":
            return lifecycle.accepted(task, receipt.provider_task_id or "", now)
        case "unclear":
            return lifecycle.unclear(task, now, receipt.told)
        case "request_refused":
            return lifecycle.failed(task, _reason(receipt), now)
        case "busy":
            wait = max(1, receipt.retry_after or lifecycle.next_try(task))
            return _elsewhere(lifecycle.turned_away(task, int(now) + wait), _reason(receipt))
        case "account_refused":
            return _elsewhere(lifecycle.turned_away(task, lifecycle.FOREVER), _reason(receipt))


def _elsewhere(task: Task, failure: Failure) -> Task:
    """Not bought here: the next provider now, or whichever is ready first later."""
    now = time.time()
    provider, when = routing.next_provider(task, routes(), now)
    if provider:
        return intent(task, provider)
    if routing.refused_by_all(when):
        return lifecycle.failed(task, failure, now)
    return lifecycle.waiting(task, when, now)


def _reconcile(task: Task, receipt: Receipt) -> Task:
    """The row moved while the provider was answering: what was bought is not forgotten."""
    fresh = store.find(task.task_id) or task
    if receipt.kind != "accepted" or receipt.provider_task_id == fresh.provider_task_id:
        return fresh
    if fresh.attempt == task.attempt and fresh.state in (State.SUBMITTED, State.UNKNOWN):
        try:
            after = lifecycle.accepted(fresh, receipt.provider_task_id or "", time.time())
            return store.replace(fresh, after)
        except TaskMoved:
            log.info("moved", extra={"task": task.task_id})
    hint = receipt.provider_task_id
    bell.ring(Ring(task_id=task.task_id, attempt=task.attempt, hint=hint))
    return fresh


def _reason(receipt: Receipt) -> Failure:
    return receipt.failure or Failure(code=FailureCode.PROVIDER_ERROR, message=receipt.told)
