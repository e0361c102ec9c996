"""Which attempts are worth a look after their end."""

import pytest

from plantain.errors import FailureCode
from plantain.lifecycle import is_earlier, maybe_charged
from plantain.models import Attempt, Failure, State, Task
from tests.unit.samples import a_task, an_image

# These say themselves that a picture was made, and paid for.
KNOWN = {FailureCode.RESULT_INVALID, FailureCode.RESULT_UNAVAILABLE}


def failed(code: FailureCode) -> Task:
    return a_task(State.FAILED, failure=Failure(code=code, message=""))


@pytest.mark.parametrize("code", FailureCode)
def test_a_failure_is_looked_back_at_unless_its_charge_is_known(code: FailureCode) -> None:
    assert (maybe_charged(failed(code), 1) is not None) == (code not in KNOWN)
    assert (maybe_charged(failed(code), None) is not None) == (code not in KNOWN)


def test_a_discarded_task_is_looked_back_at() -> None:
    over = maybe_charged(a_task(State.CANCELLED, provider_task_id="job"), None)
    assert over == Attempt(number=1, provider="maxapi", provider_task_id="job", outcome="ended")


def test_a_task_that_has_its_picture_is_not_looked_back_at() -> None:
    assert maybe_charged(a_task(State.SUCCEEDED, images=[an_image()]), 1) is None


@pytest.mark.parametrize(
    ("outcome", "worth"),
    [("unknown", True), ("refused", True), ("failed", False), ("unpaid", False)],
)
@pytest.mark.parametrize("state", [State.SUBMITTED, State.SUCCEEDED, State.FAILED])
def test_an_earlier_attempt_is_looked_back_at_unless_its_end_was_seen(
    state: State, outcome: str, worth: bool
) -> None:
    past = [{"number": 1, "provider": "apixo", "outcome": outcome}]
    over = maybe_charged(a_task(state, attempt=2, past=past), 1)
    assert (over is not None and over.provider == "apixo") == worth


@pytest.mark.parametrize(("attempt", "earlier"), [(1, True), (2, False), (3, False), (None, False)])
def test_only_an_attempt_that_another_has_followed_is_an_earlier_one(
    attempt: int | None, earlier: bool
) -> None:
    assert is_earlier(a_task(State.SUBMITTED, attempt=2), attempt) is earlier
