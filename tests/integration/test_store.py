"""Tasks in the table: whoever comes first wins, and nobody writes over what he has not read."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from plantain import lifecycle, store
from plantain.errors import FailureCode, TaskExists, TaskMoved, TaskNotFound
from plantain.models import Failure, State, Task
from tests.integration.world import World
from tests.unit.samples import NOW, a_request, a_task, an_image

MANY = 12
WHY = Failure(code=FailureCode.PROVIDER_ERROR, message="x")
SHORT, LONG = a_request(), a_request(prompt="A long story. " * 1000)


def at_once[T](work: Callable[[int], T]) -> list[T | Exception]:
    """What comes of many calls at the same moment."""
    barrier = Barrier(MANY)

    def one(number: int) -> T | Exception:
        barrier.wait()
        try:
            return work(number)
        except (TaskExists, TaskMoved) as refused:
            return refused

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def created(state: State = State.SUBMITTING, **fields: object) -> Task:
    task = a_task(state, **{"due": NOW, "shard": 1, **fields})
    store.create(task)
    return task


@pytest.mark.parametrize("request_", [SHORT, LONG])
def test_a_task_is_found_as_it_was_created(request_: object, world: World) -> None:
    task = created(request=request_)
    assert store.find(task.task_id) == task
    assert store.find("tsk_other") is None


@pytest.mark.parametrize("request_", [SHORT, LONG])
def test_one_of_many_at_the_same_moment_creates(request_: object, world: World) -> None:
    def create(number: int) -> str:
        store.create(a_task(State.SUBMITTING, request=request_, writer=f"w{number}"))
        return f"w{number}"

    came = at_once(create)
    won = [writer for writer in came if isinstance(writer, str)]
    assert len(won) == 1
    assert [type(lost) for lost in came if not isinstance(lost, str)] == [TaskExists] * (MANY - 1)
    assert [store.find_of("alice", "tsk_test").writer] == won


def test_a_create_that_was_sent_twice_by_the_client_is_one(world: World) -> None:
    task = created()
    store.create(task)
    with pytest.raises(TaskExists):
        store.create(task.model_copy(update={"writer": "somebody else"}))


def test_another_owners_task_does_not_exist(world: World) -> None:
    created()
    assert store.find_of("alice", "tsk_test")
    for owner, task_id in (("bob", "tsk_test"), ("alice", "tsk_none")):
        with pytest.raises(TaskNotFound):
            store.find_of(owner, task_id)


def test_a_replacement_sets_what_changed_and_removes_what_is_gone(world: World) -> None:
    old = created(request=LONG, hold=NOW)
    new = store.replace(old, lifecycle.accepted(old, "job", NOW + 1))
    assert store.find("tsk_test") == new
    assert (new.provider_task_id, new.hold, new.request) == ("job", None, LONG)


def test_a_replacement_that_changes_nothing_is_only_a_look(world: World) -> None:
    old = created()
    assert store.replace(old, old) == store.find("tsk_test") == old
    store.replace(old, old.model_copy(update={"attempt": 2}))
    with pytest.raises(TaskMoved):
        store.replace(old, old)


@pytest.mark.parametrize(
    "other", [{"state": State.UNKNOWN}, {"attempt": 2}, {"provider_task_id": "another"}]
)
def test_a_row_that_has_moved_is_not_written_over(other: dict[str, object], world: World) -> None:
    old = created()
    moved = store.replace(old, old.model_copy(update=other))
    with pytest.raises(TaskMoved):
        store.replace(old, lifecycle.accepted(old, "job", NOW))
    assert store.find("tsk_test") == moved


def test_a_task_that_is_not_there_cannot_be_replaced(world: World) -> None:
    with pytest.raises(TaskMoved):
        store.replace(a_task(State.SUBMITTED), lifecycle.failed(a_task(State.SUBMITTED), WHY, NOW))
    assert store.find("tsk_test") is None


def test_a_replacement_that_was_sent_twice_by_the_client_is_one(world: World) -> None:
    old = created()
    new = lifecycle.accepted(old, "job", NOW)
    assert store.replace(old, new) == store.replace(old, new) == new


def test_one_of_many_at_the_same_moment_ends_the_task(world: World) -> None:
    old = created(State.SUBMITTED, provider_task_id="job")

    def end(number: int) -> Task:
        if number % 2:
            image = an_image(str(number))
            return store.replace(old, lifecycle.succeeded(old, [image], NOW + number))
        return store.replace(old, lifecycle.failed(old, WHY, NOW + number))

    won = [task for task in at_once(end) if isinstance(task, Task)]
    assert [store.find("tsk_test")] == won


def test_what_a_sweep_moved_stays_moved_by_a_later_replacement(world: World) -> None:
    old = created(due=NOW)
    store.lease(store.Due("tsk_test", NOW), NOW + 30, NOW)
    store.replace(old, lifecycle.accepted(old, "job", NOW))
    assert store.find_of("alice", "tsk_test").due == NOW + 30


def test_the_due_index_has_what_is_due_of_a_shard_oldest_first(world: World) -> None:
    for number, (shard, due) in enumerate([(1, 30), (1, 10), (1, 20), (1, 31), (2, 5)]):
        created(task_id=f"tsk_{number}", shard=shard, due=NOW + due)
    found = [(entry.task_id, entry.due - NOW) for entry in store.due(1, NOW + 30, MANY)]
    assert found == [("tsk_1", 10), ("tsk_2", 20), ("tsk_0", 30)]
    assert [entry.task_id for entry in store.due(1, NOW + 30, 2)] == ["tsk_1", "tsk_2"]


def test_one_of_many_sweeps_at_the_same_moment_takes_a_task(world: World) -> None:
    created(request=LONG)
    entry = store.Due("tsk_test", NOW)
    taken = [task for task in at_once(lambda n: store.lease(entry, NOW + 30 + n, NOW)) if task]
    assert len(taken) == 1
    lease = taken[0]
    assert isinstance(lease, store.Leased)
    assert (lease.task_id, lease.finished, lease.deadline) == ("tsk_test", False, NOW + 1800)
    assert NOW + 30 <= (store.find_of("alice", "tsk_test").due or 0) < NOW + 30 + MANY


def test_an_end_is_left_to_its_own_announcement_for_a_moment(world: World) -> None:
    old = created(State.SUBMITTED, due=NOW)
    store.replace(old, lifecycle.failed(old, WHY, NOW))
    entry = store.Due("tsk_test", NOW)
    for moment in (1, store.ANNOUNCE_SECONDS):
        assert store.lease(entry, NOW + 60, NOW + moment) is None
    touched = store.lease(entry, NOW + 61, NOW + store.ANNOUNCE_SECONDS + 1)
    assert touched is not None
    assert touched.finished
    assert store.find_of("alice", "tsk_test").due == NOW + 61


def test_only_an_ended_task_is_retired(world: World) -> None:
    task = created(State.SUBMITTED)
    store.retire("tsk_test")
    assert store.find("tsk_test") == task
    ended = store.replace(task, lifecycle.failed(task, WHY, NOW))
    store.retire("tsk_test")
    store.retire("tsk_test")
    store.retire("tsk_none")
    assert store.find("tsk_test") == ended.model_copy(update={"due": None, "shard": None})
    assert store.due(1, NOW + 99, MANY) == []
