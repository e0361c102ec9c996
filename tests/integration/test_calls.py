"""What a task costs: the calls to AWS that our code makes, counted at the client."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from plantain import settings, tasks, thumbnails
from plantain.callbacks import ring
from plantain.models import State
from plantain.rings import Ring
from plantain.tokens import sign
from tests.integration.between import between
from tests.integration.world import World
from tests.unit.samples import NOW

SERVICES = ("dynamodb", "s3", "sns")
USUAL = {"PutItem": 1, "UpdateItem": 3, "Query": 1, "GetItem": 1, "PutObject": 1, "Publish": 1}


@pytest.fixture
def calls(world: World) -> Iterator[Counter[str]]:
    counted: Counter[str] = Counter()

    def count(operation: str, _: Any) -> None:
        counted[operation] += 1

    with ExitStack() as stack:
        for service in SERVICES:
            stack.enter_context(between(service, count))
        yield counted


@pytest.mark.parametrize("prompt", ["a lamp", "a lamp " * 2000], ids=["short", "long"])
def test_a_task_whose_webhook_arrives_takes_eight_calls_and_one_for_each_image(
    prompt: str, world: World, calls: Counter[str]
) -> None:
    task = world.order(prompt=prompt)
    token = sign(task.task_id, 1, settings.secrets().callback_keys)
    assert ring(task.task_id, "1", token, b"{}")
    ((_, bell),) = world.rings()
    tasks.advance(bell)
    ended = world.read(task)
    calls["Query"] -= 1  # the test's own look
    tasks.announce(ended)
    assert ended.state is State.SUCCEEDED
    first = {"TransactWriteItems": 1, "PutItem": 0} if len(prompt) > 512 else {}
    assert calls == Counter({**USUAL, **first})
    assert calls.total() + len(world.rings()) == 8 + len(ended.images)


def test_only_a_key_with_limits_pays_for_them_a_write_at_each_end_of_a_task(
    world: World, calls: Counter[str]
) -> None:
    world.limit("tasks=99 active=20 spend=99")
    world.set(PRICES="maxapi/nano-banana=0.02,apixo/nano-banana=0.03,liangxin/nano-banana=0.04")
    world.webhook(world.order())  # the day's first
    calls.clear()
    task = world.webhook(world.order())
    tasks.announce(task)
    assert task.state is State.SUCCEEDED
    assert task.claim is not None
    assert calls["UpdateItem"] == USUAL["UpdateItem"] + 2


def test_a_sweep_reads_only_what_is_due(world: World, calls: Counter[str]) -> None:
    done = [world.order(key=str(n)) for n in range(5)]
    for task in done:
        world.webhook(task)
        tasks.announce(world.read(task))
    waiting = world.order(key="waiting")
    calls.clear()
    world.now = NOW + 60
    tasks.sweep()
    assert calls == {"Query": 8, "UpdateItem": 1}
    assert [each for _, each in world.rings()] == [Ring(task_id=waiting.task_id)]


def test_a_thumbnail_takes_two_calls_and_two_more_for_each_image(
    world: World, calls: Counter[str]
) -> None:
    task = world.webhook(world.order())
    tasks.announce(task)
    calls.clear()
    thumbnails.make(task.task_id)
    assert len(task.images) == 1
    assert calls == {"Query": 1, "GetObject": 1, "PutObject": 1, "UpdateItem": 1}
