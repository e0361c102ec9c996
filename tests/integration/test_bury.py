"""Burying: what comes late to a deleted task goes too, wherever a function was killed."""

from collections.abc import Callable

import httpx
import pytest

from plantain import removal, rows, settings, storage, store, tasks
from plantain.errors import TaskDeleted, TaskNotFound
from plantain.models import Task
from plantain.rings import Ring
from tests.integration.test_remove import HOOK, all_rows, ended, items, prefix, remove
from tests.integration.test_results import stored
from tests.integration.test_unknown import JOB
from tests.integration.world import Crash, World
from tests.unit.samples import NOW, picture


def keep_late(task: Task) -> None:
    """A worker that began before the deletion stores its picture now."""
    settings.client("s3").put_object(
        Bucket=settings.settings().image_bucket, Key=f"{prefix(task)}late.png", Body=picture()
    )


def test_the_sweep_buries_a_tombstone_once_and_later_no_more(world: World) -> None:
    task = ended(world)
    remove(task)
    world.wait(rows.BURIAL_SECONDS - 60)
    assert all_rows(task)[0]["due"] == NOW + 5 + rows.BURIAL_SECONDS
    world.wait(180)
    (tombstone,) = all_rows(task)
    assert "due" not in tombstone
    assert "shard" not in tombstone
    assert tombstone["expires"]
    world.wait(3600)
    assert items(task) == ["task"]
    assert len(world.events) == len(world.endpoint.received) == 1


def test_a_picture_that_is_stored_after_the_deletion_is_emptied_again(world: World) -> None:
    task = ended(world)
    remove(task)
    keep_late(task)
    world.wait(rows.BURIAL_SECONDS + 120)
    assert stored(prefix(task)) == []


def test_a_late_ring_buries_nothing_before_its_time(world: World) -> None:
    task = ended(world)
    remove(task)
    tasks.advance(Ring(task_id=task.task_id, attempt=1, hint=JOB))
    assert "due" in all_rows(task)[0]
    keep_late(task)
    world.wait(rows.BURIAL_SECONDS + 120)
    assert stored(prefix(task)) == []


def test_another_tasks_pictures_are_not_touched(world: World) -> None:
    task, other = ended(world), world.webhook(world.order())
    remove(task)
    world.wait(600)
    assert len(stored(prefix(other))) == 1


def test_a_record_that_comes_once_more_leaves_nothing_behind(world: World) -> None:
    """The stream repeats itself: what it owed the client is gone with the task at the burial."""
    task = ended(world)
    remove(task)
    tasks.announce(task)
    world.wait(600)
    assert items(task) == ["task"]
    assert len(world.endpoint.received) == 1


def test_a_delivery_of_a_deleted_task_is_not_tried_any_more(world: World) -> None:
    world.endpoint.say(500)
    task = world.order(outside={"callBackUrl": HOOK})
    world.webhook(task)
    world.stream()
    world.wait(5)
    assert len(world.endpoint.received) == 1
    remove(task)
    world.wait(1200)
    assert len(world.endpoint.received) == 1
    assert world.queues.of("deliver") == []
    assert items(task) == ["task"]


def test_a_thousand_pictures_and_more_are_emptied(world: World) -> None:
    """DynamoDB and S3 page, and S3 deletes a thousand at a time."""
    task = ended(world)
    s3, bucket = settings.client("s3"), settings.settings().image_bucket
    for number in range(1005):
        s3.put_object(Bucket=bucket, Key=f"{prefix(task)}{number}", Body=b"")
    storage.empty(f"alice/{task.task_id}")
    assert stored(prefix(task)) == []


def test_wherever_it_is_killed_only_a_buried_tombstone_stays_in_the_end(
    world: World, clean: Callable[[], None]
) -> None:
    def walk(task: Task) -> None:
        remove(task)
        world.now += rows.BURIAL_SECONDS + 1
        world.step()  # the sweep, which rings
        world.step()  # the burial

    task = ended(world)
    world.fuse = 1_000_000
    walk(task)
    steps = 1_000_000 - world.fuse
    assert "due" not in all_rows(task)[0]
    for step in range(1, steps + 1):
        clean()
        task = ended(world)
        world.fuse = step
        with pytest.raises(Crash):
            walk(task)
        if world.now < NOW + rows.BURIAL_SECONDS:
            keep_late(task)
        check_after_crash(world, task, f"killed at {step}")


def check_after_crash(world: World, task: Task, where: str) -> None:
    """The client asks again, and time passes."""
    try:
        remove(task)
    except TaskNotFound:
        with pytest.raises(TaskDeleted):
            store.find(task.task_id)
    world.now += rows.BURIAL_SECONDS + 1
    world.wait(120)
    (tombstone,) = all_rows(task)
    assert rows.is_tombstone(tombstone), where
    assert "due" not in tombstone, where
    assert stored(prefix(task)) == [], where
    assert len(world.events) == len(world.endpoint.received) == 1, where


def test_an_entombed_task_cannot_come_back(world: World) -> None:
    """A worker that is still at it writes nothing over its tombstone, and is no trouble."""
    task = world.order()

    def meanwhile(request: httpx.Request) -> str:
        if items(task) == ["task"] and world.events == []:
            removal.cancel("alice", task.task_id, discard=True)
            world.stream()
            remove(task)
        return "success"

    world.providers.say("maxapi", status=meanwhile)
    tasks.advance(Ring(task_id=task.task_id, attempt=1, hint=JOB))
    assert len(stored(prefix(task))) == 1
    store.retire(task.task_id)
    world.wait(600)
    assert rows.is_tombstone(all_rows(task)[0])
    assert stored(prefix(task)) == []
    assert [event["type"] for event in world.events] == ["task.cancelled"]
