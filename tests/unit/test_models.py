"""What a client may send: nothing is guessed, nothing unknown is let through."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from plantain.errors import RETRYABLE, FailureCode
from plantain.models import MODELS, Failure, TaskRequest
from tests.unit.samples import a_request

URL = "https://example.com/a.png"
NAMES = {
    "model": "nano-banana",
    "provider": "maxapi",
    "routing": "value",
    "callBackUrl": "https://example.com/hook",
    "metadata": {"order": 7, "gift": True, "note": None, "weight": 0.5, "for": "Ann"},
    "input": {
        "prompt": "A lamp",
        "imageUrls": [URL],
        "aspectRatio": "1:1",
        "resolution": "2K",
        "outputFormat": "png",
        "googleSearch": False,
        "safetyChecker": True,
    },
}


def read(sent: object) -> TaskRequest:
    return TaskRequest.model_validate_json(json.dumps(sent))


def test_every_field_is_read_and_shown_as_sent() -> None:
    assert read(NAMES).as_sent() == NAMES


def test_what_was_not_sent_is_not_shown() -> None:
    sent = {"model": "nano-banana", "input": {"prompt": "A lamp"}}
    assert read(sent).as_sent() == sent


@pytest.mark.parametrize("model", MODELS)
def test_every_model_can_be_asked_for(model: str) -> None:
    assert a_request(model).model == model


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"model": "nano-banana-3"}, "model"),
        ({"model": None}, "model"),
        ({"color": "red"}, "color"),
        ({"callBackUrl": "ftp://a.test"}, "callBackUrl"),
        ({"callBackUrl": "https://a.test/ b"}, "callBackUrl"),
        ({"callBackUrl": "https://a.test/" + "x" * 2048}, "callBackUrl"),
        ({"callBackUrl": "https://a.test\n"}, "callBackUrl"),
        ({"provider": 1}, "provider"),
        ({"provider": "x" * 65}, "provider"),
        ({"routing": "cheap"}, "routing"),
        ({"routing": "AUTO"}, "routing"),
        ({"metadata": []}, "metadata"),
        ({"metadata": {"a": {}}}, "metadata"),
        ({"metadata": {"a": [1]}}, "metadata"),
        ({"metadata": {"a": float("inf")}}, "metadata"),
        ({"metadata": {"a": float("nan")}}, "metadata"),
        ({"metadata": {"a": "x" * 2048}}, "metadata"),
        ({"input": "A lamp"}, "input"),
        ({"input": None}, "input"),
    ],
)
def test_a_wrong_field_is_refused_by_its_name(change: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read({**NAMES, **change})
    assert [error["loc"] for error in refused.value.errors()] == [(field,)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": " \n\t"}, "prompt"),
        ({"prompt": "x" * 20_001}, "prompt"),
        ({"prompt": 7}, "prompt"),
        ({"prompt": None}, "prompt"),
        ({"prompt": ["A lamp"]}, "prompt"),
        ({"imageUrls": URL}, "imageUrls"),
        ({"imageUrls": [URL] * 15}, "imageUrls"),
        ({"imageUrls": ["ftp://example.com/a.png"]}, "imageUrls"),
        ({"imageUrls": ["data:image/png;base64, AA=="]}, "imageUrls"),
        ({"imageUrls": [f"{URL}?{'x' * 2048}"]}, "imageUrls"),
        ({"imageUrls": [None]}, "imageUrls"),
        ({"aspectRatio": 1}, "aspectRatio"),
        ({"aspectRatio": "x" * 9}, "aspectRatio"),
        ({"resolution": 2}, "resolution"),
        ({"outputFormat": True}, "outputFormat"),
        ({"googleSearch": "true"}, "googleSearch"),
        ({"googleSearch": 1}, "googleSearch"),
        ({"safetyChecker": 0}, "safetyChecker"),
        ({"seed": 7}, "seed"),
    ],
)
def test_a_wrong_input_is_refused_by_its_name(change: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read({**NAMES, "input": {**NAMES["input"], **change}})  # type: ignore[dict-item]
    assert {error["loc"][:2] for error in refused.value.errors()} == {("input", field)}


def test_the_longest_prompt_and_the_most_references_pass() -> None:
    request = a_request(prompt="ü" * 20_000, imageUrls=[URL] * 14)
    assert request.input.mode == "image"


def test_a_reference_may_come_inside_however_long() -> None:
    urls = [f"data:image/png;base64,{'A' * 100_000}"]
    assert a_request(imageUrls=urls).as_sent()["input"]["imageUrls"] == urls


@pytest.mark.parametrize(("urls", "mode"), [(None, "text"), ([], "text"), ([URL], "image")])
def test_references_make_it_image_to_image(urls: list[str] | None, mode: str) -> None:
    assert a_request(imageUrls=urls).input.mode == mode


def test_sizes_and_formats_have_one_spelling() -> None:
    given = a_request(resolution="2k", outputFormat="jpg").input
    assert (given.size, given.format) == ("2K", "jpeg")
    assert (given.resolution, given.output_format) == ("2k", "jpg")
    assert (a_request().input.size, a_request().input.format) == (None, None)


def test_a_request_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        a_request().model = "nano-banana-2"  # type: ignore[misc]


@pytest.mark.parametrize("code", FailureCode)
def test_what_the_client_did_wrong_is_not_worth_a_retry(code: FailureCode) -> None:
    mine = {"content_moderation", "invalid_input", "invalid_image"}
    assert Failure(code=code, message="").retryable == (code not in mine) == (code in RETRYABLE)
