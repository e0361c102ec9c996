"""Every provider, model and mode, on good days and bad: one purchase, one event, all pictures."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.cloud import Cloud, Ordered, Placed, eventually
from tests.e2e.ends import End, assert_ends


@dataclass(frozen=True)
class Story:
    """What goes wrong on the way (in the simulator's words), how it ends, and who rang."""

    words: str
    end: End = End()  # noqa: RUF009 - frozen
    rang: frozenset[tuple[str, object]] = frozenset({("result", 200)})


RESULT = ("result", 200)
FORGED = (("wrong-token", 403), ("lying-failure", 200), ("lying-success", 200))
STORIES = {
    "webhook arrives": Story(""),
    "webhook lost": Story("webhook=lose", rang=frozenset({("result", "lost on purpose")})),
    "webhook twice and late": Story(
        "webhook=twice+late webhook-delay=14",
        rang=frozenset({RESULT, ("duplicate", 200)}),
    ),
    "webhook before the submit call has returned": Story("webhook=early"),
    "webhooks out of order": Story("webhook=reorder", rang=frozenset({RESULT, ("stale", 200)})),
    "forged webhooks": Story(
        "webhook=forge+foreign",
        rang=frozenset({*FORGED, ("foreign-task", 200), RESULT}),
    ),
    "provider fails with moderation": Story("fail=moderation", End(code="content_moderation")),
    "provider down at submit, then back": Story("down=2", End(refused=2)),
    "429 then success": Story("busy=1 retry-after=2", End(refused=1)),
    "several images": Story("images=3", End(images=3)),
}


def orders(cloud: Cloud) -> dict[str, dict[str, Any]]:
    return {
        f"{story}: {way}": cloud.body(way, told.words)
        for story, told in STORIES.items()
        for way in cloud.ways
    }


@pytest.mark.parametrize("story", STORIES)
def test_every_provider_model_and_mode(cloud: Cloud, placed: Ordered, story: str) -> None:
    failures = []
    for way in cloud.ways:
        try:
            assert_story(cloud, placed(f"{story}: {way}"), STORIES[story])
        except AssertionError as error:
            failures.append(f"{way}: {error}")
    assert not failures, "\n\n".join(failures)


def assert_story(cloud: Cloud, order: Placed, told: Story) -> None:
    task = assert_ends(cloud, order, told.end)
    assert task["attempts"] == 1 + (told.end.refused or 0)
    assert (order.answer["status"] == "queued") == bool(told.end.refused)
    assert task["finishedAt"] >= task["createdAt"]
    bought = next(entry for entry in cloud.ledger(order.prompt) if entry["charged"])
    assert bought["provider"] == task["provider"]
    if bought["callbackUrl"]:
        assert_rang(cloud, order, told)


def assert_rang(cloud: Cloud, order: Placed, told: Story) -> None:
    """Every webhook of the story was sent; on a busy machine one may go unanswered."""
    kinds = {kind for kind, _ in told.rang}
    rings = eventually(lambda: _rings(cloud, order), lambda rings: {k for k, _ in rings} == kinds)
    # On a slow machine some get no answer of ours.
    assert {ring for ring in rings if "Timeout" not in str(ring[1]) and ring[1] != 502} <= told.rang


def _rings(cloud: Cloud, order: Placed) -> set[tuple[str, object]]:
    """What was sent to our address, and how it was answered."""
    rings = [ring for entry in cloud.ledger(order.prompt) for ring in entry["webhooks"]]
    return {(ring["kind"], ring.get("status", ring.get("error"))) for ring in rings}


def test_there_are_ways_to_make_every_model_in_both_modes(cloud: Cloud) -> None:
    made = {(way.model, way.mode) for way in cloud.ways}
    models = {way.model for way in cloud.ways}
    assert models == {"nano-banana", "nano-banana-2", "nano-banana-pro"}
    assert made == {(m, mode) for m in models for mode in ("text-to-image", "image-to-image")}
    assert {way.provider for way in cloud.ways} == {"maxapi", "apixo", "liangxin", "aigptimage"}
