"""The published schema of events is the code's, and takes every event that is told."""

import json
from typing import Any

import jsonschema_rs
import pytest

from plantain import rows, views
from plantain.errors import FailureCode
from plantain.models import Failure, Image, State, Task
from tests.unit.samples import a_request, a_task
from tools.event_schema import FILE, text

SCHEMA = jsonschema_rs.Draft202012Validator(json.loads(FILE.read_text()), validate_formats=True)
TASK_ID = f"tsk_{'a' * 26}"
SHA = "0" * 64
ENDED: dict[str, Any] = {"task_id": TASK_ID, "finished_at": "2027-01-15T08:01:00.000Z"}
IMAGE = Image(
    key=f"alice/{TASK_ID}/{SHA}.png",
    content_type="image/png",
    width=2,
    height=3,
    bytes=4,
    sha256=SHA,
)
LONG = a_request(
    prompt="x" * 20_000,
    imageUrls=["https://e.test/a.png"] * 14,
    resolution="2K",
    outside={"metadata": {"order": 7}},
)
TOLD = [
    a_task(State.SUCCEEDED, images=[IMAGE], link_token="t", **ENDED),
    a_task(State.SUCCEEDED, images=[IMAGE], request=LONG, **ENDED),
    a_task(State.FAILED, failure=Failure(code=FailureCode.CHARGE_UNKNOWN, message="m"), **ENDED),
    a_task(State.CANCELLED, **ENDED),
    a_task(State.QUEUED, task_id=TASK_ID),
    a_task(State.SUBMITTED, task_id=TASK_ID),
]


def test_the_file_is_what_the_code_says() -> None:
    assert FILE.read_text() == text(), "make it anew: python -m tools.event_schema"


@pytest.mark.parametrize("task", TOLD, ids=lambda task: str(task.state))
def test_every_event_that_is_told_fits(task: Task) -> None:
    told = views.event(rows.task_of(rows.row_of(task)), "https://api.test")
    SCHEMA.validate(json.loads(views.written(told)))


@pytest.mark.parametrize("broken", [{"type": "task.lost"}, {"id": "7"}, {"data": {}}])
def test_what_is_no_event_does_not_fit(broken: dict[str, Any]) -> None:
    told = {**views.event(TOLD[0], "https://api.test"), **broken}
    assert not SCHEMA.is_valid(told)
