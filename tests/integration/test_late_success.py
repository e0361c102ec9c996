"""A picture that was paid for and came after its task's end is at least recorded."""

import httpx
import pytest

from plantain import tasks
from plantain.models import State
from plantain.rings import Ring
from tests.integration.test_unknown import JOB, lost
from tests.integration.world import World


def test_a_success_after_the_end_is_recorded_and_counted(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    task = lost(world)
    world.wait(960)
    capsys.readouterr()
    task = world.webhook(task, hint=JOB)
    assert task.late_success
    assert (task.late_success[0].attempt, task.late_success[0].provider_task_id) == (1, JOB)
    assert task.late_success[0].urls == ["https://example.com/output/image-c3d4e5f6.png"]
    assert task.state is State.FAILED
    assert '"LateSuccess":[1' in capsys.readouterr().out
    assert world.webhook(task, hint=JOB) == task


def test_a_success_after_the_deadline_is_recorded(world: World) -> None:
    world.set(DEADLINE_SECONDS=60)
    world.providers.say("maxapi", status=["PROCESSING", "success"])
    task = world.order()
    world.now += 60
    assert world.webhook(task).state is State.FAILED
    assert world.webhook(task).late_success


def test_a_success_of_an_earlier_attempt_is_recorded(world: World) -> None:
    world.set(RESUBMIT_POLICY="once")
    task = lost(world)
    world.providers.say("maxapi", submit="accepted")
    world.wait(930)
    world.lose_rings()
    assert world.read(task).attempt == 2
    task = world.webhook(task, hint="first job", attempt=1)
    assert task.late_success
    assert (task.late_success[0].attempt, task.late_success[0].provider_task_id) == (1, "first job")


@pytest.mark.parametrize("answer", ["PROCESSING", "failed", "500", "not found"])
def test_what_is_no_success_is_not_recorded_as_one(answer: str, world: World) -> None:
    task = lost(world)
    world.wait(960)
    world.providers.say("maxapi", status=answer)
    assert world.webhook(task, hint=JOB).late_success == []


def test_a_late_success_is_not_lost_to_a_row_that_moved(world: World) -> None:
    world.set(RESUBMIT_POLICY="once")
    task = lost(world)
    world.providers.say("maxapi", submit="accepted")
    world.wait(930)
    world.lose_rings()

    def meanwhile(request: httpx.Request) -> str:
        world.providers.say("maxapi", status="success")
        tasks.advance(Ring(task_id=task.task_id, attempt=2))
        return "success"

    row = world.read(task)
    assert (row.state, row.attempt) == (State.SUBMITTED, 2)
    world.providers.say("maxapi", status=meanwhile)
    world.webhook(task, hint="first job", attempt=1)
    world.wait(60)
    assert world.read(task).late_success
