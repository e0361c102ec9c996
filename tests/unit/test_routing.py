"""Who can make a request, in which order they are tried, and what is said where nobody can."""

from typing import Any

import pytest

from plantain.errors import InvalidRequest, NoProvider
from plantain.lifecycle import FOREVER
from plantain.models import TaskRequest
from plantain.providers import all_providers
from plantain.routing import Routes, eligible, next_provider, refused_by_all
from tests.unit.samples import NOW, a_request, a_task

EVERYBODY = frozenset(all_providers())
ALL = Routes(configured=EVERYBODY, order=("maxapi", "apixo", "liangxin", "aigptimage"))
PNG = "https://example.com/a.png"


def able(model: str, **fields: Any) -> list[str]:
    return eligible(a_request(model, **fields), ALL)


def refused(request: TaskRequest, routes: Routes = ALL) -> dict[str, list[str]]:
    """The fields that are named, each with what is allowed there."""
    with pytest.raises(InvalidRequest) as error:
        eligible(request, routes)
    return {one["field"]: one["allowed"] for one in error.value.errors}


@pytest.mark.parametrize(
    ("model", "fields", "names"),
    [
        ("nano-banana", {}, "maxapi apixo"),
        ("nano-banana", {"imageUrls": [PNG]}, "maxapi apixo aigptimage"),
        ("nano-banana", {"imageUrls": [PNG] * 6}, "maxapi aigptimage"),
        ("nano-banana", {"imageUrls": [PNG] * 11}, "maxapi"),
        ("nano-banana", {"imageUrls": [PNG], "aspectRatio": "auto"}, "apixo aigptimage"),
        ("nano-banana", {"imageUrls": [PNG], "safetyChecker": False}, "aigptimage"),
        ("nano-banana", {"safetyChecker": True}, "maxapi apixo"),
        ("nano-banana", {"prompt": "x" * 5001}, "maxapi"),
        ("nano-banana", {"resolution": "1k"}, "maxapi"),
        ("nano-banana", {"googleSearch": True}, "apixo"),
        ("nano-banana", {"googleSearch": False}, "maxapi apixo"),
        ("nano-banana", {"outputFormat": "jpg"}, "apixo"),
        ("nano-banana-2", {}, "maxapi apixo"),
        ("nano-banana-2", {"aspectRatio": "8:1"}, "apixo"),
        ("nano-banana-2", {"resolution": "4k", "aspectRatio": "4:3"}, "maxapi apixo"),
        ("nano-banana-pro", {}, "maxapi liangxin"),
        ("nano-banana-pro", {"aspectRatio": "21:9"}, "liangxin"),
        ("nano-banana-pro", {"prompt": "x"}, "maxapi"),
        ("nano-banana-pro", {"prompt": "x" * 3000}, "maxapi liangxin"),
        ("nano-banana-pro", {"prompt": "x" * 3001}, "maxapi"),
        ("nano-banana-pro", {"outputFormat": "png"}, "liangxin"),
        ("nano-banana-pro", {"imageUrls": ["https://example.com/A.WEBP"]}, "maxapi liangxin"),
        ("nano-banana-pro", {"imageUrls": [PNG + "?signed"]}, "maxapi"),
        ("nano-banana-pro", {"imageUrls": [PNG] * 4}, "maxapi"),
    ],
)
def test_capability_comes_first(model: str, fields: dict[str, Any], names: str) -> None:
    assert able(model, **fields) == names.split()


def test_then_the_owners_order() -> None:
    routes = Routes(configured=EVERYBODY, order=("apixo",))
    request = a_request("nano-banana", imageUrls=[PNG])
    assert eligible(request, routes) == ["apixo", "aigptimage", "maxapi"]


def test_value_goes_by_price_and_what_has_none_comes_last() -> None:
    prices = {("aigptimage", "nano-banana"): 0.02, ("apixo", "nano-banana"): 0.03}
    routes = Routes(configured=EVERYBODY, order=ALL.order, prices=prices)
    asked = {"imageUrls": [PNG]}
    by_order = eligible(a_request("nano-banana", **asked), routes)
    by_value = eligible(a_request("nano-banana", outside={"routing": "value"}, **asked), routes)
    assert by_order == ["maxapi", "apixo", "aigptimage"]
    assert by_value == ["aigptimage", "apixo", "maxapi"]


