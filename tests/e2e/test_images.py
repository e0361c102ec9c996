"""Result images: kept when they are pictures, fetched again when they may still come."""

from typing import Any

import pytest

from tests.e2e.cloud import Cloud, Ordered, eventually
from tests.e2e.ends import End, assert_ends

KEPT = {"flaky": 2, "wrong-type": 1}  # how often each is fetched
INVALID = ("cut", "huge", "html", "svg", "empty", "bomb")
LATER = ("expired", "missing", "truncated", "redirect", "private")
PROVIDERS = ("maxapi", "apixo", "liangxin", "aigptimage")


def orders(cloud: Cloud) -> dict[str, dict[str, Any]]:
    """Each kind of image from another provider in turn; they all go the same way."""
    kinds = (*KEPT, *INVALID, *LATER)
    return {
        f"image: {kind}": cloud.body(cloud.way(PROVIDERS[n % len(PROVIDERS)]), f"image={kind}")
        for n, kind in enumerate(kinds)
    } | {
        "image: jpeg": cloud.body(cloud.way("apixo"), outputFormat="jpeg", aspectRatio="16:9"),
        "image: 2K": cloud.body(cloud.way("liangxin"), resolution="2K", aspectRatio="21:9"),
    }


@pytest.mark.parametrize("kind", KEPT)
def test_a_picture_that_comes_in_the_end_is_kept(cloud: Cloud, placed: Ordered, kind: str) -> None:
    order = placed(f"image: {kind}")
    task = assert_ends(cloud, order, End())
    assert task["images"][0]["contentType"] == "image/png"
    assert cloud.ledger(order.prompt)[0]["fileFetches"] == KEPT[kind]


@pytest.mark.parametrize("kind", INVALID)
def test_what_is_no_picture_is_fetched_three_times_and_refused(
    cloud: Cloud, placed: Ordered, kind: str
) -> None:
    order = placed(f"image: {kind}")
    task = assert_ends(cloud, order, End(code="result_invalid"))
    assert task["failure"]["retryable"] is True
    assert cloud.ledger(order.prompt)[0]["fileFetches"] >= 3  # two workers may fetch at once


@pytest.mark.parametrize("kind", LATER)
def test_what_cannot_be_fetched_is_tried_again_and_again(
    cloud: Cloud, placed: Ordered, kind: str
) -> None:
    order = placed(f"image: {kind}")
    looks = "statusRequests" if kind == "private" else "fileFetches"
    (entry,) = eventually(
        lambda: cloud.ledger(order.prompt), lambda entries: entries[0][looks] >= 2
    )
    assert entry["charged"]
    assert cloud.show(order.task_id)["status"] == "processing"
    assert cloud.aws.objects(f"{cloud.owner}/{order.task_id}") == []
    assert cloud.mailbox.of(order.task_id) == []


def test_a_private_address_is_never_asked(cloud: Cloud, placed: Ordered) -> None:
    (entry,) = cloud.ledger(placed("image: private").prompt)
    assert entry["fileFetches"] == 0


def test_format_and_size_are_those_of_the_picture(cloud: Cloud, placed: Ordered) -> None:
    (jpeg,) = assert_ends(cloud, placed("image: jpeg"), End())["images"]
    assert (jpeg["contentType"], jpeg["width"], jpeg["height"]) == ("image/jpeg", 1024, 576)
    (large,) = assert_ends(cloud, placed("image: 2K"), End())["images"]
    assert (large["contentType"], large["width"]) == ("image/png", 2048)
