"""The moves that a task can make, what each one changes, and when it is looked at again."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plantain import lifecycle
from plantain.errors import FailureCode, IllegalMove
from plantain.models import Failure, State, Task
from tests.unit.samples import NOW, a_task, an_image

Q, SG, SD, U = State.QUEUED, State.SUBMITTING, State.SUBMITTED, State.UNKNOWN
OK, F, C = State.SUCCEEDED, State.FAILED, State.CANCELLED

# The design's table, written a second time: (from, to) for every move that exists.
ALLOWED = {
    *((Q, SG), (Q, SD), (Q, F), (Q, C)),
    *((SG, SG), (SG, Q), (SG, SD), (SG, U), (SG, F)),
    *((SD, SD), (SD, OK), (SD, F), (SD, Q), (SD, C)),
    *((U, SD), (U, Q), (U, F), (U, C)),
}
WHY = Failure(code=FailureCode.PROVIDER_ERROR, message="x")
MOVE: dict[State, list[Callable[[Task], Task]]] = {
    SG: [lambda t: lifecycle.sending(t, "apixo", NOW, 40, "w")],
    Q: [
        lambda t: lifecycle.waiting(t, NOW + 9, NOW),
        lambda t: lifecycle.given_up(t, "unknown", NOW),
    ],
    SD: [lambda t: lifecycle.accepted(t, "job", NOW)],
    U: [lambda t: lifecycle.unclear(t, NOW)],
    OK: [lambda t: lifecycle.succeeded(t, [an_image()], NOW)],
    F: [lambda t: lifecycle.failed(t, WHY, NOW)],
}


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize(
    ("after", "move"), [(after, move) for after, moves in MOVE.items() for move in moves]
)
def test_only_the_moves_of_the_table_exist(
    before: State, after: State, move: Callable[[Task], Task]
) -> None:
    task = a_task(before)
    if (before, after) in ALLOWED:
        assert move(task).state is after
    else:
        with pytest.raises(IllegalMove, match=f"{before} -> {after}"):
            move(task)


def test_the_table_of_moves_is_the_designs() -> None:
    assert {(a, b) for a, targets in lifecycle.MOVES.items() for b in targets} == ALLOWED
    assert set(lifecycle.MOVES) == set(lifecycle.STATUS) == set(State)
    assert {OK, F, C} == lifecycle.TERMINAL


@given(st.lists(st.sampled_from([m for ms in MOVE.values() for m in ms]), max_size=30))
def test_a_terminal_state_is_final_whatever_is_tried(moves: list[Callable[[Task], Task]]) -> None:
    task = a_task(SG)
    for move in moves:
        ended = task.state in lifecycle.TERMINAL
        try:
            after = move(task)
        except IllegalMove:
            continue
        assert not ended
        task = after


def test_an_intent_holds_the_task_for_its_writer_and_counts_as_an_attempt() -> None:
    old = a_task(Q, attempt=2, result=5, bad_fetches=2, hold=NOW - 1)
    task = lifecycle.sending(old, "apixo", NOW + 0.9, 40, "me")
    assert (task.attempt, task.provider, task.writer) == (3, "apixo", "me")
    assert (task.sent, task.hold) == (NOW, NOW + 40)
    assert (task.result, task.bad_fetches, task.provider_task_id) == (None, 0, None)


@pytest.mark.parametrize("before", [SG, U])
def test_an_accepted_task_is_free_to_be_looked_at(before: State) -> None:
    task = lifecycle.accepted(a_task(before, hold=NOW + 40), "job", NOW)
    assert (task.provider_task_id, task.hold) == ("job", None)


def test_an_unclear_task_is_free_to_be_settled() -> None:
    assert lifecycle.unclear(a_task(SG, hold=NOW + 40), NOW).hold is None


def test_a_waiting_task_is_held_and_found_by_the_sweep_when_it_may_be_tried() -> None:
    task = lifecycle.waiting(a_task(SG, due=NOW), NOW + 60, NOW)
    assert (task.hold, task.due, task.provider) == (NOW + 60, NOW + 60, None)


def test_no_wait_outlasts_the_deadline() -> None:
    task = lifecycle.waiting(a_task(SG), NOW + 999_999, NOW)
    assert task.due == task.hold == task.deadline


def test_a_provider_that_turned_a_task_away_is_out_until_then() -> None:
    task = lifecycle.turned_away(a_task(SG, out={"apixo": 5}), NOW + 7)
    assert task.out == {"apixo": 5, "maxapi": NOW + 7}
    assert [(a.number, a.provider, a.outcome) for a in task.past] == [(1, "maxapi", "refused")]


def test_what_is_remembered_of_refusals_does_not_grow_for_ever() -> None:
    task = a_task(SG)
    for _ in range(1000):
        task = lifecycle.turned_away(task, NOW)
    assert len(task.past) == lifecycle.MAX_PAST


def test_a_given_up_attempt_is_remembered_and_its_task_soon_found() -> None:
    task = lifecycle.given_up(a_task(SD, provider_task_id="job", hold=NOW), "failed", NOW)
    (over,) = task.past
    assert (over.number, over.provider, over.provider_task_id) == (1, "maxapi", "job")
    assert (task.provider, task.provider_task_id, task.hold) == (None, None, None)
    assert task.due == NOW + lifecycle.RESCUE_PAUSE


@pytest.mark.parametrize("end", [MOVE[OK][0], MOVE[F][0]])
def test_an_end_stays_due_until_it_is_announced(end: Callable[[Task], Task]) -> None:
    task = end(a_task(SD, due=NOW, shard=3, hold=NOW + 5))
    assert (task.due, task.shard, task.hold) == (NOW, 3, None)
    assert task.finished_at == task.updated_at == "2027-01-15T08:00:00.000Z"


@pytest.mark.parametrize(
    ("fields", "policy", "may"),
    [
        ({}, "never", False),
        ({}, "once", True),
        ({"past": ["unknown"]}, "once", False),
        ({"past": ["failed"]}, "once", False),
        ({"past": ["refused", "unpaid"]}, "once", True),
        ({"deadline": NOW}, "once", False),
    ],
)
def test_what_may_have_been_paid_is_sent_again_once_at_most(
    fields: dict[str, Any], policy: str, may: bool
) -> None:
    outcomes = fields.pop("past", [])
    past = [{"number": n, "provider": "x", "outcome": o} for n, o in enumerate(outcomes)]
    assert lifecycle.may_resubmit(a_task(U, past=past, **fields), policy, NOW) is may


def test_an_unanswered_submission_is_waited_for_as_long_as_it_can_run() -> None:
    assert lifecycle.unknown_until(a_task(U), 900) == NOW + 900
    assert lifecycle.unknown_until(a_task(U, deadline=NOW + 60), 900) == NOW + 60


@pytest.mark.parametrize(
    ("fields", "later", "code"),
    [
        ({}, 1799, None),
        ({}, 1800, FailureCode.DEADLINE_EXCEEDED),
        ({"result": NOW}, 1800, None),
        ({"result": NOW}, 24 * 3600 - 1, None),
        ({"result": NOW}, 24 * 3600, FailureCode.RESULT_UNAVAILABLE),
    ],
)
def test_the_deadline_gives_way_to_a_result(
    fields: dict[str, Any], later: int, code: FailureCode | None
) -> None:
    failure = lifecycle.out_of_time(a_task(SD, **fields), NOW + later)
    assert (failure.code if failure else None) == code


def test_a_picture_that_could_not_be_kept_is_remembered() -> None:
    task = lifecycle.result_waiting(a_task(SD), [an_image()], NOW + 20, True, NOW)
    assert (task.result, task.bad_fetches, task.hold) == (NOW, 1, NOW + 20)
    assert (task.due or 0) > NOW + 20
    again = lifecycle.result_waiting(task, task.images, NOW + 50, False, NOW + 30)
    assert (again.result, again.bad_fetches, again.images) == (NOW, 1, [an_image()])


def test_three_bad_fetches_fit_into_a_minute_and_are_the_last() -> None:
    assert (lifecycle.BAD_FETCHES - 1) * lifecycle.BAD_FETCH_PAUSE < 60
    for bad, code in ((2, None), (3, FailureCode.RESULT_INVALID)):
        failure = lifecycle.unkeepable(a_task(SD, result=NOW, bad_fetches=bad), NOW)
        assert (failure.code if failure else None) == code


def test_looks_become_rarer_but_never_rare() -> None:
    task = a_task(SD)
    pauses = [lifecycle.next_check(task, NOW + age) for age in range(0, 3600, 10)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (3, 60)


def test_nobody_looks_before_a_job_can_be_done() -> None:
    looks, age = list[float](), 0.5
    while age < 30:
        age += lifecycle.next_check(a_task(SD), NOW + age, first=13)
        looks.append(age)
    assert looks[0] == 13.5
    assert {later - earlier for earlier, later in pairwise(looks)} == {3}


def test_every_pause_is_one_that_the_queue_can_keep() -> None:
    for age in (0, 1, 10, 1000, 100_000):
        task = a_task(SD, result=NOW, attempt=age)
        assert 1 <= lifecycle.next_fetch(task, NOW + age) <= 900
        assert 1 <= lifecycle.next_try(task) <= 120


@given(st.integers(0, 4_000_000_000_000))
def test_times_are_iso_in_utc_and_sort_like_the_clock(milliseconds: int) -> None:
    now = lifecycle.iso(milliseconds / 1000)
    assert len(now) == len("2026-01-31T12:00:00.123Z")
    assert now < lifecycle.iso(milliseconds / 1000 + 0.002)


@given(st.text())
def test_a_task_is_always_on_the_same_shard(task_id: str) -> None:
    assert lifecycle.shard(task_id) == lifecycle.shard(task_id)
    assert 0 <= lifecycle.shard(task_id) < lifecycle.SHARDS


def test_the_shards_are_all_in_use() -> None:
    assert {lifecycle.shard(f"tsk_{n}") for n in range(200)} == set(range(lifecycle.SHARDS))
