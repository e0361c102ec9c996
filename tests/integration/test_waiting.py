"""Waiting for a task costs one cheap read a second, and no longer than is allowed."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from plantain import removal, waiting
from plantain.errors import TaskNotFound
from plantain.models import State, Task
from tests.integration.between import between
from tests.integration.world import World
from tests.unit.gateway import function, problem, request, told

MOST = 20


class Watch:
    """Counts the pauses and the reads; something may happen during a pause."""

    def __init__(self, world: World) -> None:
        self.pauses: list[float] = []
        self.reads: Counter[str] = Counter()
        self.happens: dict[int, Any] = {}
        self._world = world

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._world.now += seconds
        self.happens.get(len(self.pauses), lambda: None)()

    def count(self, operation: str, _: dict[str, Any]) -> None:
        self.reads[operation] += 1


@pytest.fixture
def watch(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    world.set(MAX_WAIT_SECONDS=MOST)
    world.providers.say("maxapi", status="PROCESSING")
    made = Watch(world)
    monkeypatch.setattr(time, "sleep", made.sleep)
    with between("dynamodb", made.count):
        yield made


def wait(task: Task, seconds: int, watch: Watch) -> Task:
    watch.reads.clear()
    return waiting.wait_for("alice", task.task_id, seconds)


@pytest.mark.parametrize(("asked", "waited"), [(3, 3), (MOST, MOST), (25, MOST)])
def test_one_read_a_second_until_the_time_is_over(
    asked: int, waited: int, world: World, watch: Watch
) -> None:
    task = world.order()
    assert wait(task, asked, watch) == task
    assert watch.pauses == [1] * waited
    assert watch.reads == {"Query": 2, "GetItem": waited}


@pytest.mark.parametrize("end", ["succeeded", "failed", "cancelled", "deleted"])
def test_it_is_over_as_soon_as_the_task_is(end: str, world: World, watch: Watch) -> None:
    task = world.order()

    def happen() -> None:
        world.providers.say("maxapi", status="failed" if end == "failed" else "success")
        if end == "cancelled":
            removal.cancel("alice", task.task_id, discard=True)
        world.webhook(task)
        if end == "deleted":
            world.stream()
            removal.remove("alice", task.task_id)

    watch.happens[4] = happen
    if end == "deleted":
        with pytest.raises(TaskNotFound):
            wait(task, MOST, watch)
    else:
        assert wait(task, MOST, watch) == world.read(task)
        assert world.read(task).state == end
    assert len(watch.pauses) == 4


def test_a_task_that_moves_without_ending_is_shown_as_it_stands(world: World, watch: Watch) -> None:
    world.accounts("maxapi")
    world.providers.say("maxapi", submit=["503", "accepted"])
    task = world.order()
    watch.happens[2] = lambda: world.wait(60)
    assert wait(task, 5, watch).state is State.SUBMITTED
    assert len(watch.pauses) == 5


def test_zero_is_at_once(world: World, watch: Watch) -> None:
    task = world.order()
    assert wait(task, 0, watch) == task
    world.set(MAX_WAIT_SECONDS=0)
    assert wait(task, MOST, watch) == task
    assert (watch.pauses, watch.reads) == ([], {"Query": 1})


def test_an_ended_task_is_not_waited_for(world: World, watch: Watch) -> None:
    world.providers.say("maxapi", status="success")
    task = world.webhook(world.order())
    assert wait(task, MOST, watch) == task
    assert (watch.pauses, watch.reads) == ([], {"Query": 1})


def test_nobody_waits_for_another_owners_task(world: World, watch: Watch) -> None:
    task = world.order()
    for owner, task_id in (("bob", task.task_id), ("alice", "tsk_none")):
        with pytest.raises(TaskNotFound):
            waiting.wait_for(owner, task_id, MOST)
    assert watch.pauses == []


def test_a_client_says_how_long(world: World, watch: Watch) -> None:
    task = world.order()
    path = f"/v1/tasks/{task.task_id}"
    answer = function("query").handler(request("GET", path, query={"wait": "2"}), None)
    assert (answer["statusCode"], told(answer)["status"]) == (200, "processing")
    assert len(watch.pauses) == 2


@pytest.mark.parametrize("seconds", ["26", "-1", "1.5", "", "x", "²", "100"])
def test_what_is_no_time_to_wait_is_told(seconds: str, world: World, watch: Watch) -> None:
    answer = function("query").handler(
        request("GET", "/v1/tasks/tsk_test", query={"wait": seconds}), None
    )
    (error,) = problem(answer, 422, "invalid_request")["errors"]
    assert (error["field"], error["allowed"]) == ("wait", ["whole seconds from 0 to 25"])
    assert watch.pauses == []
