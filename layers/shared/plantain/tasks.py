"""The walk of a task: submitted once, advanced a step by whoever rings, swept when nobody does."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import batched

from plantain import (
    bell,
    claims,
    events,
    lifecycle,
    references,
    routing,
    store,
    trail,
    uploads,
    upstream,
    webhooks,
)
from plantain.accounts import routes
from plantain.errors import (
    ApiError,
    Busy,
    FailureCode,
    KeyReused,
    TaskDeleted,
    TaskExists,
    TaskMoved,
)
from plantain.hindsight import MOVED_PAUSE, adopt, confirm, look_again, look_back
from plantain.intake import fingerprint_of, intent, open_task, seed_of, task_id_of
from plantain.keeping import keep
from plantain.limits import Caller
from plantain.log import count, log
from plantain.models import Failure, State, Task, TaskRequest, Update
from plantain.providers import Provider, provider_named
from plantain.purchase import buy
from plantain.removal import bury
from plantain.rings import Ring
from plantain.settings import settings

TRIES = 3
SWEEP_SECONDS = 45
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


def submit(
    caller: Caller,
    request: TaskRequest,
    key: str | None,
    base_url: str,
    dialect: str | None = None,
) -> Task:
    """Record the task and buy it; the same key and request again give the same task."""
    owner = caller.owner
    task_id, fingerprint = task_id_of(owner, key), fingerprint_of(request)
    try:
        uploads.expect(request, base_url)
        request, pictures = references.lift(seed_of(owner, key), request, base_url)
        task = open_task(task_id, owner, request, fingerprint, base_url, dialect)
        task = claims.take(task, caller)
    except ApiError:
        if key and (earlier := store.find(task_id)):
            return _same(earlier, fingerprint)
        raise
    uploads.keep(pictures)
    for _ in range(TRIES):
        try:
            store.create(task)
        except (TaskExists, TaskDeleted):
            if earlier := _earlier(task):
                return _same(earlier, fingerprint)
        else:
            return _first_try(task)
    raise Busy


def _earlier(task: Task) -> Task | None:
    """Who was there first; this one then takes back what it claimed."""
    earlier = None
    try:
        earlier = store.find(task.task_id)
    finally:
        claims.withdraw(task, earlier)
    return earlier


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
        bell.chain(task, (task.hold or int(now)) - int(now))
    elif task.state in (State.SUBMITTED, State.UNKNOWN) and not _provider(task).webhooks:
        bell.chain(task, _next_look(task, now))


def _next_look(task: Task, now: float) -> int:
    """Of an accepted job it is known how long it takes; whether one was accepted, asked soon."""
    accepted = task.state is State.SUBMITTED
    return lifecycle.next_check(task, now, _provider(task).first_look if accepted else 0)


def _provider(task: Task) -> Provider:
    return provider_named(task.provider or "")


# ── advance: one step, whoever rang ──────────────────────────────────────────────────────────────


def advance(ring: Ring) -> None:
    try:
        if task := store.find(ring.task_id):
            _advance_or_end(task, ring)
        else:
            log.warning("no such task", extra={"task": ring.task_id})
    except TaskDeleted:
        bury(ring.task_id)
    except TaskMoved:
        log.info("moved", extra={"task": ring.task_id})
        if ring.hint:
            bell.ring(ring, MOVED_PAUSE)


def _advance_or_end(task: Task, ring: Ring) -> None:
    """Whatever surprises us about a task is tried again, but not beyond the task's time."""
    try:
        _advance(task, ring)
    except (TaskMoved, TaskDeleted):
        raise
    except Exception:
        now = time.time()
        failure = lifecycle.out_of_time(task, now - lifecycle.LAST_LOOK_GRACE)
        if failure is None or task.state in lifecycle.TERMINAL:
            raise
        log.exception("given up", extra={"task": task.task_id})
        store.replace(task, lifecycle.failed(task, failure, now))
        look_again(task, task.attempt, task.provider_task_id)


