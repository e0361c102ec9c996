"""What nobody thought of is tried again, and ends with the task's time at the latest."""

import pytest

from plantain import keeping, upstream
from plantain.errors import FailureCode
from plantain.hindsight import LOOK_PAUSE
from plantain.lifecycle import LAST_LOOK_GRACE
from plantain.models import State
from tests.integration.world import World


def test_a_surprise_is_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    task = world.order()
    with monkeypatch.context() as broken:
        broken.setattr(upstream, "status", surprise)
        with pytest.raises(LookupError):
            world.webhook(task)
    assert world.webhook(task).state is State.SUCCEEDED


def test_a_surprise_that_lasts_ends_with_the_task(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.set(DEADLINE_SECONDS=60)
    task = world.order()
    monkeypatch.setattr(upstream, "status", surprise)
    world.now += 61 + LAST_LOOK_GRACE
    task = world.webhook(task)
    assert task.failure is not None
    assert task.failure.code is FailureCode.DEADLINE_EXCEEDED


def test_what_was_paid_for_is_looked_at_after_a_surprise_that_lasted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.set(DEADLINE_SECONDS=60)
    task = world.order()
    world.now += 61 + LAST_LOOK_GRACE
    with monkeypatch.context() as broken:
        broken.setattr(upstream, "status", surprise)
        assert world.webhook(task).state is State.FAILED
    world.wait(LOOK_PAUSE)
    assert world.read(task).late_success


def test_a_picture_that_surprises_for_a_day_is_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = world.order()
    monkeypatch.setattr(keeping, "storage", None)
    with pytest.raises(AttributeError):
        world.webhook(task)
    world.now += 2 * 24 * 3600
    assert world.webhook(task).state is State.FAILED


def surprise(*_: object) -> None:
    raise LookupError
