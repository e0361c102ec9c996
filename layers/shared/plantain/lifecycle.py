"""The life of a task, pure: which moves exist, what each one changes, and when to look again."""

import math
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from plantain import trail
from plantain.errors import FailureCode, IllegalMove
from plantain.models import Attempt, Failure, Image, LateSuccess, State, Task

SHARDS = 8
RESULT_LIFETIME = 24 * 3600  # the shortest time that any provider keeps a finished picture
BAD_FETCHES = 3
BAD_FETCH_PAUSE = 20
RESCUE_PAUSE = 30  # seconds until the sweep rings again for a task that it has rung for
FOREVER = 2**40
MAX_PAST = 10
LAST_LOOK_GRACE = 900  # seconds after the deadline in which a provider that is down may recover

MOVES: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.SUBMITTING, State.SUBMITTED, State.FAILED, State.CANCELLED}),
    State.SUBMITTING: frozenset(
        {State.SUBMITTING, State.QUEUED, State.SUBMITTED, State.UNKNOWN, State.FAILED}
    ),
    State.SUBMITTED: frozenset(
        {State.SUBMITTED, State.SUCCEEDED, State.FAILED, State.QUEUED, State.CANCELLED}
    ),
    State.UNKNOWN: frozenset({State.SUBMITTED, State.QUEUED, State.FAILED, State.CANCELLED}),
    State.SUCCEEDED: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
}
TERMINAL = frozenset(state for state, targets in MOVES.items() if not targets)

STATUS = {
    State.QUEUED: "queued",
    State.SUBMITTING: "processing",
    State.SUBMITTED: "processing",
    State.UNKNOWN: "processing",
    State.SUCCEEDED: "succeeded",
    State.FAILED: "failed",
    State.CANCELLED: "cancelled",
}


def iso(now: float) -> str:
    """2026-01-31T12:00:00.123Z"""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def shard(task_id: str) -> int:
    return zlib.crc32(task_id.encode()) % SHARDS


def sending(task: Task, provider: str, now: float, lease: int, writer: str) -> Task:
    """The intent to buy, written before the POST: until `hold` its writer is believed alive."""
    return _move(
        task,
        State.SUBMITTING,
        now,
        provider,
        attempt=task.attempt + 1,
        provider=provider,
        provider_task_id=None,
        writer=writer,
        sent=int(now),
        hold=int(now) + lease,
        result=None,
        bad_fetches=0,
    )


def accepted(task: Task, provider_task_id: str, now: float) -> Task:
    return _move(task, State.SUBMITTED, now, provider_task_id=provider_task_id, hold=None)


def adopted(task: Task, attempt: Attempt, provider_task_id: str, now: float) -> Task:
    """A provider that turned the task away runs it all the same: nobody buys it again."""
    return accepted(task.model_copy(update={"provider": attempt.provider}), provider_task_id, now)


def waiting(task: Task, until: float, now: float) -> Task:
    """Provably not bought: try again at `until`."""
    then = min(int(until), task.deadline)
    return _move(task, State.QUEUED, now, provider=None, hold=then, due=then)


def held(task: Task, until: float, now: float) -> Task:
    """Perhaps bought after all: not offered to anybody else until it was asked about again."""
    return _note(task, now, hold=min(int(until), task.deadline))


def unclear(task: Task, now: float, why: str = "") -> Task:
    """Sent, no answer: it may have been charged, so nobody sends it again."""
    return _move(task, State.UNKNOWN, now, why, hold=None)


def turned_away(task: Task, until: int) -> Task:
    """The provider at hand took nothing, and is out of the question until then."""
    past = [*task.past, attempt_of(task, "refused")][-MAX_PAST:]
    return avoiding(task, until).model_copy(update={"past": past})


def avoiding(task: Task, until: int) -> Task:
    return task.model_copy(update={"out": {**task.out, task.provider or "": until}})


def result_seen(task: Task, now: float) -> Task:
    """The provider has the picture: the deadline gives way to it, even if this worker dies."""
    return _note(task, now, result=int(now))


def result_waiting(
    task: Task, images: Iterable[Image], until: float, bad: bool, now: float
) -> Task:
    """The provider has a picture that could not be kept yet: the deadline gives way to it."""
    return _note(
        task,
        now,
        result=task.result or int(now),
        bad_fetches=task.bad_fetches + bad,
        images=list(images),
        hold=int(until),
        due=int(until) + RESCUE_PAUSE,
    )


