"""The overview sums up what the rows of an owner's latest tasks tell."""

from typing import Any

from plantain import overview, trail
from plantain.errors import FailureCode
from plantain.lifecycle import iso
from plantain.models import Failure, LateSuccess, State, Task
from plantain.rings import Ring
from tests.unit.samples import NOW, a_request, a_task

HOUR = 3600
PRICES = {("maxapi", "nano-banana"): 0.03}
LATE = LateSuccess(attempt=1, provider="maxapi", provider_task_id="j", urls=[], seen_at="2027")


def made(seconds: float, provider: str = "maxapi", ago: float = 60, rung: bool = True) -> Task:
    began = NOW - ago
    task = a_task(
        State.SUCCEEDED,
        provider=provider,
        created_at=iso(began),
        finished_at=iso(began + seconds),
    )
    return trail.rung(task, Ring(task_id="t", attempt=1 if rung else None), began + seconds)


def failed(code: FailureCode, **fields: Any) -> Task:
    failure = Failure(code=code, message="m")
    given = {"provider": "maxapi", "created_at": iso(NOW - 60), "failure": failure, **fields}
    return a_task(State.FAILED, **given)


def summed(*tasks: Task, prices: overview.Prices = PRICES) -> dict[str, Any]:
    return overview.sum_up(tasks, NOW - 24 * HOUR, NOW, prices)


def test_of_nothing_there_is_nothing_to_say() -> None:
    found = summed()
    assert (found["tasks"], found["successRate"], found["seconds"]) == (0, None, None)
    assert (found["providers"], found["failures"], found["attention"]) == ([], [], [])
    assert len(found["spans"]) == overview.SPANS


def test_tasks_are_counted_by_their_status_and_success_is_a_share_of_those_that_ended_so() -> None:
    ended = [made(8), made(9), made(10), failed(FailureCode.PROVIDER_ERROR)]
    others = [a_task(State.CANCELLED), a_task(State.UNKNOWN), a_task(State.QUEUED)]
    found = summed(*ended, *others)
    assert found["status"] == {
        "queued": 1,
        "processing": 1,
        "succeeded": 3,
        "failed": 1,
        "cancelled": 1,
    }
    assert found["successRate"] == 0.75


def test_times_are_ranks_of_what_really_took_so_long() -> None:
    found = summed(*(made(seconds) for seconds in range(1, 21)))
    assert found["seconds"] == {"p50": 10, "p95": 19}


def test_a_webhook_is_missed_only_where_a_provider_sends_any() -> None:
    found = summed(made(8), made(50, rung=False), made(9, "aigptimage", rung=False))
    assert found["webhooks"] == {"expected": 2, "arrived": 1}
    polled, called = found["providers"]
    assert polled["webhooks"] == {"expected": 0, "arrived": 0}
    assert called["webhooks"] == {"expected": 2, "arrived": 1}


def test_what_was_made_costs_what_the_price_list_says_if_it_says_so_of_all() -> None:
    ours = [made(8), made(8), failed(FailureCode.PROVIDER_ERROR)]
    assert summed(*ours)["providers"][0]["cost"] == 0.06
    other = made(8).model_copy(update={"request": a_request("nano-banana-pro")})
    assert summed(*ours, other)["providers"][0]["cost"] is None
    assert summed(failed(FailureCode.PROVIDER_ERROR))["providers"][0]["cost"] == 0


def test_each_task_is_in_the_span_in_which_it_was_ordered() -> None:
    spans = summed(made(8), made(8, ago=23.5 * HOUR), made(8, ago=24 * HOUR))["spans"]
    assert [span["succeeded"] for span in spans] == [2, *[0] * 22, 1]
    assert spans[0]["from"] == iso(NOW - 24 * HOUR)


def test_the_worst_needs_attention_first_and_a_bad_request_none() -> None:
    slow = a_task(State.SUBMITTED, task_id="slow", created_at=iso(NOW - 500))
    found = summed(
        failed(FailureCode.PROVIDER_ERROR, task_id="error"),
        failed(FailureCode.CONTENT_MODERATION, task_id="moderated"),
        slow,
        a_task(State.SUBMITTED, task_id="quick", created_at=iso(NOW - 5)),
        failed(FailureCode.DEADLINE_EXCEEDED, task_id="late", late_success=[LATE]),
        made(8),
    )
    assert [(each["taskId"], each["why"]) for each in found["attention"]] == [
        ("late", "late_success"),
        ("slow", "slow"),
        ("error", "provider_error"),
    ]
