"""What happened to a task is told in order, whoever wrote it down."""

from typing import get_args

from plantain import lifecycle, trail
from plantain.models import LateSuccess, State, Task
from plantain.notices import Delivery, Try
from plantain.shapes.tasks import Step
from plantain.timeline import timeline
from tests.contract import assert_answer
from tests.unit.samples import NOW, a_task

JSON = "application/json"


def ended(**fields: object) -> Task:
    queued = a_task(State.QUEUED, task_id="tsk_" + "a" * 26, **fields)
    task = lifecycle.sending(queued, "apixo", NOW, 40, "me")
    task = lifecycle.accepted(task, "job", NOW + 0.4)
    return lifecycle.succeeded(trail.mark(task, NOW + 12, "webhook"), [], NOW + 13.25)


def told(*tries: Try) -> Delivery:
    return Delivery(
        task_id="t", owner="alice", event_id="e", event_type="task.failed", url="u", tries=tries
    )


def test_a_task_from_its_beginning_to_the_clients_answer() -> None:
    tries = Try(at=lifecycle.iso(NOW + 14), status=204), Try(at=lifecycle.iso(NOW + 13.5))
    steps = timeline(ended(), [told(*tries)])["steps"]
    assert [(step["after"], step["what"], step["why"]) for step in steps] == [
        (0.0, "submitting", "apixo"),
        (0.4, "submitted", None),
        (12.0, "webhook", None),
        (13.25, "succeeded", None),
        (13.5, "told", "on its way"),
        (14.0, "told", "HTTP 204"),
    ]
    assert steps[3]["at"] == lifecycle.iso(NOW + 13.25)


def test_what_came_after_the_end() -> None:
    late = LateSuccess(
        attempt=1, provider="apixo", provider_task_id="j", urls=[], seen_at=lifecycle.iso(NOW + 99)
    )
    shown = timeline(ended(late_success=[late]), [told(Try(at=lifecycle.iso(NOW), error="gone"))])
    assert (shown["steps"][-1]["what"], shown["steps"][-1]["why"]) == ("late", "apixo")
    assert "gone" in [step["why"] for step in shown["steps"]]
    assert_answer("getTimeline", 200, JSON, shown)


def test_a_task_that_is_older_than_its_trail() -> None:
    assert timeline(a_task(State.SUCCEEDED), [])["steps"] == []


def test_every_state_that_a_task_can_move_to_is_described() -> None:
    described = set(get_args(Step.model_fields["what"].annotation))
    assert set().union(*lifecycle.MOVES.values()) <= described
