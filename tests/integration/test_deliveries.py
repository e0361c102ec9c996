"""Deliveries on the walk: owed once, delivered in the end, wherever the function was killed."""

import json
from collections.abc import Callable

import httpx
import pytest

from plantain import deliveries, settings, store, tasks, tries, webhooks
from plantain.errors import DeliveryMoved
from plantain.intake import task_id_of
from plantain.models import State, Task
from plantain.notices import Delivery
from tests.integration.test_sweep import stream_of
from tests.integration.world import Crash, World
from tests.unit.gateway import function
from tests.unit.samples import NOW

HOOK = "https://client.test/hook"
SLOW = httpx.ReadTimeout("slow")


def ordered(world: World, key: str | None = None) -> Task:
    return world.order(key=key, outside={"callBackUrl": HOOK})


def ended(world: World) -> Task:
    """A task that has ended, and whose end was announced a moment ago."""
    task = world.webhook(ordered(world))
    world.stream()
    return world.read(task)


def delivery_of(task: Task) -> Delivery:
    (delivery,) = deliveries.of_task(task.task_id)
    return delivery


def errors(task: Task) -> list[str | None]:
    return [each.error for each in delivery_of(task).tries]


def ids(world: World) -> list[str]:
    return [event["id"] for event in world.endpoint.received]


def test_the_client_is_told_what_the_topic_was_told(world: World) -> None:
    task = ended(world)
    assert (delivery_of(task).state, world.endpoint.received) == ("pending", [])
    world.wait(1)
    assert world.endpoint.received == world.events
    assert delivery_of(task).state == "delivered"
    assert world.queues.of("deliver") == []


def test_announced_twice_it_is_delivered_once(world: World) -> None:
    task = ended(world)
    tasks.announce(task)
    assert len(world.queues.of("deliver")) == 2
    world.wait(60)
    tasks.announce(task)
    world.wait(600)
    assert len(world.endpoint.received) == len(delivery_of(task).tries) == 1
    assert len(world.events) == 3
    assert len({event["id"] for event in world.events}) == 1


def test_nobody_is_told_who_did_not_ask(world: World) -> None:
    task = world.webhook(world.order())
    world.stream()
    world.wait(60)
    assert deliveries.of_task(task.task_id) == world.endpoint.received == []


def test_an_owner_is_told_of_all_its_tasks_where_it_chose(world: World) -> None:
    webhooks.choose("alice", "https://owner.test/hook")
    default, own = world.webhook(world.order()), world.webhook(ordered(world))
    world.stream()
    assert delivery_of(default).url == "https://owner.test/hook"
    assert delivery_of(own).url == HOOK


def test_it_is_tried_again_until_it_is_taken(world: World) -> None:
    world.endpoint.say(500, 302, 204)
    task = ended(world)
    world.wait(8)
    assert errors(task) == ["refused"]
    world.wait(4)
    assert errors(task) == ["refused", "redirect"]
    world.wait(101)
    assert errors(task) == ["refused", "redirect", None]
    assert delivery_of(task).state == "delivered"
    assert len(set(ids(world))) == 1


def test_what_fails_for_good_is_kept_as_a_dead_letter_and_may_be_sent_again(world: World) -> None:
    world.endpoint.say(500)
    task = ended(world)
    world.wait(120)
    delivery = delivery_of(task)
    assert (delivery.state, delivery.count, delivery.next_at) == ("failed", 3, None)
    assert [json.loads(letter)["eventId"] for letter in world.queues.dead_letters] == [
        delivery.event_id
    ]
    world.wait(600)
    assert len(world.endpoint.received) == 3
    world.endpoint.say(200)
    webhooks.send_again("alice", task.task_id)
    world.wait(1)
    assert delivery_of(task).state == "delivered"
    assert errors(task) == ["refused"] * 3 + [None]
    assert len(set(ids(world))) == 1


MEANWHILE = {
    "begun": lambda read: tries.begun(read, "another", NOW, 50),
    "asked for again": lambda read: tries.asked_again(read, HOOK, NOW),
    "closed": lambda read: tries.closed(read, "stopped"),
}


@pytest.mark.parametrize("move", MEANWHILE.values(), ids=MEANWHILE)
def test_a_delivery_that_has_moved_is_not_written_over(
    move: Callable[[Delivery], Delivery], world: World
) -> None:
    read = delivery_of(ended(world))
    moved = deliveries.replace(read, move(read))
    with pytest.raises(DeliveryMoved):
        deliveries.replace(read, tries.begun(read, "me", NOW, 50))
    assert deliveries.find(read.task_id, read.event_id) == moved


