"""What a task has cost, as far as anybody knows: nothing only where that is certain."""

from typing import Any

import pytest

from plantain.claims import spent
from plantain.errors import FailureCode
from plantain.models import Attempt, Claim, Failure, State, Task
from tests.unit.samples import NOW, a_task

CLAIM = Claim(key="0123456789ab", at=NOW, prices={"maxapi": 10, "apixo": 25})


def ended(state: State, code: FailureCode | None = None, **fields: Any) -> Task:
    failure = Failure(code=code, message="") if code else None
    return a_task(state, claim=CLAIM, failure=failure, **fields)


def attempt(outcome: Any, provider: str = "apixo") -> Attempt:
    return Attempt(number=1, provider=provider, outcome=outcome)


@pytest.mark.parametrize(
    ("task", "price"),
    [
        (ended(State.SUCCEEDED, provider_task_id="job"), 10),
        (ended(State.SUCCEEDED, provider_task_id="job", past=[attempt("refused")]), 10),
        (ended(State.SUCCEEDED, provider_task_id="job", past=[attempt("unpaid")]), 10),
        (ended(State.SUCCEEDED, provider_task_id="job", past=[attempt("failed")]), 35),
        (ended(State.SUCCEEDED, provider_task_id="job", past=[attempt("unknown")]), 35),
        (ended(State.SUCCEEDED, provider_task_id="job", provider="newcomer"), 25),
        (ended(State.CANCELLED, provider_task_id="job"), 10),
        (ended(State.CANCELLED, provider=None), 0),
        (ended(State.CANCELLED, provider=None, past=[attempt("unknown")]), 25),
        (ended(State.FAILED, FailureCode.PROVIDER_ERROR, provider_task_id="job"), 10),
        (ended(State.FAILED, FailureCode.CONTENT_MODERATION, provider_task_id="job"), 10),
        (ended(State.FAILED, FailureCode.INSUFFICIENT_CREDITS, provider_task_id="job"), 0),
        (ended(State.FAILED, FailureCode.RESULT_INVALID, provider_task_id="job"), 10),
        (ended(State.FAILED, FailureCode.CHARGE_UNKNOWN), 10),
        (ended(State.FAILED, FailureCode.DEADLINE_EXCEEDED), 10),
        (ended(State.FAILED, FailureCode.DEADLINE_EXCEEDED, provider=None), 0),
        (ended(State.FAILED, FailureCode.CONTENT_MODERATION), 0),
        (ended(State.FAILED, FailureCode.PROVIDER_ERROR, past=[attempt("refused", "maxapi")]), 0),
        (a_task(State.SUCCEEDED), 0),
    ],
)
def test_what_a_task_may_have_cost_is_counted(task: Task, price: int) -> None:
    assert spent(task) == price
