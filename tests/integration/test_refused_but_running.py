"""A provider that says no, and runs the job all the same: its picture is taken, none is bought."""

import httpx
import pytest

from plantain import store, upstream
from plantain.errors import FailureCode, SettingInvalid
from plantain.intake import task_id_of
from plantain.lifecycle import failed, unclear
from plantain.models import Failure, State
from tests.integration.world import World
from tests.unit.samples import NOW


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


@pytest.mark.parametrize("status", ["not found", "failed"])
def test_a_hint_that_the_provider_does_not_confirm_changes_nothing(
    status: str, world: World
) -> None:
    def says(request: httpx.Request) -> str:
        return status if request.url.path.endswith("/job") else "success"

    world.providers.say("maxapi", submit=["503", "accepted"], status=says)
    task = world.order(outside={"provider": "maxapi"})
    task = world.webhook(task, hint="job", attempt=1)
    assert task.state is State.QUEUED
    task = world.settle(task.task_id)
    assert (task.state, task.attempt) == (State.SUCCEEDED, 2)


def test_while_a_hinted_job_cannot_be_asked_about_no_other_is_bought(world: World) -> None:
    world.providers.say("maxapi", submit=["503", "accepted"], status=["500"])
    task = world.order(outside={"provider": "maxapi"})
    world.webhook(task, hint="job", attempt=1)
    world.wait(600)
    assert (world.read(task).state, world.providers.asked()) == (State.QUEUED, ["maxapi"])
    world.providers.say("maxapi", status="success")
    task = world.settle(task.task_id)
    assert (task.state, task.provider_task_id) == (State.SUCCEEDED, "job")
    assert world.providers.asked() == ["maxapi"]


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


def test_what_was_accepted_after_the_task_had_gone_on_is_rung_for(world: World) -> None:
    """The row moves to its end while the provider is answering: its job is not forgotten."""

    def ends_first(request: httpx.Request) -> str:
        row = store.find(task_id_of("alice", "k"))
        assert row is not None
        why = Failure(code=FailureCode.CHARGE_UNKNOWN, message="")
        lost = store.replace(row, unclear(row, NOW))
        store.replace(lost, failed(lost, why, NOW))
        return "accepted"

    world.providers.say("maxapi", submit=ends_first)
    task = world.order(key="k")
    assert task.state is State.FAILED
    world.wait(10)
    (late,) = world.read(task).late_success
    assert late.provider == "maxapi"
