"""The flight recorder: a task's row tells how it came to its end."""

import httpx

from plantain.models import Task
from tests.integration.world import World


def story(task: Task) -> list[str]:
    """The trail without its times."""
    return [mark.partition(" ")[2] for mark in task.trail]


def test_a_task_whose_webhook_came(world: World) -> None:
    task = world.webhook(world.order(), hint="job")
    assert story(task) == ["submitting maxapi", "submitted", "webhook", "result", "succeeded"]


def test_a_task_whose_webhook_was_lost(world: World) -> None:
    task = world.settle(world.order().task_id)
    assert story(task) == ["submitting maxapi", "submitted", "sweep", "result", "succeeded"]


def test_a_task_that_a_second_provider_made(world: World) -> None:
    world.providers.say("maxapi", submit="unauthorized")
    task = world.order("nano-banana")
    first, refused, second, submitted = story(task)
    assert [first, second, submitted] == ["submitting maxapi", "submitting apixo", "submitted"]
    assert refused.startswith("refused ")


def test_a_picture_that_was_no_picture_at_first(world: World) -> None:
    world.providers.say("maxapi", status=["success"])
    ordered = world.order()
    world.pictures.put(_url(world), b"<html>", b"<html>", b"<html>")
    task = world.settle(ordered.task_id)
    assert story(task)[-1] == "failed result_invalid"
    assert sum(mark.startswith("unkept ") for mark in story(task)) == 3


def test_a_submission_that_was_never_answered(world: World) -> None:
    world.providers.say("maxapi", submit=httpx.ReadTimeout("slow"))
    task = world.settle(world.order().task_id)
    assert story(task)[:2] == ["submitting maxapi", "unknown no answer: ReadTimeout"]
    assert story(task)[-1] == "failed charge_unknown"


def _url(world: World) -> str:
    """Where the picture of a job is: seen at one that went well."""
    world.webhook(world.order())
    return world.pictures.fetched[-1]
