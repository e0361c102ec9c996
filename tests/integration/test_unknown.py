"""Submissions whose answer never came: hints, races, and what came too late."""

from typing import Any

import httpx
import pytest

from plantain import store
from plantain.errors import FailureCode
from plantain.intake import task_id_of
from plantain.models import State, Task
from tests.integration.world import Crash, World

PNG = "https://example.com/a.png"
JOB = "c3d4e5f6-a7b8-9012-cdef-234567890abc"
NO_ANSWER = httpx.ReadTimeout("slow")


def lost(world: World, model: str = "nano-banana", **fields: Any) -> Task:
    """A task whose submission was never answered."""
    world.providers.say("maxapi", submit=NO_ANSWER)
    task = world.order(model, **fields)
    assert task.state is State.UNKNOWN
    return task


def killed(world: World) -> Task:
    """A task whose writer was killed while the provider was answering."""
    world.providers.say("maxapi", submit=killing)
    with pytest.raises(Crash):
        world.order(key="k")
    task = store.find(task_id_of("alice", "k"))
    assert task is not None
    assert task.state is State.SUBMITTING
    return task


def killing(request: httpx.Request) -> str:
    raise Crash


@pytest.mark.parametrize("answer", ["PROCESSING", "success"])
def test_a_hint_that_the_provider_confirms_is_the_job(answer: str, world: World) -> None:
    world.providers.say("maxapi", status=answer)
    task = world.webhook(lost(world), hint=JOB)
    assert task.provider_task_id == JOB
    assert task.state is (State.SUCCEEDED if answer == "success" else State.SUBMITTED)


def test_a_hint_that_the_provider_does_not_know_is_nothing(world: World) -> None:
    world.providers.say("maxapi", status="not found")
    task = lost(world)
    assert world.webhook(task, hint="forged") == task
    world.now += 121
    world.queues.lose()
    assert world.webhook(task, hint="forged") == task
    assert world.rings() == []


def test_a_hint_that_the_provider_does_not_know_yet_is_not_forgotten(world: World) -> None:
    world.providers.say("maxapi", status=["not found", "not found", "success"])
    task = world.webhook(lost(world), hint=JOB)
    assert task.state is State.UNKNOWN
    world.wait(10)
    assert world.read(task).state is State.SUCCEEDED


def test_a_hint_that_cannot_be_checked_now_is_checked_later(world: World) -> None:
    world.providers.say("maxapi", status=["500", "success"])
    task = world.webhook(lost(world), hint=JOB)
    assert task.state is State.UNKNOWN
    world.wait(5)
    assert world.read(task).state is State.SUCCEEDED


def test_a_hint_for_a_known_job_changes_nothing(world: World) -> None:
    task = world.order()
    task = world.webhook(task, hint="another")
    assert (task.provider_task_id, task.state) == (JOB, State.SUCCEEDED)


def test_a_webhook_before_the_submissions_own_answer_is_believed_once_confirmed(
    world: World,
) -> None:
    seen: list[Task] = []

    def rings_first(request: httpx.Request) -> str:
        task = store.find(task_id_of("alice", "k"))
        assert task is not None
        seen.append(world.webhook(task, hint=JOB))
        return "accepted"

    world.providers.say("maxapi", submit=rings_first)
    task = world.order(key="k")
    assert seen[0].state is State.SUCCEEDED
    assert task == seen[0] == world.read(task)
    assert len(world.providers.submissions) == 1


def test_the_submissions_own_answer_wins_over_a_hint(world: World) -> None:
    world.providers.say("maxapi", status="PROCESSING")

    def rings_first(request: httpx.Request) -> str:
        task = store.find(task_id_of("alice", "k"))
        assert task is not None
        assert world.webhook(task, hint="another job").provider_task_id == "another job"
        return "accepted"

    world.providers.say("maxapi", submit=rings_first)
    task = world.order(key="k")
    assert (task.state, task.provider_task_id) == (State.SUBMITTED, JOB)


def test_an_answer_after_the_lease_still_counts(world: World) -> None:
    def slow(request: httpx.Request) -> str:
        world.now += 60
        world.step()
        world.step()
        task = store.find(task_id_of("alice", "k"))
        assert task is not None
        assert task.state is State.UNKNOWN
        return "accepted"

    world.providers.say("maxapi", submit=slow)
    task = world.order(key="k")
    assert (task.state, task.provider_task_id) == (State.SUBMITTED, JOB)


def test_a_writer_that_died_leaves_its_task_unknown_once_its_lease_is_over(world: World) -> None:
    task = killed(world)
    world.now += 39
    assert world.webhook(task).state is State.SUBMITTING
    world.now += 1
    assert world.webhook(task).state is State.UNKNOWN
    assert len(world.providers.submissions) == 1


def test_a_repeat_of_the_request_does_not_send_it_again(world: World) -> None:
    task = killed(world)
    assert world.order(key="k").task_id == task.task_id
    world.now += 60
    assert world.order(key="k").task_id == task.task_id
    assert len(world.providers.submissions) == 1


def test_a_task_that_nobody_heard_of_again_fails_and_is_not_sent_again(world: World) -> None:
    task = lost(world, "nano-banana-2")
    world.wait(899)
    assert world.read(task).state is State.UNKNOWN
    world.wait(61)
    task = world.read(task)
    assert task.failure is not None
    assert task.failure.code is FailureCode.CHARGE_UNKNOWN
    assert world.providers.asked() == ["maxapi"]


def test_by_policy_it_is_sent_once_more(world: World) -> None:
    world.set(RESUBMIT_POLICY="once", DEADLINE_SECONDS=7200)
    task = lost(world)
    world.wait(1000)
    task = world.read(task)
    assert [(a.number, a.outcome) for a in task.past] == [(1, "unknown")]
    assert len(world.providers.submissions) == 2
    world.wait(900)
    task = world.read(task)
    assert task.failure is not None
    assert task.failure.code is FailureCode.CHARGE_UNKNOWN
    assert len(world.providers.submissions) == 2


def test_a_provider_that_charges_once_is_asked_again_with_the_same_id(world: World) -> None:
    world.accounts("aigptimage")
    world.providers.say("aigptimage", submit=[NO_ANSWER, "bare 500", "accepted"])
    task = world.order(imageUrls=[PNG])
    world.wait(30)
    assert world.read(task).state is State.SUCCEEDED
    ids = [request.headers["X-Request-ID"] for request in world.providers.submissions]
    assert ids == [f"{task.task_id}.1"] * 3
    assert world.read(task).attempt == 1


def test_a_provider_that_charges_once_and_never_answers_is_given_up(world: World) -> None:
    world.accounts("aigptimage")
    world.providers.say("aigptimage", submit=NO_ANSWER)
    task = world.order(imageUrls=[PNG])
    world.wait(1000)
    task = world.read(task)
    assert task.failure is not None
    assert task.failure.code is FailureCode.CHARGE_UNKNOWN
