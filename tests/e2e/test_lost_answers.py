"""A submission whose answer is lost may have been charged: it is confirmed, never sent again."""

from typing import Any

import pytest

from tests.e2e.cloud import Cloud, Ordered
from tests.e2e.ends import End, assert_ends

CALLING = ("maxapi", "apixo", "liangxin")
LOST = {
    "the connection closes": "drop=1",
    "the answer comes too late": "hang=20",
    "the answer has no task id": "no-id=1",
    "a bare 500": "bare500=1 charged",
    "a proxy's 502": "bad-gateway=1 charged",
}
CONFUSED = {
    "somebody else's id comes first": "drop=1 webhook=foreign",
    "lies come first": "drop=1 webhook=forge",
    "the webhook comes first": "drop=1 webhook=early",
    "it was refused, and runs": "busy=1 charged retry-after=30",
}


def orders(cloud: Cloud) -> dict[str, dict[str, Any]]:
    calling = {
        f"lost: {how}: {provider}": cloud.body(cloud.way(provider), words)
        for how, words in (LOST | CONFUSED).items()
        for provider in CALLING
    }
    asked = {
        f"lost: {how}: asked": cloud.body(cloud.way("aigptimage"), w) for how, w in LOST.items()
    }
    return calling | asked


@pytest.mark.parametrize("how", LOST | CONFUSED)
@pytest.mark.parametrize("provider", CALLING)
def test_the_webhook_tells_which_job_it_was(
    cloud: Cloud, placed: Ordered, provider: str, how: str
) -> None:
    task = assert_ends(cloud, placed(f"lost: {how}: {provider}"), End())
    assert task["attempts"] == 1


@pytest.mark.parametrize("how", LOST)
def test_who_knows_request_ids_is_asked_again_without_a_second_charge(
    cloud: Cloud, placed: Ordered, how: str
) -> None:
    order = placed(f"lost: {how}: asked")
    task = assert_ends(cloud, order, End(repeated=1))
    assert task["attempts"] == 1
    assert len({entry["requestId"] for entry in cloud.ledger(order.prompt)}) == 1


def test_until_it_is_known_it_is_processing(placed: Ordered) -> None:
    assert placed("lost: the connection closes: maxapi").answer["status"] == "processing"
