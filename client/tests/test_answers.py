"""What the API answers is read, also when it says more than this client knows."""

import json
from pathlib import Path
from typing import Any

import pytest
from client.tests.driving import TASK

from plantain_client import answers
from plantain_client.reading import Answer, read

ROOT = Path(__file__).parents[2]
RECORDED = json.loads((ROOT / "layers/shared/plantain/contract/examples.json").read_text())
SHAPES: dict[str, tuple[str, type[Answer]]] = {
    "createTask": ("202", answers.Task),
    "getTask": ("200", answers.Task),
    "listTasks": ("200", answers.Page),
    "getTimeline": ("200", answers.Timeline),
    "listModels": ("200", answers.Models),
    "getWebhook": ("200", answers.Webhook),
    "setWebhook": ("200", answers.Webhook),
    "rotateSecret": ("200", answers.Webhook),
    "testWebhook": ("200", answers.Try),
    "listDeliveries": ("200", answers.Deliveries),
    "sendAgain": ("202", answers.Deliveries),
    "createUpload": ("201", answers.Upload),
    "cancelTask": ("200", answers.Task),
}


def test_every_answer_of_the_api_has_its_shape() -> None:
    not_read = {"deleteTask", "taskEvent", "getOverview"}
    others_words = {name for name in RECORDED if name.startswith(("submitAs", "showAs"))}
    assert set(SHAPES) == set(RECORDED) - not_read - others_words


@pytest.mark.parametrize("name", SHAPES)
def test_what_the_api_answered_is_read(name: str) -> None:
    status, shape = SHAPES[name]
    told = RECORDED[name][status]
    known = read(shape, told)
    assert known.raw == told


def test_an_event_is_read_and_its_task() -> None:
    event = read(answers.Event, RECORDED["taskEvent"])
    assert event.task is not None
    assert event.task.succeeded
    assert event.task.images[0].link


def test_a_task_is_all_there() -> None:
    task = read(answers.Task, RECORDED["getTask"]["200"])
    assert task.ended
    assert task.finished_at is not None
    assert task.finished_at > task.created_at
    (image,) = task.images
    assert (image.content_type, image.width, len(image.sha256)) == ("image/png", 1024, 64)


def test_new_fields_and_words_are_taken() -> None:
    task = read(answers.Task, {**TASK, "status": "dreaming", "mood": "fine"})
    assert (task.status, task.raw["mood"]) == ("dreaming", "fine")


def test_what_may_be_missing_may_be_missing() -> None:
    needed = ("taskId", "status", "model", "input", "createdAt", "updatedAt")
    task = read(answers.Task, {name: TASK[name] for name in needed})
    assert (task.images, task.failure, task.ended) == ([], None, False)


@pytest.mark.parametrize("told", [None, [], "task", {}, {**TASK, "createdAt": "soon"}])
def test_what_is_no_task_is_not_read(told: Any) -> None:
    with pytest.raises(ValueError, match=r"Task|soon"):
        read(answers.Task, told)