def _advance(task: Task, ring: Ring) -> None:
    if task.state in lifecycle.TERMINAL or lifecycle.is_earlier(task, ring.attempt):
        return look_back(task, ring)
    task = trail.rung(task, ring, time.time())
    heard = _hear(task, ring) if ring.hint else task
    return _step(heard, ring) if heard else None


def _hear(task: Task, ring: Ring) -> Task | None:
    """What a hint makes of a task whose job is not known; None if that cannot be said yet."""
    if task.state is State.QUEUED:
        return adopt(task, ring)
    return confirm(task, ring) if task.provider_task_id is None else task


def _step(task: Task, ring: Ring) -> None:
    wait = (task.hold or 0) - int(time.time())
    if wait > 0:
        if ring.chain:
            bell.chain(task, wait)
        return
    STEPS[task.state](task, ring)


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
        bell.chain(task, when - int(now))


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
        bell.chain(task, receipt.retry_after or lifecycle.next_check(task, time.time()))


def _ask(task: Task, ring: Ring) -> None:
    """submitted: what does the provider say?"""
    update = upstream.status(task, task.provider_task_id or "")
    match update.kind:
        case "succeeded":
            keep(task, update.urls)
        case "failed":
            _give_up(task, update.failure or FAILED)
        case _:
            _wait(task, ring, update)


def _wait(task: Task, ring: Ring, update: Update) -> None:
    now = time.time()
    # An answer that is none is no last look.
    grace = lifecycle.LAST_LOOK_GRACE if update.kind == "unavailable" else 0
    if failure := lifecycle.out_of_time(task, now - grace):
        store.replace(task, lifecycle.failed(task, failure, now))
        # A kill before this loses nothing: the ring that is being answered comes back.
        look_again(task, task.attempt, task.provider_task_id)
    elif ring.chain:
        bell.chain(task, update.retry_after or _next_look(task, now))


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


STEPS: dict[State, Callable[[Task, Ring], None]] = {
    State.QUEUED: _offer,
    State.SUBMITTING: _writer_died,
    State.UNKNOWN: _settle,
    State.SUBMITTED: _ask,
}


# ── sweep: whatever was lost is found again ──────────────────────────────────────────────────────


def sweep() -> None:
    """Ring for every task that is due; a finished one is touched, so that it is announced.

    Never for more than the workers can answer: what is left over is the first next time.
    """
    now = time.time()
    room = max(1, bell.room() // lifecycle.SHARDS)
    with ThreadPoolExecutor(lifecycle.SHARDS) as pool:
        late = pool.map(lambda shard: _sweep_shard(shard, room, now), range(lifecycle.SHARDS))
        count("OldestDueSeconds", max(late))


def _sweep_shard(shard: int, room: int, now: float) -> int:
    """Seconds by which the worst entry is late: for its look, or for its end."""
    worst = 0
    for entries in batched(store.due(shard, now, room), 10, strict=False):
        if time.time() > now + SWEEP_SECONDS:
            break
        leased = [store.lease(entry, int(now) + lifecycle.RESCUE_PAUSE, now) for entry in entries]
        found = [task for task in leased if task]
        bell.ring_all(task.task_id for task in found if not task.finished)
        worst = max(worst, int(now) - entries[0].due, *(int(now) - t.deadline for t in found))
    return worst


# ── announce: the committed row is the event ─────────────────────────────────────────────────────


def tell(before: State | None, task: Task) -> None:
    """A row has changed: its end is announced; of the way there, only the topic is told."""
    if task.state in lifecycle.TERMINAL:
        announce(task)
    elif task.state is not before:
        events.publish(task)


def announce(task: Task) -> None:
    """Tell the topic and the client of a finished task; only then is nothing due any more."""
    events.publish(task)
    webhooks.announce(task)
    claims.release(task)
    store.retire(task.task_id)
