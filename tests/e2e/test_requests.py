"""Requests that cannot be made are told why, field by field."""

from typing import Any

import httpx
import pytest

from tests.e2e.cloud import PICTURE, Cloud

PROMPT = {"prompt": "a plantain"}
PNG = [PICTURE]
BANANA: dict[str, Any] = {"model": "nano-banana", "input": PROMPT}
PRO: dict[str, Any] = {"model": "nano-banana-pro", "input": PROMPT}

# What is sent, the field that is told, and a part of what is told to be allowed there.
WRONG = {
    "no model": ({"input": PROMPT}, "model", None),
    "another model": ({**BANANA, "model": "dall-e"}, "model", "nano-banana-pro"),
    "no input": ({"model": "nano-banana"}, "input", None),
    "a list for input": ({**BANANA, "input": []}, "input", None),
    "no prompt": ({**BANANA, "input": {}}, "input.prompt", None),
    "an empty prompt": ({**BANANA, "input": {"prompt": ""}}, "input.prompt", "at least 1"),
    "a blank prompt": ({**BANANA, "input": {"prompt": " \n"}}, "input.prompt", None),
    "a number for a prompt": ({**BANANA, "input": {"prompt": 7}}, "input.prompt", None),
    "a long prompt": ({**BANANA, "input": {"prompt": "x" * 20_001}}, "input.prompt", "20000"),
    "an unknown field": ({**BANANA, "colour": "blue"}, "colour", None),
    "an unknown input": ({**BANANA, "input": {**PROMPT, "seed": 7}}, "input.seed", None),
    "a ratio": ({**PRO, "input": {**PROMPT, "aspectRatio": "1:7"}}, "input.aspectRatio", "16:9"),
    "a resolution": ({**PRO, "input": {**PROMPT, "resolution": "8K"}}, "input.resolution", "4K"),
    "a format": ({**PRO, "input": {**PROMPT, "outputFormat": "gif"}}, "input.outputFormat", "png"),
    "a text for a flag": (
        {**BANANA, "input": {**PROMPT, "googleSearch": "yes"}},
        "input.googleSearch",
        None,
    ),
    "many references": (
        {**BANANA, "input": {**PROMPT, "imageUrls": PNG * 15}},
        "input.imageUrls",
        "14",
    ),
    "a private reference": (
        {**BANANA, "input": {**PROMPT, "imageUrls": ["https://169.254.169.254/a.png"]}},
        "input.imageUrls.0",
        "public https",
    ),
    "a plain http reference": (
        {**BANANA, "input": {**PROMPT, "imageUrls": [PICTURE, "http://example.com/a.png"]}},
        "input.imageUrls.1",
        "https",
    ),
    "a callback that is no URL": ({**BANANA, "callBackUrl": "me"}, "callBackUrl", "https"),
    "a local callback": ({**BANANA, "callBackUrl": "https://localhost/"}, "callBackUrl", "https"),
    "another provider": ({**BANANA, "provider": "midjourney"}, "provider", "apixo"),
    "a provider without the model": ({**PRO, "provider": "apixo"}, "provider", "liangxin"),
    "another routing": ({**BANANA, "routing": "cheap"}, "routing", "value"),
    "official where none is": ({**PRO, "routing": "official"}, "routing", "auto"),
    "nested metadata": ({**BANANA, "metadata": {"a": {"b": 1}}}, "metadata", None),
    "much metadata": ({**BANANA, "metadata": {"a": "x" * 3000}}, "metadata", None),
    "an edit without a picture": (
        {**BANANA, "provider": "aigptimage"},
        "input.imageUrls",
        "1 to 10",
    ),
}
MALFORMED = {
    "nothing": b"",
    "half": b'{"model": "nano-banana", "input": {"pro',
    "text": b"a plantain, please",
    "deep": b"[" * 50_000,
}


@pytest.mark.parametrize("wrong", WRONG)
def test_each_wrong_field_is_named(cloud: Cloud, wrong: str) -> None:
    body, field, allowed = WRONG[wrong]
    problem = problem_of(cloud.submit(body), 422, "invalid_request")
    told = {error["field"].removesuffix(".0"): error for error in problem["errors"]}
    error = told.get(field) or told[field.removesuffix(".0")]
    assert error["message"]
    assert allowed is None or allowed in " ".join(error["allowed"])


@pytest.mark.parametrize("malformed", MALFORMED)
def test_what_cannot_be_read_is_refused(cloud: Cloud, malformed: str) -> None:
    problem_of(send(cloud, MALFORMED[malformed]), 400, "malformed_request")


def test_what_is_too_large_is_refused(cloud: Cloud) -> None:
    body = b'{"model": "' + b"x" * 5_300_000 + b'"}'
    problem_of(send(cloud, body), 413, "request_too_large")
    small = cloud.api.post("/v1/uploads", content=b'{"x": "' + b"x" * 300_000 + b'"}')
    problem_of(small, 413, "request_too_large")


def test_what_is_no_utf8_is_refused(cloud: Cloud) -> None:
    """The emulator puts question marks in its place, AWS passes it on as it is."""
    answer = send(cloud, b'{"model": "\xff\xfe"}')
    assert answer.json()["code"] in ("malformed_request", "invalid_request")


@pytest.mark.parametrize("content", [b"null", b"[]", b'"x"', b"7"])
def test_json_that_is_no_object_is_refused(cloud: Cloud, content: bytes) -> None:
    problem_of(send(cloud, content), 422, "invalid_request")


def test_several_wrong_fields_are_told_together(cloud: Cloud) -> None:
    body = {"model": "x", "input": {"prompt": 1, "resolution": 2}, "more": 3}
    problem = problem_of(cloud.submit(body), 422, "invalid_request")
    fields = {error["field"] for error in problem["errors"]}
    assert fields == {"model", "input.prompt", "input.resolution", "more"}


def test_a_task_that_is_not_there(cloud: Cloud) -> None:
    for name in ("tsk_none", f"tsk_{'a' * 26}", "x" * 3000, "%C3%A9"):
        problem_of(cloud.api.get(f"/v1/tasks/{name}"), 404, "task_not_found")


def test_other_paths_are_the_gateways_own_answer(cloud: Cloud) -> None:
    for method, path in (
        ("POST", "/"),
        ("GET", "/v1"),
        ("PUT", "/v1/tasks"),
        ("POST", "/v1/models"),
    ):
        answer = cloud.api.request(method, path)
        assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})


def test_a_browser_may_ask_from_anywhere(cloud: Cloud) -> None:
    asked = {
        "Origin": "https://app.example.com",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    preflight = cloud.api_of(None).options("/v1/tasks", headers=asked)
    assert preflight.is_success
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    allowed = preflight.headers["Access-Control-Allow-Headers"].lower()
    assert all(name in allowed for name in ("authorization", "content-type", "idempotency-key"))
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    answer = cloud.api.get("/v1/models", headers={"Origin": asked["Origin"]})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "x-request-id" in answer.headers["Access-Control-Expose-Headers"].lower()


def send(cloud: Cloud, content: bytes) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    return cloud.api.post("/v1/tasks", content=content, headers=headers)


def problem_of(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document, which names its request."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Request-Id"]
    problem: dict[str, Any] = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["title"]
    assert problem["detail"]
    return problem
