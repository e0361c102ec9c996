"""The walk of a task: submitted once, advanced a step by whoever rings, swept when nobody does."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import batched

from plantain import bell, events, guard, lifecycle, routing, storage, store, upstream
from plantain.accounts import routes
from plantain.errors import (
    ApiError,
    Busy,
    FailureCode,
    ImageInvalid,
    ImageUnfetchable,
    KeyReused,
    TaskExists,
    TaskMoved,
)
from plantain.hindsight import adopt, look_back
from plantain.intake import fingerprint_of, intent, open_task, task_id_of
from plantain.log import count, log
from plantain.models import Failure, Image, Ring, State, Task, TaskRequest, Update
from plantain.providers import Provider, provider_named
from plantain.purchase import buy
from plantain.settings import settings

TRIES = 3
SWEEP_SECONDS = 45
WRITE_SECONDS = 40  # of a lease: for asking, decoding, and for writing what was kept
MOVED_PAUSE = 5  # seconds until a hint that came in between is heard again
FAILED = Failure(code=FailureCode.PROVIDER_ERROR, message="The provider gave no reason.")
UNANSWERED = Failure(
    code=FailureCode.CHARGE_UNKNOWN,
    message="The provider never answered the submission; it may have charged for it.",
)
NOBODY_LEFT = Failure(
    code=FailureCode.PROVIDER_REFUSED,
    message="No provider is left that takes this task.",
)


# ── submit: recorded first, then bought ──────────────────────────────────────────────────────────


def submit(owner: str, request: TaskRequest, key: str | None) -> Task:
    """Record the task and buy it; the same key and request again give the same task."""
    task_id, fingerprint = task_id_of(owner, key), fingerprint_of(request)
    try:
        task = open_task(task_id, owner, request)
    except ApiError:
        if key and (earlier := store.find(task_id)):
            return _same(earlier, fingerprint)
        raise
    for _ in range(TRIES):
        try:
            store.create(task)
        except TaskExists:
            if earlier := store.find(task_id):
                return _same(earlier, fingerprint)
        else:
            return _first_try(task)
    raise Busy


def _same(earlier: Task, fingerprint: str) -> Task:
    if earlier.fingerprint != fingerprint:
        raise KeyReused
    return earlier


def _first_try(task: Task) -> Task:
    """Recorded is accepted: whatever goes wrong from here on is found and finished later."""
    try:
        return _send(task)
    except Exception:  # noqa: BLE001 - the row exists, so the client is told so
        log.exception("left to the sweep", extra={"task": task.task_id})
        return task


def _send(task: Task) -> Task:
    task = buy(task)
    _follow(task)
    return task


def _follow(task: Task) -> None:
    """Start the chain of looks at a task for which nobody else will ring in time."""
    now = time.time()
    if task.state is State.QUEUED:
        _chain(task, (task.hold or int(now)) - int(now))
    elif task.state in (State.SUBMITTED, State.UNKNOWN) and not _provider(task).webhooks:
        _chain(task, lifecycle.next_check(task, now))


def _provider(task: Task) -> Provider:
    return provider_named(task.provider or "")


def _chain(task: Task, delay: int) -> None:
    bell.ring(Ring(task_id=task.task_id, attempt=task.attempt, chain=True), delay)


# ── advance: one step, whoever rang ──────────────────────────────────────────────────────────────


def advance(ring: Ring) -> None:
    task = store.find(ring.task_id)
    if task is None:
        log.warning("no such task", extra={"task": ring.task_id})
        return
    try:
        _advance(task, ring)
    except TaskMoved:
        log.info("moved", extra={"task": ring.task_id})
        if ring.hint:
            bell.ring(ring, MOVED_PAUSE)


def _advance(task: Task, ring: Ring) -> None:
    if task.state in lifecycle.TERMINAL or lifecycle.is_earlier(task, ring.attempt):
        return look_back(task, ring)
    if ring.hint and task.state is State.QUEUED:
        task = adopt(task, ring)
    elif ring.hint and task.provider_task_id is None:
        task = _confirm(task, ring)
    wait = (task.hold or 0) - int(time.time())
    if wait > 0:
        if ring.chain:
            _chain(task, wait)
        return None
    return STEPS[task.state](task, ring)


def _confirm(task: Task, ring: Ring) -> Task:
    """A webhook named the job before its submission was answered: only the provider decides."""
    update = upstream.status(task, ring.hint or "")
    if update.kind == "unavailable":
        bell.ring(ring, lifecycle.next_check(task, time.time()))
    if update.kind in ("unavailable", "missing"):
        return task
    return store.replace(task, lifecycle.accepted(task, ring.hint or "", time.time()))


def _offer(task: Task, ring: Ring) -> None:
    """queued: the next attempt, with whichever provider is ready."""
    now = time.time()
    if failure := lifecycle.out_of_time(task, now):
        store.replace(task, lifecycle.failed(task, failure, now))
        return
    provider, when = routing.next_provider(task, routes(), now)
    if provider:
        _send(store.replace(task, intent(task, provider)))
    elif routing.refused_by_all(when):
        store.replace(task, lifecycle.failed(task, NOBODY_LEFT, now))
    elif ring.chain:
        _chain(task, when - int(now))


def _writer_died(task: Task, ring: Ring) -> None:
    """submitting, and its lease is over: nobody can say whether the request was sent."""
    _settle(store.replace(task, lifecycle.unclear(task, time.time())), ring)


def _settle(task: Task, ring: Ring) -> None:
    """unknown: asked again where that is free, else given up once it cannot be running."""
    now = time.time()
    if now < lifecycle.unknown_until(task, _provider(task).longest):
        if _provider(task).idempotent:
            _ask_by_request_id(task, ring)
        return
    if lifecycle.may_resubmit(task, settings().resubmit_policy, now):
        _follow(store.replace(task, lifecycle.given_up(task, "unknown", now)))
    else:
        store.replace(task, lifecycle.failed(task, UNANSWERED, now))


def _ask_by_request_id(task: Task, ring: Ring) -> None:
    receipt = upstream.submit(task)
    if receipt.kind == "accepted":
        after = lifecycle.accepted(task, receipt.provider_task_id or "", time.time())
        _follow(store.replace(task, after))
    elif ring.chain:
        _chain(task, receipt.retry_after or lifecycle.next_check(task, time.time()))


def _ask(task: Task, ring: Ring) -> None:
    """submitted: what does the provider say?"""
    update = upstream.status(task, task.provider_task_id or "")
    match update.kind:
        case "succeeded":
            _keep(task, update.urls)
        case "failed":
            _give_up(task, update.failure or FAILED)
        case _:
            _wait(task, ring, update)


def _wait(task: Task, ring: Ring, update: Update) -> None:
    now = time.time()
    if failure := lifecycle.out_of_time(task, now):
        store.replace(task, lifecycle.failed(task, failure, now, task.images))
    elif ring.chain:
        _chain(task, update.retry_after or lifecycle.next_check(task, now))


def _give_up(task: Task, failure: Failure) -> None:
    """The provider says failed: the end, unless another one may and can still make it."""
    now = time.time()
    unpaid = failure.code is FailureCode.INSUFFICIENT_CREDITS
    again = failure.retryable and lifecycle.may_resubmit(task, settings().resubmit_policy, now)
    elsewhere = lifecycle.avoiding(task, lifecycle.FOREVER)
    _, when = routing.next_provider(elsewhere, routes(), now)
    if (unpaid or again) and not routing.refused_by_all(when):
        after = lifecycle.given_up(elsewhere, "unpaid" if unpaid else "failed", now)
    else:
        after = lifecycle.failed(task, failure, now)
    _follow(store.replace(task, after))


def _keep(task: Task, urls: Sequence[str]) -> None:
    """Every picture home and verified, then the task is done."""
    if lifecycle.almost_out_of_time(task, settings().lease_seconds, time.time()):
        task = store.replace(task, lifecycle.result_seen(task, time.time()))
    prefix = f"{task.owner}/{task.task_id}"
    kept = {image.source: image for image in task.images}
    try:
        with guard.deadline(settings().lease_seconds - WRITE_SECONDS):
            for url in urls:
                if storage.source_of(url) not in kept:
                    kept[storage.source_of(url)] = storage.keep(url, prefix)
    except ImageInvalid as error:
        _keep_later(task, kept.values(), bad=True, reason=str(error))
    except ImageUnfetchable as error:
        _keep_later(task, kept.values(), bad=False, reason=str(error))
    else:
        images = [kept[storage.source_of(url)] for url in urls]
        store.replace(task, lifecycle.succeeded(task, images, time.time()))


def _keep_later(task: Task, images: Iterable[Image], bad: bool, reason: str) -> None:
    now = time.time()
    log.warning("not kept", extra={"task": task.task_id, "bad": bad, "reason": reason})
    pause = lifecycle.BAD_FETCH_PAUSE if bad else lifecycle.next_fetch(task, now)
    after = lifecycle.result_waiting(task, images, now + pause, bad, now)
    if failure := lifecycle.unkeepable(after, now):
        store.replace(task, lifecycle.failed(after, failure, now, after.images))
    else:
        _chain(store.replace(task, after), pause)


STEPS: dict[State, Callable[[Task, Ring], None]] = {
    State.QUEUED: _offer,
    State.SUBMITTING: _writer_died,
    State.UNKNOWN: _settle,
    State.SUBMITTED: _ask,
}


# ── sweep: whatever was lost is found again ──────────────────────────────────────────────────────


def sweep() -> None:
    """Ring for every task that is due; a finished one is touched, so that it is announced."""
    now = time.time()
    with ThreadPoolExecutor(lifecycle.SHARDS) as pool:
        worst = max(pool.map(lambda shard: _sweep_shard(shard, now), range(lifecycle.SHARDS)))
    count("OldestDueSeconds", worst)


def _sweep_shard(shard: int, now: float) -> int:
    """Seconds by which the worst entry is late: for its look, or for its end."""
    worst = 0
    for entries in batched(store.due(shard, now), 10, strict=False):
        if time.time() > now + SWEEP_SECONDS:
            break
        leased = [store.lease(entry, int(now) + lifecycle.RESCUE_PAUSE, now) for entry in entries]
        found = [task for task in leased if task]
        bell.ring_all(task.task_id for task in found if task.state not in lifecycle.TERMINAL)
        worst = max(worst, int(now) - entries[0].due, *(int(now) - t.deadline for t in found))
    return worst


# ── announce: the committed row is the event ─────────────────────────────────────────────────────


def announce(task: Task) -> None:
    """Tell the topic of a finished task, and only then take it off the list of what is due."""
    events.publish(task)
    store.retire(task.task_id)
