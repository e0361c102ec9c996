"""A webhook that never comes costs a task one sweep and half a minute at most."""

import pytest

from plantain.models import State
from tests.integration.world import World

SWEEP = 60
FIRST_CHECK = 45
MARGIN = 30


@pytest.mark.parametrize("phase", range(0, SWEEP, 17))
def test_a_lost_webhook_is_made_good_within_a_sweep_and_half_a_minute(
    phase: int, world: World
) -> None:
    """Wherever in a sweep the task began, and whenever its picture was ready."""
    for ready in range(FIRST_CHECK - MARGIN, 300, 19):
        world.reset()
        world.wait(phase)
        began = world.now
        world.providers.say("maxapi", status=lambda _, end=began + ready: _state(world, end))
        task = world.order()
        world.wait(ready + SWEEP + MARGIN)
        assert world.read(task).state is State.SUCCEEDED, f"ready after {ready} s"
        assert len(world.providers.submissions) == 1


def test_until_then_a_provider_is_asked_once_a_sweep(world: World) -> None:
    world.providers.say("maxapi", status="PROCESSING")
    world.order()
    world.wait(FIRST_CHECK + 10 * SWEEP)
    assert len(world.providers.questions) <= 11


def _state(world: World, end: float) -> str:
    return "success" if world.now >= end else "PROCESSING"
