"""Providers that answer oddly are asked again; nothing is believed that is not there."""

from typing import Any

import pytest

from tests.e2e.cloud import Cloud, Ordered
from tests.e2e.ends import End, assert_ends

STRANGE = {
    "an unknown state": "strange slow=40",
    "a success without a picture": "noresult=1",
    "a success in broken JSON": "badjson=1",
    "a status request that fails": "status-down=1",
    "a status request that is refused": "status-busy=1 retry-after=1",
}
PROVIDERS = ("maxapi", "apixo", "liangxin", "aigptimage")


def orders(cloud: Cloud) -> dict[str, dict[str, Any]]:
    return {
        f"strange: {how}: {provider}": cloud.body(cloud.way(provider), words)
        for how, words in STRANGE.items()
        for provider in PROVIDERS
    }


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("how", STRANGE)
def test_it_is_asked_again_until_the_picture_is_there(
    cloud: Cloud, placed: Ordered, how: str, provider: str
) -> None:
    order = placed(f"strange: {how}: {provider}")
    assert_ends(cloud, order, End())
    assert cloud.ledger(order.prompt)[0]["statusRequests"] >= 2