def test_official_is_only_for_those_who_have_it() -> None:
    assert able("nano-banana-2", outside={"routing": "official"}) == ["apixo"]
    allowed = refused(a_request("nano-banana-pro", outside={"routing": "official"}))
    assert allowed == {"routing": ["auto", "value"]}


def test_a_pinned_provider_is_the_only_one() -> None:
    assert able("nano-banana-pro", outside={"provider": "liangxin"}) == ["liangxin"]


def test_a_pinned_provider_that_cannot_says_who_can() -> None:
    allowed = refused(a_request("nano-banana-2", outside={"provider": "liangxin"}))
    assert allowed == {"provider": ["apixo", "maxapi"]}


def test_a_pinned_provider_says_what_it_allows() -> None:
    request = a_request("nano-banana", aspectRatio="1:1", outside={"provider": "maxapi"})
    assert refused(request) == {"input.aspectRatio": ["16:9", "9:16"]}


@pytest.mark.parametrize(
    ("pin", "told"),
    [
        (None, "No provider of nano-banana can make this."),
        ("maxapi", "maxapi cannot make this."),
        ("liangxin", "The provider that is asked for cannot make this."),
        ("", "The provider that is asked for cannot make this."),
    ],
)
def test_who_cannot_make_it_is_told(pin: str | None, told: str) -> None:
    request = a_request("nano-banana", aspectRatio="7:5", outside={"provider": pin})
    with pytest.raises(InvalidRequest) as error:
        eligible(request, ALL)
    assert error.value.detail == told


def test_an_account_that_is_not_configured_is_not_eligible() -> None:
    routes = Routes(configured=frozenset({"apixo"}))
    assert eligible(a_request("nano-banana"), routes) == ["apixo"]
    with pytest.raises(NoProvider, match="nano-banana-pro"):
        eligible(a_request("nano-banana-pro"), routes)


def test_a_field_that_nobody_can_make_is_named_with_what_anybody_can() -> None:
    allowed = refused(a_request("nano-banana-2", aspectRatio="7:3", resolution="8K"))
    assert allowed["input.resolution"] == ["1K", "2K", "4K"]
    assert {"16:9", "21:9", "auto"} <= set(allowed["input.aspectRatio"])
    assert set(allowed) == {"input.resolution", "input.aspectRatio"}


def test_fields_that_only_fail_together_are_all_named() -> None:
    request = a_request("nano-banana", resolution="1K", outputFormat="png")
    routes = Routes(configured=frozenset({"maxapi", "apixo"}))
    assert refused(request, routes) == {
        "input.resolution": ["1K"],
        "input.outputFormat": ["png", "jpeg"],
    }


def test_references_that_nobody_takes_are_named() -> None:
    routes = Routes(configured=frozenset({"liangxin"}))
    urls = ["https://example.com/a"] * 4
    with pytest.raises(InvalidRequest) as error:
        eligible(a_request("nano-banana-pro", imageUrls=urls), routes)
    assert [one["allowed"] for one in error.value.errors] == [
        ["0 to 3 references"],
        ["URLs that end in .png .jpg .jpeg .webp"],
    ]


def test_a_prompt_without_references_is_told_that_one_is_needed() -> None:
    routes = Routes(configured=frozenset({"aigptimage"}))
    assert refused(a_request("nano-banana"), routes) == {"input.imageUrls": ["1 to 10 references"]}


def test_the_next_provider_is_the_first_that_is_not_out() -> None:
    task = a_task(request=a_request("nano-banana-2"), out={"maxapi": NOW + 1})
    assert next_provider(task, ALL, NOW) == ("apixo", NOW)
    assert next_provider(task, ALL, NOW + 1) == ("maxapi", NOW + 1)


def test_while_all_are_out_the_first_to_come_back_says_when() -> None:
    out = {"maxapi": FOREVER, "apixo": NOW + 60}
    task = a_task(request=a_request("nano-banana-2"), out=out)
    provider, when = next_provider(task, ALL, NOW)
    assert (provider, when) == (None, NOW + 60)
    assert not refused_by_all(when)


def test_all_refused_is_for_ever() -> None:
    out = {"maxapi": FOREVER, "apixo": FOREVER}
    task = a_task(request=a_request("nano-banana-2"), out=out)
    provider, when = next_provider(task, ALL, NOW)
    assert provider is None
    assert refused_by_all(when)


def test_a_task_that_nobody_makes_any_more_waits_for_the_owner() -> None:
    provider, when = next_provider(a_task(), Routes(configured=frozenset()), NOW)
    assert provider is None
    assert NOW < when < FOREVER
