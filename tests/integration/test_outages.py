"""A service of AWS that does not answer: nothing is lost, bought twice, or told as done."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from plantain import deliveries, lifecycle, settings, store, tasks, upstream
from plantain.errors import AwsError, SettingInvalid
from plantain.intake import task_id_of
from plantain.models import State, Task
from plantain.rings import Ring
from tests.integration.test_results import stored
from tests.integration.world import World
from tests.unit.gateway import function
from tests.unit.test_references import PNG as PICTURE
from tests.unit.test_references import uri

HOOK = "https://client.test/hook"
PNG = "https://example.com/a.png"


@contextmanager
def down(service: Any, *operations: str) -> Iterator[None]:
    """While these operations are refused, and the client has given up trying them again."""
    client = settings.client(service) if isinstance(service, str) else service
    with pytest.MonkeyPatch.context() as patch:
        for operation in operations:
            patch.setattr(client, operation, _refuse)
        yield


def _refuse(**_: Any) -> None:
    raise AwsError("ServiceUnavailable")


def found(key: str = "k") -> Task:
    task = store.find(task_id_of("alice", key))
    assert task is not None
    return task


@pytest.mark.parametrize("prompt", ["short", "A long story. " * 100])
def test_while_the_table_takes_no_row_nothing_is_bought(prompt: str, world: World) -> None:
    with down("dynamodb", "put_item", "transact_write_items"), pytest.raises(AwsError):
        world.order(key="k", prompt=prompt)
    assert store.find(task_id_of("alice", "k")) is None
    assert world.providers.submissions == []
    assert world.order(key="k", prompt=prompt).state is State.SUBMITTED


def test_what_was_bought_and_could_not_be_noted_is_found_again(world: World) -> None:
    """The client is told that its task is under way, and so it is."""
    with down("dynamodb", "update_item"):
        task = world.order(key="k")
    assert task.state is State.SUBMITTING
    world.now += 45
    task = world.webhook(task, hint="job")
    assert (task.state, task.provider_task_id) == (State.SUCCEEDED, "job")
    assert len(world.providers.submissions) == 1


def test_a_look_that_could_not_be_asked_for_is_had_by_the_sweep(world: World) -> None:
    with down(world.queues, "send_message"):
        task = world.order(imageUrls=[PNG], outside={"provider": "aigptimage"})
    assert (world.read(task).state, world.rings()) == (State.SUBMITTED, [])
    assert world.settle(task.task_id).state is State.SUCCEEDED


def test_without_the_bucket_a_request_with_pictures_in_it_is_not_taken(world: World) -> None:
    with down("s3", "put_object"), pytest.raises(AwsError):
        world.order(key="k", imageUrls=[uri(PICTURE)])
    assert store.find(task_id_of("alice", "k")) is None
    assert world.providers.submissions == []


def test_a_picture_that_the_bucket_refuses_is_kept_later(world: World) -> None:
    task = world.order()
    with down("s3", "put_object"):
        task = world.webhook(task)
    assert (task.state, task.result, task.bad_fetches) == (State.SUBMITTED, int(world.now), 0)
    assert stored(f"alice/{task.task_id}/") == []
    world.wait(10)
    assert world.read(task).state is State.SUCCEEDED
    assert len(stored(f"alice/{task.task_id}/")) == 1


def test_an_end_that_could_not_be_written_is_written_by_the_next_look(world: World) -> None:
    task = world.order()
    with down("dynamodb", "update_item"), pytest.raises(AwsError):
        world.webhook(task)
    assert world.settle(task.task_id).state is State.SUCCEEDED
    assert len(world.events) == 1
    assert len(stored(f"alice/{task.task_id}/")) == 1


def test_while_the_secret_cannot_be_read_a_job_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable() -> None:
        raise SettingInvalid("the secret cannot be read: ThrottlingException")

    task = world.order()
    with monkeypatch.context() as shut:
        shut.setattr(upstream, "secrets", unreadable)
        assert world.webhook(task) == task
    assert world.settle(task.task_id).state is State.SUCCEEDED


def test_an_end_is_due_until_the_topic_has_taken_it(world: World) -> None:
    task = world.webhook(world.order())
    with down("sns", "publish"), pytest.raises(AwsError):
        world.stream()
    assert world.read(task).due is not None
    world.wait(180)
    assert len(world.events) == 1
    assert world.read(task).due is None


def test_an_end_is_due_until_its_delivery_is_owed_and_on_its_way(world: World) -> None:
    task = world.webhook(world.order(outside={"callBackUrl": HOOK}))
    for service, operation in (("dynamodb", "put_item"), (world.queues, "send_message")):
        with down(service, operation), pytest.raises(AwsError):
            tasks.announce(task)
        assert world.read(task).due is not None
    world.wait(180)
    assert [each.state for each in deliveries.of_task(task.task_id)] == ["delivered"]
    assert len(world.endpoint.received) == 1
    assert len({event["id"] for event in world.events}) == 1


@pytest.mark.parametrize("operation", ["get_item", "update_item"])
def test_a_try_that_could_not_be_counted_is_not_made(operation: str, world: World) -> None:
    task = world.webhook(world.order(outside={"callBackUrl": HOOK}))
    world.stream()
    with down("dynamodb", operation), pytest.raises(AwsError):
        world.wait(1)
    assert world.endpoint.received == []
    world.wait(240)
    (delivery,) = deliveries.of_task(task.task_id)
    assert (delivery.state, delivery.count, len(world.endpoint.received)) == ("delivered", 1, 1)


def test_rings_that_the_queue_lost_are_rung_again(world: World) -> None:
    world.order()
    for _ in range(3):
        world.now += 60
        tasks.sweep()
        assert len(world.rings()) == 1
        world.lose_rings()


def test_a_sweep_that_runs_out_of_time_leaves_the_rest_to_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(15):
        task = world.order(key=f"{number}")
        store.replace(task, task.model_copy(update={"shard": 0, "due": task.sent}))
    lease = store.lease

    def slowly(*given: Any) -> Any:
        world.now += 5
        return lease(*given)

    with monkeypatch.context() as slow:
        slow.setattr(store, "lease", slowly)
        slow.setattr(lifecycle, "SHARDS", 1)
        tasks.sweep()
    assert len(world.rings()) == 10
    world.lose_rings()
    tasks.sweep()
    assert len(world.rings()) == 15


def test_a_message_that_failed_comes_back_and_takes_no_other_with_it(world: World) -> None:
    good, bad = world.order(key="good"), world.order(key="bad")
    rings = [Ring(task_id=task.task_id).written() for task in (bad, good)]
    records = [
        {"messageId": name, "eventSource": "aws:sqs", "body": body, "attributes": {}}
        for name, body in zip(["bad", "good"], [rings[0][:-1], rings[1]], strict=True)
    ]
    answer = function("advance").handler({"Records": records}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert found("good").state is State.SUCCEEDED
