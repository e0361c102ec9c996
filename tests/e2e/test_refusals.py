"""What a provider refuses: another one makes it, or it waits, or it fails with a reason."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.cloud import Cloud, Ordered
from tests.e2e.ends import End, assert_ends

# The preferred provider's trouble, with the model that it and another one make.
ELSEWHERE = {
    "credits": "maxapi credits",
    "credits in a 200": "maxapi credits http200",
    "key": "maxapi refuse=401",
    "access": "maxapi refuse=403",
    "payment": "maxapi refuse=402",
    "down": "maxapi down",
    "busy": "maxapi busy retry-after=600",
    "active task limit": "maxapi limit",
    "its own 500": "maxapi error",
}


@dataclass(frozen=True)
class Refusal:
    """A pinned provider, what it says, and how the task ends."""

    provider: str
    words: str
    end: End


REFUSALS = {
    "credits at maxapi": Refusal("maxapi", "credits", End("insufficient_credits", 0, 0, 1)),
    "credits at apixo": Refusal("apixo", "credits", End("insufficient_credits", 0, 0, 1)),
    "credits at liangxin": Refusal("liangxin", "credits", End("insufficient_credits", 0, 0, 1)),
    "credits at aigptimage": Refusal("aigptimage", "credits", End("insufficient_credits", 0, 0, 1)),
    "no price at liangxin": Refusal("liangxin", "price", End("provider_refused", 0, 0, 1)),
    "key at liangxin": Refusal("liangxin", "refuse=401 platform", End("provider_refused", 0, 0, 1)),
    "a bad request": Refusal("apixo", "refuse=400", End("invalid_input", 0, 0, 1)),
    "an unprocessable one": Refusal("aigptimage", "refuse=422", End("invalid_input", 0, 0, 1)),
    "a large one": Refusal("liangxin", "refuse=413", End("invalid_input", 0, 0, 1)),
    "an active task limit": Refusal("aigptimage", "limit=1", End(refused=1)),
    "a limit in a 200": Refusal("maxapi", "limit=1 http200", End(refused=1)),
}
FAILURES = {
    "maxapi parameters": "invalid_input",
    "apixo parameters": "invalid_input",
    "apixo image": "invalid_image",
    "maxapi transient": "provider_error",
    "apixo transient": "provider_error",
    "aigptimage transient": "provider_error",
    "maxapi timeout": "provider_timeout",
    "apixo timeout": "provider_timeout",
    "maxapi cancelled": "provider_cancelled",
    "apixo NEW_CODE": "provider_error",
    "liangxin 599": "provider_error",
}


def orders(cloud: Cloud) -> dict[str, dict[str, Any]]:
    return (
        {f"elsewhere: {why}": cloud.body(None, words) for why, words in ELSEWHERE.items()}
        | {
            f"refusal: {why}": cloud.body(cloud.way(each.provider), each.words)
            for why, each in REFUSALS.items()
        }
        | {f"failure: {which}": _failing(cloud, *which.split()) for which in FAILURES}
    )


def _failing(cloud: Cloud, provider: str, word: str) -> dict[str, Any]:
    return cloud.body(cloud.way(provider), f"fail={word}")


@pytest.mark.parametrize("why", ELSEWHERE)
def test_another_provider_makes_what_the_first_turns_away(
    cloud: Cloud, placed: Ordered, why: str
) -> None:
    order = placed(f"elsewhere: {why}")
    task = assert_ends(cloud, order, End(refused=1))
    assert (task["provider"], task["attempts"]) == ("apixo", 2)
    assert [entry["provider"] for entry in cloud.ledger(order.prompt)] == ["maxapi", "apixo"]


@pytest.mark.parametrize("why", REFUSALS)
def test_a_pinned_provider_is_waited_for_or_its_refusal_is_told(
    cloud: Cloud, placed: Ordered, why: str
) -> None:
    assert_ends(cloud, placed(f"refusal: {why}"), REFUSALS[why].end)


@pytest.mark.parametrize("which", FAILURES)
def test_a_job_that_fails_says_why_in_our_words(cloud: Cloud, placed: Ordered, which: str) -> None:
    assert_ends(cloud, placed(f"failure: {which}"), End(code=FAILURES[which]))
