"""One key, one request, one submission: however often, and however many at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from plantain import settings, tasks
from plantain.errors import KeyReused
from plantain.limits import Caller
from plantain.models import State
from tests.integration.world import World
from tests.unit.samples import API, a_request


def test_the_same_key_and_request_are_one_task_and_one_submission(world: World) -> None:
    first = world.order(key="k", outside={"metadata": {"a": 1, "b": 2}})
    again = world.order(key="k", outside={"metadata": {"b": 2, "a": 1}})
    assert again == first
    assert len(world.providers.submissions) == 1


def test_a_key_is_each_owners_own(world: World) -> None:
    mine = tasks.submit(Caller("alice"), a_request(), "k", API)
    other = tasks.submit(Caller("bob"), a_request(), "k", API)
    assert mine.task_id != other.task_id
    assert len(world.providers.submissions) == 2


def test_without_a_key_every_request_is_a_task_of_its_own(world: World) -> None:
    assert world.order().task_id != world.order().task_id
    assert len(world.providers.submissions) == 2


@pytest.mark.parametrize("other", [{"prompt": "another"}, {"aspectRatio": "16:9"}])
def test_a_key_is_not_for_another_request(other: dict[str, str], world: World) -> None:
    world.order(key="k")
    with pytest.raises(KeyReused):
        world.order(key="k", **other)
    assert len(world.providers.submissions) == 1


def test_a_failed_task_keeps_its_key(world: World) -> None:
    world.providers.say("maxapi", submit="moderation")
    first = world.order(key="k")
    assert world.order(key="k") == first
    assert len(world.providers.submissions) == 1


def test_a_repeat_finds_its_task_even_where_nobody_makes_it_any_more(world: World) -> None:
    first = world.order(key="k")
    world.accounts()
    assert world.order(key="k") == first
    with pytest.raises(KeyReused):
        world.order(key="k", prompt="another")


@pytest.mark.parametrize("prompt", ["short", "A long story. " * 1000])
def test_many_at_the_same_moment_are_one_submission(prompt: str, world: World) -> None:
    many = 12
    barrier = Barrier(many)

    def order(_: int) -> str:
        barrier.wait()
        return world.order(key="k", prompt=prompt).task_id

    with ThreadPoolExecutor(many) as pool:
        assert len(set(pool.map(order, range(many)))) == 1
    assert len(world.providers.submissions) == 1


@pytest.mark.parametrize("operation", ["put_item", "transact_write_items"])
def test_a_create_whose_answer_was_lost_is_bought_all_the_same(
    operation: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    repeat_by_itself(monkeypatch, operation)
    prompt = "short" if operation == "put_item" else "A long story. " * 1000
    assert world.order(prompt=prompt).state is State.SUBMITTED
    assert len(world.providers.submissions) == 1


def test_a_write_whose_answer_was_lost_is_not_bought_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    repeat_by_itself(monkeypatch, "update_item")
    world.providers.say("maxapi", submit="503")
    task = world.order("nano-banana-2")
    assert (task.state, world.providers.asked()) == (State.SUBMITTED, ["maxapi", "apixo"])


def repeat_by_itself(monkeypatch: pytest.MonkeyPatch, operation: str) -> None:
    """As the AWS client does where an answer did not arrive: the same call once more."""
    dynamodb = settings.client("dynamodb")
    call: Callable[..., Any] = getattr(dynamodb, operation)

    def twice(**request: Any) -> Any:
        call(**request)
        return call(**request)

    monkeypatch.setattr(dynamodb, operation, twice)
