"""Cancelling: what is not bought is let go at once, what is bought only where that is asked for."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from plantain import lifecycle, removal, routing, settings, store
from plantain.errors import TaskBought, TaskFinished, TaskNotFound
from plantain.intake import task_id_of
from plantain.models import State, Task
from tests.integration.test_unknown import JOB, lost
from tests.integration.world import Crash, World


def queued(world: World) -> Task:
    """A task that its only provider has no room for."""
    world.accounts("maxapi")
    world.providers.say("maxapi", submit=["503", "accepted"])
    task = world.order()
    assert task.state is State.QUEUED
    return task


def cancel(task: Task, discard: bool = False) -> Task:
    return removal.cancel(task.owner, task.task_id, discard)


def test_a_queued_task_is_cancelled_told_and_never_bought(world: World) -> None:
    task = cancel(queued(world))
    assert task == world.read(task)
    assert (task.state, task.hold, task.failure) == (State.CANCELLED, None, None)
    assert task.finished_at == lifecycle.iso(world.now)
    world.wait(600)
    assert len(world.providers.submissions) == 1
    (event,) = world.events
    assert (event["type"], event["data"]["status"]) == ("task.cancelled", "cancelled")
    assert world.read(task).due is None


@pytest.mark.parametrize("discard", [False, True])
def test_cancelling_twice_is_cancelling_once(discard: bool, world: World) -> None:
    task = queued(world)
    first = cancel(task, discard)
    world.now += 1
    assert cancel(task, discard) == first
    world.wait(120)
    assert cancel(task).state is State.CANCELLED
    assert len(world.events) == 1


def test_a_bought_task_is_kept_unless_it_is_discarded(world: World) -> None:
    task = world.order()
    with pytest.raises(TaskBought, match=r"maxapi has it .*discard"):
        cancel(task)
    assert world.read(task) == task
    assert cancel(task, discard=True).state is State.CANCELLED


def test_a_task_that_may_be_bought_is_kept_unless_it_is_discarded(world: World) -> None:
    task = lost(world)
    with pytest.raises(TaskBought):
        cancel(task)
    assert cancel(task, discard=True).state is State.CANCELLED
    world.wait(1200)
    assert world.read(task).state is State.CANCELLED
    assert len(world.providers.submissions) == len(world.events) == 1


@pytest.mark.parametrize("discard", [False, True])
def test_a_task_that_is_just_being_sent_is_not_cancelled(discard: bool, world: World) -> None:
    told = []

    def meanwhile(request: httpx.Request) -> str:
        with pytest.raises(TaskBought, match="just now") as refused:
            removal.cancel("alice", task_id_of("alice", "k"), discard)
        told.append(refused.value.code)
        return "accepted"

    world.providers.say("maxapi", submit=meanwhile)
    task = world.order(key="k")
    assert (task.state, told) == (State.SUBMITTED, ["task_bought"])


@pytest.mark.parametrize("answer", ["success", "failed"])
@pytest.mark.parametrize("discard", [False, True])
def test_a_finished_task_stays_as_it_is(answer: str, discard: bool, world: World) -> None:
    world.providers.say("maxapi", status=answer)
    task = world.webhook(world.order())
    with pytest.raises(TaskFinished, match=str(task.state)):
        cancel(task, discard)
    assert world.read(task) == task


def test_nobody_cancels_another_owners_task(world: World) -> None:
    task = queued(world)
    for owner, task_id in (("bob", task.task_id), ("alice", "tsk_none"), ("alice", "x")):
        with pytest.raises(TaskNotFound):
            removal.cancel(owner, task_id, discard=True)
    assert world.read(task) == task


def test_a_discarded_tasks_later_success_is_recorded_and_changes_nothing(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    task = cancel(world.order(), discard=True)
    world.stream()
    capsys.readouterr()
    after = world.webhook(task, hint=JOB)
    assert after.late_success
    assert (after.late_success[0].provider, after.late_success[0].provider_task_id) == (
        "maxapi",
        JOB,
    )
    assert (after.state, after.images, after.due) == (State.CANCELLED, [], None)
    assert '"LateSuccess":[1' in capsys.readouterr().out
    world.wait(600)
    assert len(world.events) == 1
    assert world.pictures.fetched == []


def test_a_picture_that_is_just_being_kept_is_recorded_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discarded between the provider's word and ours: the ring comes again, and looks back."""
    task = world.order()

    def meanwhile(request: httpx.Request) -> str:
        if world.read(task).state is State.SUBMITTED:
            cancel(task, discard=True)
        return "success"

    world.providers.say("maxapi", status=meanwhile)
    assert world.webhook(task, hint=JOB).state is State.CANCELLED
    world.wait(60)
    assert world.read(task).late_success
    assert len(world.events) == 1


def test_bought_in_the_same_moment_is_not_cancelled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = queued(world)
    world.providers.say("maxapi", status="PROCESSING")
    meanwhile(monkeypatch, store, "find_of", lambda: world.wait(300))
    with pytest.raises(TaskBought):
        cancel(task)
    assert world.read(task).state is State.SUBMITTED


def test_cancelled_in_the_same_moment_is_not_bought(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = queued(world)
    meanwhile(monkeypatch, routing, "next_provider", lambda: cancel(task))
    world.wait(300)
    assert world.read(task).state is State.CANCELLED
    assert len(world.providers.submissions) == 1


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, happens: Callable[[], object]
) -> None:
    """Something happens, once, right after this function has come to its answer."""
    function = getattr(module, name)

    def answered(*given: Any) -> Any:
        answer = function(*given)
        monkeypatch.setattr(module, name, function)
        happens()
        return answer

    monkeypatch.setattr(module, name, answered)


@pytest.mark.parametrize("repeated", [False, True])
def test_a_cancellation_whose_answer_was_lost_is_one(
    repeated: bool, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, dynamodb = queued(world), settings.client("dynamodb")
    update = dynamodb.update_item

    def twice(**request: Any) -> Any:
        update(**request)
        return update(**request)

    with monkeypatch.context() as shaky:
        shaky.setattr(dynamodb, "update_item", twice)
        assert cancel(task).state is State.CANCELLED
    if repeated:
        assert cancel(task).state is State.CANCELLED
    world.wait(120)
    assert len(world.events) == 1


@pytest.mark.parametrize("bought", [False, True])
def test_wherever_a_cancellation_is_killed_it_is_told_once_or_never_happened(
    bought: bool, world: World, clean: Callable[[], None]
) -> None:
    def walk() -> None:
        removal.cancel("alice", task_id_of("alice", "k"), discard=True)
        world.settle(task_id_of("alice", "k"))

    def begin(fuse: int) -> None:
        clean()
        world.providers.say("maxapi", submit="accepted" if bought else "503", status="PROCESSING")
        world.order(key="k", outside={"provider": "maxapi"})
        world.fuse = fuse

    begin(1_000_000)
    walk()
    steps, world.fuse = 1_000_000 - world.fuse, 0
    assert steps >= 8
    for step in range(1, steps + 1):
        begin(step)
        with pytest.raises(Crash):
            walk()
        walk()  # the client asks again
        task = store.find(task_id_of("alice", "k"))
        assert task is not None
        assert (task.state, task.due) == (State.CANCELLED, None), step
        assert {event["type"] for event in world.events} == {"task.cancelled"}, step
        assert len({event["id"] for event in world.events}) == 1, step
