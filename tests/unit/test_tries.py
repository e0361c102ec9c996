"""A delivery is tried often and for long, never too early, and never once it is over."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plantain import tries
from plantain.errors import SettingInvalid
from plantain.notices import Answer, Delivery
from plantain.settings import MAX_DELAY, MAX_DELAYS, Settings
from tests.unit.samples import NOW, a_task
from tools.template import PARAMETERS

DAY = 86_400
DELAYS = Settings(webhook_delays=PARAMETERS["WebhookDelays"]["Default"]).delays
URL = "https://client.test/hook"
EVENT = {"id": "evt_1", "type": "task.succeeded"}
REFUSED = Answer(status=500, error="refused", duration_ms=7)
TIMEOUT = Answer(error="timeout", duration_ms=15_000)
TAKEN = Answer(status=204, duration_ms=7)


def opened() -> Delivery:
    return tries.opened(a_task(), EVENT, URL, NOW)


def after(answer: Answer, delivery: Delivery | None = None, **given: Any) -> Delivery:
    begun = tries.begun(delivery or opened(), "w", NOW, lease=50)
    wanted = {"delays": [100, 200], "chance": 0.0, "now": NOW, **given}
    return tries.ended(begun, answer, **wanted)


def seconds(delivery: Delivery) -> float:
    assert delivery.next_at
    return datetime.fromisoformat(delivery.next_at).timestamp()


@given(chances=st.lists(st.floats(0, 1), min_size=len(DELAYS) + 1, max_size=len(DELAYS) + 1))
def test_twelve_tries_in_four_days_at_least_whatever_chance_does(chances: list[float]) -> None:
    delivery, now, moments = opened(), float(NOW), []
    for chance in chances:
        assert delivery.state == "pending"
        moments.append(now)
        delivery = tries.begun(delivery, "w", now, lease=50)
        delivery = tries.ended(delivery, REFUSED, DELAYS, chance, now)
        now = seconds(delivery) if delivery.next_at else now
    assert delivery.state == "failed"
    assert len(moments) >= 12
    assert moments[-1] - moments[0] >= 4 * DAY
    assert moments[-1] - moments[0] < 13 * DAY


def test_the_waits_grow_and_stay_within_the_limits_of_sqs() -> None:
    assert sorted(DELAYS) == DELAYS
    assert DELAYS[-1] <= MAX_DELAY == 12 * 3600
    assert len(DELAYS) <= MAX_DELAYS
    assert MAX_DELAY * MAX_DELAYS < 14 * DAY  # even if each answer asks for the longest wait


@pytest.mark.parametrize("wrong", ["43201", "-1", "1.5", "soon", ",".join(["1"] * 25)])
def test_a_schedule_that_sqs_cannot_keep_is_refused(wrong: str) -> None:
    with pytest.raises(SettingInvalid, match="WEBHOOK_DELAYS"):
        _ = Settings(webhook_delays=wrong).delays


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_acknowledges(status: int) -> None:
    delivery = after(Answer(status=status, duration_ms=7))
    assert (delivery.state, delivery.next_at) == ("delivered", None)
    assert delivery.tries[-1].status == status


@pytest.mark.parametrize("answer", [REFUSED, TIMEOUT, Answer(status=302, error="redirect")])
def test_anything_else_is_tried_again(answer: Answer) -> None:
    delivery = after(answer)
    assert (delivery.state, seconds(delivery)) == ("pending", NOW + 100)
    assert delivery.tries[-1].error == answer.error


def test_gone_stops_it() -> None:
    delivery = after(Answer(status=410, error="gone"))
    assert (delivery.state, delivery.next_at) == ("stopped", None)


@pytest.mark.parametrize(
    ("asked", "waited"), [(None, 100), (0, 100), (99, 100), (3600, 3600), (10**9, 12 * 3600)]
)
def test_retry_after_is_honoured_within_reason(asked: int | None, waited: int) -> None:
    delivery = after(Answer(status=429, error="refused", retry_after=asked))
    assert seconds(delivery) == NOW + waited


def test_the_next_try_is_spread_a_little() -> None:
    assert [seconds(after(REFUSED, chance=chance)) - NOW for chance in (0, 0.5, 1)] == [100, 95, 90]


def test_a_try_is_counted_when_it_begins_and_nobody_else_may_try_meanwhile() -> None:
    begun = tries.begun(opened(), "w", NOW, lease=50)
    assert (begun.count, begun.tries[-1].duration_ms) == (1, None)
    assert tries.pause(begun, NOW + 49.5) == 1
    assert tries.pause(begun, NOW + 50) == 0


def test_a_try_that_was_cut_off_counts_and_says_so() -> None:
    again = tries.begun(tries.begun(opened(), "w", NOW, lease=50), "x", NOW + 60, lease=50)
    assert again.count == 2
    assert [one.error for one in again.tries] == ["interrupted", None]
    closed = tries.closed(again, "failed")
    assert [one.error for one in closed.tries] == ["interrupted", "interrupted"]


def test_asked_again_it_starts_anew_and_remembers_what_was() -> None:
    delivery = after(REFUSED, after(REFUSED, after(REFUSED)))
    assert delivery.state == "failed"
    anew = tries.asked_again(delivery, "https://other.test/", NOW + 500)
    assert (anew.state, anew.series, anew.count) == ("pending", 1, 0)
    assert (anew.url, anew.event_id) == ("https://other.test/", delivery.event_id)
    assert len(anew.tries) == 3
    assert tries.pause(anew, NOW + 500) == 0


def test_only_so_many_tries_are_remembered() -> None:
    delivery = opened()
    for _ in range(60):
        delivery = after(REFUSED, tries.asked_again(delivery, URL, NOW))
    assert len(delivery.tries) == tries.MAX_TRIES_SHOWN
