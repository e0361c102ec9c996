"""The promises, each with its name: what must hold in every state, and after every change."""

from collections.abc import Callable, Iterator

from plantain.lifecycle import TERMINAL
from plantain.models import State as Stage
from plantain.rows import is_tombstone
from tests.model.clients import TASK_ID, keys_of
from tests.model.scenarios import Scenario
from tests.model.state import Job, State, row_in
from tests.model.workers import OWNER

PAID_TWICE = "nothing is paid twice"
END_IS_FINAL = "the end is final"
ALL_STORED = "succeeded means that every picture is stored"
REFERENCED = "nothing is stored without a reference"
ONE_EVENT = "one end, one event"
TOLD_AFTER = "nothing is told before it is written"
TOLD_BEFORE_RETIRED = "nothing is let go before it is told"
OUR_OWN = "only our own job's pictures are taken"
STUMBLES = "nobody stumbles"
STUCK = "nothing is stuck"
TOLD_AT_LAST = "every end is told at last"
THROWN_AWAY = "nothing paid is thrown away"

MAY_CHANGE = {"due", "shard", "lateSuccess", "updatedAt"}
BOUGHT = {"never": 1, "once": 2}


def broken(before: State, after: State, scenario: Scenario) -> Iterator[str]:
    for name, holds in _LAWS.items():
        if not holds(before, after, scenario):
            yield name


def broken_at_the_end(end: State, late: bool) -> Iterator[str]:
    """When nothing is left to do; `late` is once every webhook has been heard."""
    row = row_in(end.table)
    if row.get("state", "succeeded") not in TERMINAL:
        yield STUCK
    elif "due" in row:
        yield TOLD_AT_LAST
    if late and row.get("state") and not all(_shown(job, end) for job in end.jobs):
        yield THROWN_AWAY


def _shown(job: Job, end: State) -> bool:
    """Whether a job that was paid for is known to have succeeded, or need not be."""
    task = end.task
    if task is None or job.fate != "succeeded" or not job.told:
        return True
    ours = task.provider_task_id == job.name
    if job.name in [late.provider_task_id for late in task.late_success]:
        return True
    if ours and task.state == "succeeded":
        return True
    if ours and task.failure and task.failure.code in ("result_invalid", "result_unavailable"):
        return True
    # Its owner knew of it, and let it go.
    return ours and task.state == "cancelled" and job.told == "before"


def _paid_once(before: State, after: State, scenario: Scenario) -> bool:
    charged = [job for job in after.jobs if job.fate != "unpaid"]
    return len(charged) <= BOUGHT[scenario.policy]


def _final(before: State, after: State, scenario: Scenario) -> bool:
    old, new = row_in(before.table), row_in(after.table)
    if before.table == after.table or old.get("state") not in TERMINAL:
        return True
    if is_tombstone(new):
        return "due" not in old
    return _lasting(old) == _lasting(new)


def _lasting(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in MAY_CHANGE}


def _stored(before: State, after: State, scenario: Scenario) -> bool:
    task = after.task
    if task is None or task.state is not Stage.SUCCEEDED:
        return True
    keys = {image.key for image in task.images}
    return keys == keys_of(OWNER, task.provider_task_id or "") and keys <= after.kept


def _referenced(before: State, after: State, scenario: Scenario) -> bool:
    prefix = f"{OWNER}/{TASK_ID}/"
    row = row_in(after.table)
    known = bool(row) and (not is_tombstone(row) or "due" in row)
    return all(key.startswith(prefix) and known for key in after.kept)


def _one_event(before: State, after: State, scenario: Scenario) -> bool:
    return len(after.told) <= 1


def _told_after(before: State, after: State, scenario: Scenario) -> bool:
    state = row_in(after.table).get("state")
    if is_tombstone(row_in(after.table)):
        return True
    return all(told.startswith(f"task.{state} ") and state in TERMINAL for told in after.told)


def _told_before(before: State, after: State, scenario: Scenario) -> bool:
    row = row_in(after.table)
    if row.get("state") not in TERMINAL or "due" in row:
        return True
    owed = any(item.startswith("delivery#") for item, _ in after.table)
    return bool(after.told) and owed


def _our_own(before: State, after: State, scenario: Scenario) -> bool:
    task = after.task
    if task is None:
        return True
    taken = [task.provider_task_id, *(late.provider_task_id for late in task.late_success)]
    return all(after.job(name) for name in taken if name)


_LAWS: dict[str, Callable[[State, State, Scenario], bool]] = {
    PAID_TWICE: _paid_once,
    END_IS_FINAL: _final,
    ALL_STORED: _stored,
    REFERENCED: _referenced,
    ONE_EVENT: _one_event,
    TOLD_AFTER: _told_after,
    TOLD_BEFORE_RETIRED: _told_before,
    OUR_OWN: _our_own,
}
