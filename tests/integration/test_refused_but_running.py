"""A provider that says no, and runs the job all the same: its picture is taken, none is bought."""

import httpx
import pytest

from plantain import upstream
from plantain.errors import SettingInvalid
from plantain.models import State
from tests.integration.world import World


@pytest.mark.parametrize("answer", ["503", "429 with Retry-After", httpx.ConnectError("refused")])
def test_a_job_that_was_refused_and_runs_is_not_bought_again(answer: object, world: World) -> None:
    world.providers.say("maxapi", submit=answer)
    task = world.order(outside={"provider": "maxapi"})
    assert task.state is State.QUEUED
    task = world.webhook(task, hint="job", attempt=1)
    assert (task.state, task.provider, task.provider_task_id) == (
        State.SUCCEEDED,
        "maxapi",
        "job",
    )
    world.wait(600)
    assert world.providers.asked() == ["maxapi"]


@pytest.mark.parametrize("status", ["not found", "failed", "500"])
def test_a_hint_that_the_provider_does_not_confirm_changes_nothing(
    status: str, world: World
) -> None:
    world.providers.say("maxapi", submit=["503", "accepted"], status=[status, "success"])
    task = world.order(outside={"provider": "maxapi"})
    task = world.webhook(task, hint="job", attempt=1)
    assert task.state is State.QUEUED
    task = world.settle(task.task_id)
    assert (task.state, task.attempt) == (State.SUCCEEDED, 2)


def test_an_account_that_cannot_be_read_buys_nothing_and_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable() -> None:
        raise SettingInvalid("the secret cannot be read: ThrottlingException")

    with monkeypatch.context() as down:
        down.setattr(upstream, "secrets", unreadable)
        task = world.order(outside={"provider": "maxapi"})
    assert (task.state, world.providers.asked()) == (State.QUEUED, [])
    assert world.settle(task.task_id).state is State.SUCCEEDED
