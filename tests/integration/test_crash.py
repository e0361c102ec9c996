"""Killed at any call to the outside, a function leaves a task that is finished, told, paid once."""

from collections.abc import Callable
from typing import Any

import pytest

from plantain import lifecycle, store
from plantain.intake import task_id_of
from plantain.models import State
from tests.integration.world import Crash, World

PNG = "https://example.com/a.png"
LONG = "A long story. " * 1000


# Each with the provider that it is bought from.
WALKS: dict[str, tuple[str, dict[str, Any]]] = {
    "a webhook's": ("maxapi", {}),
    "a long request's": ("maxapi", {"prompt": LONG, "imageUrls": [PNG]}),
    "a chain's": ("aigptimage", {"imageUrls": [PNG], "outside": {"provider": "aigptimage"}}),
    "a second provider's": ("apixo", {"model": "nano-banana-2"}),
}


def walk(world: World, name: str) -> None:
    """A whole walk, with a webhook that comes when the provider accepts."""
    if name == "a second provider's":
        world.providers.say("maxapi", submit="unauthorized")
    world.order(key="k", **WALKS[name][1])
    found = store.find(task_id_of("alice", "k"))
    if found and found.provider_task_id:
        world.webhook(found, hint=found.provider_task_id, attempt=found.attempt)
    world.settle(task_id_of("alice", "k"))


def length_of(world: World, name: str) -> int:
    """How often a walk calls to the outside."""
    world.fuse = 1_000_000
    walk(world, name)
    steps, world.fuse = 1_000_000 - world.fuse, 0
    return steps


@pytest.mark.parametrize("name", WALKS)
def test_wherever_a_function_is_killed_its_task_is_finished_and_told(
    name: str, world: World, clean: Callable[[], None]
) -> None:
    steps = length_of(world, name)
    assert steps > 20
    for step in range(1, min(steps, 60)):
        clean()
        world.fuse = step
        with pytest.raises(Crash):
            walk(world, name)
        check_after_crash(world, name, step)


def check_after_crash(world: World, name: str, step: int) -> None:
    where = f"killed at {step}"
    task = store.find(task_id_of("alice", "k"))
    if task is None:
        assert world.providers.submissions == [], where
        return
    task = world.settle(task.task_id)
    assert task.state in lifecycle.TERMINAL, where
    assert task.due is None, where
    assert len({event["id"] for event in world.events}) == 1, where
    assert len(world.events) <= 2, where
    buyer = WALKS[name][0]
    bought = [
        sent.headers.get("X-Request-ID", sent)
        for sent in world.providers.submissions
        if sent.url.host == f"{buyer}.test"
    ]
    assert len(set(bought)) <= 1, where
    if task.state is State.SUCCEEDED:
        assert task.provider == buyer, where
    if task.state is State.FAILED:
        assert task.failure is not None
        assert task.failure.code == "charge_unknown", where
        assert task.provider_task_id is None, where