def given_up(task: Task, outcome: str, now: float) -> Task:
    """This attempt is over, another may follow; what it might still bring is remembered."""
    over = attempt_of(task, outcome)
    return _move(
        task,
        State.QUEUED,
        now,
        outcome,
        past=[*task.past, over],
        provider=None,
        provider_task_id=None,
        hold=None,
        due=int(now) + RESCUE_PAUSE,
    )


def succeeded(task: Task, images: Sequence[Image], now: float) -> Task:
    return _end(task, State.SUCCEEDED, now, "", images=list(images))


def failed(task: Task, failure: Failure, now: float) -> Task:
    """What was kept of its pictures stays listed."""
    return _end(task, State.FAILED, now, failure.code, failure=failure)


def cancelled(task: Task, now: float) -> Task:
    return _end(task, State.CANCELLED, now, "")


def late(task: Task, success: LateSuccess, now: float) -> Task:
    return _note(task, now, late_success=[*task.late_successes, success])


def may_resubmit(task: Task, policy: str, now: float) -> bool:
    """Whether the owner lets an attempt that may have been charged be followed by one more."""
    paid = [attempt for attempt in task.past if attempt.outcome in ("unknown", "failed")]
    return policy == "once" and not paid and now < task.deadline


def is_earlier(task: Task, number: int | None) -> bool:
    return number is not None and number < task.attempt


def unknown_until(task: Task, longest: int) -> int:
    """When an unanswered submission can no longer be running at its provider."""
    return min((task.sent or 0) + longest, task.deadline)


def out_of_time(task: Task, now: float) -> Failure | None:
    """Why waiting any longer for this task is pointless, if it is."""
    if task.result is not None:
        if now < task.result + RESULT_LIFETIME:
            return None
        return Failure(
            code=FailureCode.RESULT_UNAVAILABLE,
            message="The picture was made, but could not be fetched while the provider kept it.",
        )
    if now < task.deadline:
        return None
    return Failure(
        code=FailureCode.DEADLINE_EXCEEDED,
        message="The task was not finished before its deadline.",
    )


def almost_out_of_time(task: Task, seconds: int, now: float) -> bool:
    """Whether the deadline may pass while one worker is fetching the picture."""
    return task.result is None and now + seconds >= task.deadline


def unkeepable(task: Task, now: float) -> Failure | None:
    """Why fetching the picture once more is pointless, if it is."""
    if task.bad_fetches >= BAD_FETCHES:
        return Failure(
            code=FailureCode.RESULT_INVALID,
            message="The provider's picture arrived whole and is not a valid image.",
        )
    return out_of_time(task, now)


def maybe_charged(task: Task, number: int | None) -> Attempt | None:
    """The attempt, if it is over and was charged for all that anybody knows."""
    for attempt in task.past:
        if attempt.number == number and attempt.outcome in ("unknown", "refused"):
            return attempt
    if number not in (None, task.attempt):
        return None
    # A picture that could not be kept is known to be paid for: that failure says so.
    known = {FailureCode.RESULT_INVALID, FailureCode.RESULT_UNAVAILABLE}
    unsure = task.failure is not None and task.failure.code not in known
    if task.provider and (unsure or task.state is State.CANCELLED):
        return attempt_of(task, "ended")
    return None


def next_check(task: Task, now: float, first: int = 0) -> int:
    """Seconds until a job without a webhook is asked after: not before it can be done, `first`
    seconds after it was sent, then often, then less."""
    age = now - (task.sent or now)
    if age < first:
        return math.ceil(first - age)
    if age < 60:
        return 3
    return min(int(age / 15), 60)


def next_fetch(task: Task, now: float) -> int:
    """Seconds until a picture that could not be kept is fetched again."""
    return min(max(5, int((now - (task.result or now)) / 2)), 900)


def next_try(task: Task) -> int:
    """Seconds until a task that every provider turned away is offered again."""
    return min(1 << min(task.attempt, 7), 120)


def attempt_of(task: Task, outcome: str) -> Attempt:
    return Attempt(
        number=task.attempt,
        provider=task.provider or "",
        provider_task_id=task.provider_task_id,
        outcome=outcome,
    )


def _end(task: Task, state: State, now: float, why: str, **changes: object) -> Task:
    return _move(task, state, now, why, hold=None, finished_at=iso(now), **changes)


def _move(task: Task, state: State, now: float, why: str = "", **changes: object) -> Task:
    if state not in MOVES[task.state]:
        raise IllegalMove(f"{task.task_id}: {task.state} -> {state}")
    return _note(trail.mark(task, now, state, why), now, state=state, **changes)


def _note(task: Task, now: float, **changes: object) -> Task:
    return task.model_copy(update={**changes, "updated_at": iso(now)})
