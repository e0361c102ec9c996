"""The package with one guard removed: each time, a promise must be seen to break."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from plantain import hindsight, intake, lifecycle, purchase, removal, store, tasks, views
from plantain.models import Receipt, State, Task
from plantain.rings import Ring
from tests.model import laws
from tests.model.scenarios import FATES, LONG, TWO, WIDE, Scenario

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Mutant:
    name: str
    breaks: str
    remove: Callable[[Patch], None]
    scenario: Scenario


MUTANTS: list[Mutant] = []
ONCE: dict[str, Any] = {"policy": "once", "clock": LONG, "deadline": 1800}


def mutant(name: str, breaks: str, **scenario: Any) -> Callable[[Callable[[Patch], None]], None]:
    def add(remove: Callable[[Patch], None]) -> None:
        MUTANTS.append(Mutant(name, breaks, remove, Scenario(name, **scenario)))

    return add


# ── the guards of a write ────────────────────────────────────────────────────────────────────────


def _unguarded(patch: Patch, *fields: str) -> None:
    update = store.update_of

    def loose(key: Any, before: Any, after: Any, held: dict[str, Any]) -> Any:
        still = {name: value for name, value in held.items() if name not in fields}
        return update(key, before, after, still or {"taskId": after["taskId"]})

    patch.setattr(store, "update_of", loose)


@mutant("a write that does not look at the state", laws.END_IS_FINAL, cancels=True)
def _(patch: Patch) -> None:
    _unguarded(patch, "state")


@mutant("a write of an earlier attempt", laws.THROWN_AWAY, providers=TWO, fates=FATES, clock=(0,))
def _(patch: Patch) -> None:
    _unguarded(patch, "attempt")


@mutant("a write that looks at nothing", laws.THROWN_AWAY)
def _(patch: Patch) -> None:
    _unguarded(patch, "state", "attempt", "providerTaskId", "hold", "lateSuccess")


if WIDE:

    @mutant("a late success over another", laws.THROWN_AWAY, **ONCE)
    def _(patch: Patch) -> None:
        _unguarded(patch, "lateSuccess")


@mutant("a put that overwrites", laws.PAID_TWICE, submits=2)
def _(patch: Patch) -> None:
    def create(task: Task) -> None:
        store.client("dynamodb").put_item(Item=store.pack_row(store.row_of(task)))

    patch.setattr(store, "create", create)


@mutant("an intent that does not say whose it is", laws.PAID_TWICE, refusals=("busy",))
def _(patch: Patch) -> None:
    patch.setattr(intake.randomness, "token_hex", lambda _: "anybody's")


@mutant("a finished task that may be cancelled", laws.STUMBLES, cancels=True)
def _(patch: Patch) -> None:
    patch.setattr(removal, "_check_cancellable", lambda *_: None)


@mutant("an end from which there are moves", laws.END_IS_FINAL, cancels=True)
def _(patch: Patch) -> None:
    patch.setattr(removal, "_check_cancellable", lambda *_: None)
    patch.setattr(lifecycle, "MOVES", dict.fromkeys(State, frozenset(State)))


# ── what is bought ───────────────────────────────────────────────────────────────────────────────


@mutant("an unanswered submission that is sent again", laws.PAID_TWICE, silent=True)
def _(patch: Patch) -> None:
    def send_again(task: Task, ring: Ring) -> None:
        tasks._offer(store.replace(task, lifecycle.given_up(task, "unknown", 0)), ring)

    patch.setitem(tasks.STEPS, State.UNKNOWN, send_again)


@mutant("a policy that nobody asks", laws.PAID_TWICE, providers=TWO, fates=("failed",), clock=(0,))
def _(patch: Patch) -> None:
    patch.setattr(lifecycle, "may_resubmit", lambda *_: True)


@mutant("a lost answer taken for a refusal", laws.PAID_TWICE, providers=TWO, silent=True)
def _(patch: Patch) -> None:
    after = purchase._after_submission

    def hasty(task: Task, receipt: Receipt) -> Task:
        refused = receipt.model_copy(update={"kind": "busy"})
        return after(task, refused if receipt.kind == "unclear" else receipt)

    patch.setattr(purchase, "_after_submission", hasty)


@mutant("a hint that nobody confirms", laws.OUR_OWN, forged=True)
def _(patch: Patch) -> None:
    def believe(task: Task, ring: Ring) -> Task:
        return store.replace(task, lifecycle.accepted(task, ring.hint or "", 0))

    patch.setattr(tasks, "confirm", believe)


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────


@mutant("a success with what could be had", laws.ALL_STORED, pictures=("good", "invalid"))
def _(patch: Patch) -> None:
    def enough(task: Task, images: Any, until: float, bad: bool, now: float) -> Task:
        return lifecycle.succeeded(task, list(images), now)

    patch.setattr(lifecycle, "result_waiting", enough)


@mutant("a late success that nobody records", laws.THROWN_AWAY, silent=True)
def _(patch: Patch) -> None:
    patch.setattr(tasks, "look_back", lambda task, ring: None)


@mutant("a hint that is heard only once", laws.THROWN_AWAY, silent=True, down=True)
def _(patch: Patch) -> None:
    patch.setattr(hindsight.bell, "ring", lambda *_: None)


@mutant("a grave that is closed too early", laws.REFERENCED, removes=True, clock=(0, 400), life=300)
def _(patch: Patch) -> None:
    patch.setattr(tasks, "bury", removal.graves.forget)


# ── what is due, and told ────────────────────────────────────────────────────────────────────────


@mutant("a task that is never due", laws.STUCK)
def _(patch: Patch) -> None:
    made = tasks.open_task
    patch.setattr(tasks, "open_task", lambda *args: made(*args).model_copy(update={"due": None}))


@mutant("a sweep that does not ring", laws.STUCK)
def _(patch: Patch) -> None:
    patch.setattr(tasks.bell, "ring_all", list)


@mutant("an end that no sweep touches", laws.TOLD_AT_LAST)
def _(patch: Patch) -> None:
    lease = store.lease

    def unfinished(entry: store.Due, until: int, now: float) -> Any:
        return None if store.has_ended(entry.task_id) else lease(entry, until, now)

    patch.setattr(store, "lease", unfinished)


@mutant("an end that is let go before it is told", laws.TOLD_BEFORE_RETIRED)
def _(patch: Patch) -> None:
    announce = tasks.announce
    patch.setattr(tasks, "announce", lambda task: announce(store.retire(task.task_id) or task))


@mutant("an end that is told before it is written", laws.TOLD_AFTER)
def _(patch: Patch) -> None:
    replace = store.replace

    def told_first(old: Task, new: Task) -> Task:
        if new.state in lifecycle.TERMINAL:
            tasks.events.publish(new)
        return replace(old, new)

    patch.setattr(store, "replace", told_first)


@mutant("an event with another name each time", laws.ONE_EVENT)
def _(patch: Patch) -> None:
    patch.setattr(views, "_event_id", lambda *_: tasks.time.time().hex())
