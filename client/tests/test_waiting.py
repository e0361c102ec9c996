"""Waiting: patient with the task, honest about the time."""

import pytest
from client.tests.driving import ENDED, TASK, Drive, says

from plantain_client import Task, orders
from plantain_client.errors import StillRunning, TaskNotMade

FAILURE = {"code": "content_moderation", "message": "Not this.", "retryable": False}
FAILED = {**ENDED, "status": "failed", "failure": FAILURE}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its one number is by how much it moves on whenever somebody looks at it."""
    step, now = [0.0], [1000.0]

    def look() -> float:
        now[0] += step[0]
        return now[0]

    monkeypatch.setattr("plantain_client.orders.time.monotonic", look)
    return step


def test_a_wait_ends_with_the_task(clock: list[float]) -> None:
    seen: list[Task] = []
    steps = orders.wait("tsk_a", None, seen.append)
    drive = Drive().run(steps, [says(200, TASK), says(200, TASK), says(200, ENDED)])
    assert drive.result.succeeded
    assert [task.status for task in seen] == ["processing", "processing", "succeeded"]
    assert {call.query["wait"] for call in drive.calls} == {20}


def test_an_api_that_does_not_wait_is_not_asked_without_pause(clock: list[float]) -> None:
    drive = Drive().run(
        orders.wait("tsk_a", None, None), [says(200, TASK)] * 7 + [says(200, ENDED)]
    )
    assert drive.pauses == [1, 1, 2, 3, 5, 5, 5]


def test_an_api_that_waits_is_asked_again_at_once(clock: list[float]) -> None:
    clock[0] = 4.0
    drive = Drive().run(orders.wait("tsk_a", None, None), [says(200, TASK), says(200, ENDED)])
    assert drive.pauses == []


def test_when_the_time_is_over_the_task_goes_on(clock: list[float]) -> None:
    clock[0] = 2.0
    drive = Drive()
    with pytest.raises(StillRunning) as caught:
        drive.run(orders.wait("tsk_a", 7, None), [says(200, TASK)] * 9)
    assert caught.value.task.task_id == TASK["taskId"]
    assert [call.query["wait"] for call in drive.calls] == [5, 1]


@pytest.mark.parametrize(
    ("told", "code"),
    [(FAILED, "content_moderation"), ({**ENDED, "status": "cancelled"}, "cancelled")],
)
def test_a_picture_that_was_not_made_is_an_error_that_says_why(
    told: dict[str, object], code: str
) -> None:
    steps = orders.generate("a cat", None, None, {})
    with pytest.raises(TaskNotMade) as caught:
        Drive().run(steps, [says(202, TASK), says(200, told)])
    assert (caught.value.code, caught.value.retryable) == (code, False)
    assert caught.value.task.task_id == TASK["taskId"]


def test_an_order_says_what_was_asked_for_and_no_more() -> None:
    options: orders.Options = {
        "ratio": "16:9",
        "safety_checker": False,
        "webhook": "https://x.example",
    }
    (call,) = Drive().run(orders.order("a cat", options), [says(202, TASK)]).calls
    wanted = {"prompt": "a cat", "aspectRatio": "16:9", "safetyChecker": False}
    assert call.json == {
        "model": "nano-banana",
        "input": wanted,
        "callBackUrl": "https://x.example",
    }