def test_an_endpoint_that_is_gone_is_left_alone(world: World) -> None:
    world.endpoint.say(410)
    task = ended(world)
    world.wait(600)
    assert (delivery_of(task).state, errors(task)) == ("stopped", ["gone"])
    assert world.queues.dead_letters == []


def test_a_slow_endpoint_waits_in_a_queue_of_its_own_and_comes_back(world: World) -> None:
    world.endpoint.say(SLOW, SLOW, 204)
    task = ended(world)
    world.wait(20)
    assert (errors(task), world.queues.of("slow")) == (["timeout"] * 2, [])
    world.wait(100)
    assert delivery_of(task).state == "delivered"
    quick = ended(world)
    assert len(world.queues.of("deliver")) == 1
    world.wait(1)
    assert delivery_of(quick).state == "delivered"


def test_a_known_slow_endpoint_is_asked_from_the_slow_queue(world: World) -> None:
    world.endpoint.say(SLOW)
    first = ended(world)
    world.wait(20)
    assert errors(first) == ["timeout"] * 2
    second = ended(world)
    world.step()
    assert [json.loads(body)["taskId"] for _, body in world.queues.of("slow")] == [second.task_id]
    assert errors(second) == []
    world.wait(300)
    assert errors(second) == ["timeout"] * 3


@pytest.mark.parametrize("answers", [[204], [500, 204]], ids=["at once", "at the second try"])
def test_wherever_it_is_killed_it_is_delivered_in_the_end(
    answers: list[int], world: World, clean: Callable[[], None]
) -> None:
    """From the end of the task on: announced, owed, sent, begun, posted, noted."""

    def begin(fuse: int) -> Task:
        clean()
        world.endpoint.say(*answers)
        task = world.webhook(ordered(world, "k"))
        world.fuse = fuse
        return task

    def walk() -> None:
        world.stream()
        world.wait(15)

    begin(1_000_000)
    walk()
    steps, world.fuse = 1_000_000 - world.fuse, 0
    for step in range(1, steps + 1):
        task = begin(step)
        with pytest.raises(Crash):
            walk()
        world.wait(240)
        check_after_crash(world, task, len(answers), f"killed at {step}")


def check_after_crash(world: World, task: Task, usual: int, where: str) -> None:
    delivery, received = delivery_of(task), world.endpoint.received
    assert delivery.state == "delivered", where
    assert delivery.count == len(delivery.tries), where
    # A try may be counted that was cut off before it was sent, and sent without its answer noted.
    assert usual <= len(received) <= len(delivery.tries) <= usual + 1, where
    assert {event["id"] for event in received} == {delivery.event_id}, where
    errors = [each.error for each in delivery.tries]
    assert errors.count("interrupted") <= 1, where
    assert errors.index(None) == len(errors) - 1, where
    assert world.queues.of("deliver") == world.queues.dead_letters == [], where
    assert world.read(task).due is None, where
    assert {event["id"] for event in world.events} == {delivery.event_id}, where


def test_a_last_try_that_was_cut_off_fails_and_is_kept(world: World) -> None:
    world.set(WEBHOOK_DELAYS="")
    task = ended(world)
    world.endpoint.say(Crash())
    with pytest.raises(Crash):
        world.wait(1)
    world.endpoint.say(204)
    world.wait(600)
    assert (delivery_of(task).state, errors(task)) == ("failed", ["interrupted"])
    assert len(world.queues.dead_letters) == 1


def test_the_way_there_is_told_to_the_topic_alone(world: World) -> None:
    """Where a parameter lets the stream's other changes through."""
    world.accounts("maxapi")
    world.providers.say("maxapi", submit=["503", "accepted"])
    task = ordered(world, "k")
    world.wait(30)
    assert world.read(task).state is State.SUBMITTED
    world.events.clear()
    records = [
        record
        for record in stream_of(settings.settings().task_table)
        if state_of(record, "NewImage") in ("queued", "submitted")
    ]
    assert function("publish").handler({"Records": records}, None) == {"batchItemFailures": []}
    assert [event["type"] for event in world.events] == ["task.queued", "task.submitted"]
    assert [event["data"]["status"] for event in world.events] == ["queued", "processing"]
    first = [event["id"] for event in world.events]
    function("publish").handler({"Records": records}, None)
    assert [event["id"] for event in world.events] == first * 2
    assert deliveries.of_task(task.task_id) == []
    found = store.find(task_id_of("alice", "k"))
    assert found is not None
    assert found.due is not None


def state_of(record: dict[str, object], image: str) -> str | None:
    change = record["dynamodb"]
    assert isinstance(change, dict)
    state: str | None = change.get(image, {}).get("state", {}).get("S")
    return state
