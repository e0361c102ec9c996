"""Bodies are read strictly: what two readers could understand differently is refused."""

import base64
import json
from typing import Any

import pytest

from plantain import bodies
from plantain.errors import InvalidRequest, MalformedRequest
from plantain.models import TaskRequest, UploadRequest
from tests.unit.gateway import function, problem, request

GOOD = '{"model": "nano-banana", "input": {"prompt": "A lamp"}}'
LARGEST_ANSWER = 100_000  # bytes; a function's answer may have sixty times as many
submit = function("submit")


def post(body: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = submit.handler(request("POST", "/v1/tasks", body, **more), None)
    return answer


def encoded(content: bytes) -> dict[str, Any]:
    return post(base64.b64encode(content).decode(), isBase64Encoded=True)


def with_metadata(value: str) -> str:
    return GOOD[:-1] + f', "metadata": {{"a": {value}}}}}'


@pytest.mark.parametrize(
    "body",
    [
        GOOD[:-1] + ', "model": "nano-banana"}',
        '{"model": "nano-banana", "input": {"prompt": "A lamp", "prompt": "A lamp"}}',
        GOOD[:-1] + ', "metadata": {"a": 1, "\\u0061": 2}}',
    ],
)
def test_a_name_that_stands_twice_is_refused(body: str) -> None:
    assert "twice" in problem(post(body), 400, "malformed_request")["detail"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e", "01", "9" * 5000])
def test_what_is_no_number_of_json_or_beyond_all_measure_is_refused(number: str) -> None:
    problem(post(with_metadata(number)), 400, "malformed_request")


@pytest.mark.parametrize("number", ["1e400", "-1e400"])
def test_a_number_that_only_infinity_could_hold_is_refused(number: str) -> None:
    problem(post(with_metadata(number)), 422, "invalid_request")


@pytest.mark.parametrize("text", [r"\ud800", r"\udc00\ud800", r"\ud83d."])
def test_half_a_character_is_refused(text: str) -> None:
    problem(post(GOOD.replace("lamp", text)), 400, "malformed_request")


@pytest.mark.parametrize("text", [r"\u0000", r"\u001b[2J", r"\b", r"\f", "\x7f", "\x00", "\n"])
@pytest.mark.parametrize("place", ["A lamp", "prompt", "model"])
def test_a_control_character_is_refused_wherever_it_stands(place: str, text: str) -> None:
    problem(post(GOOD.replace(place, place + text)), 400, "malformed_request")


@pytest.mark.parametrize("text", [r"\t", r"\n", r"\r\n", r"\\u0000", "ü", "一", r"\ud83c\udf4c"])
def test_any_other_text_is_taken(text: str) -> None:
    sent = bodies.read(TaskRequest, GOOD.replace("lamp", text))
    assert sent.input.prompt == json.loads(f'"A {text}"')


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"input":' * 5000 + "1" + "}" * 5000, '{"metadata":' * 300]
)
def test_depth_is_refused_before_it_hurts(body: str) -> None:
    problem(post(body), 400, "malformed_request")


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        GOOD.encode("utf-16-le"),
        GOOD.encode("utf-32"),
        GOOD.replace("lamp", "ü").encode("latin-1"),
        GOOD.replace("lamp", "\ud800").encode(errors="surrogatepass"),
        b"\xff",
        b"\x00",
    ],
)
def test_json_is_utf_8_without_a_mark_before_it(content: bytes) -> None:
    problem(encoded(content), 400, "malformed_request")


def test_base64_that_is_none_is_malformed() -> None:
    problem(post("A", isBase64Encoded=True), 400, "malformed_request")
    problem(post("é", isBase64Encoded=True), 400, "malformed_request")


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/jsonp",
        "application/json, text/plain",
        "application/json; charset=utf-16",
    ],
)
def test_a_body_that_is_said_to_be_something_else_is_refused(content_type: str) -> None:
    answer = post(GOOD, headers={"content-type": content_type})
    told = problem(answer, 415, "unsupported_media_type")
    assert "application/json" in told["detail"]


@pytest.mark.parametrize(
    "content_type",
    [None, "application/json", "Application/JSON", "application/json;charset=UTF-8 ",
     'application/json; charset="utf-8"'],
)  # fmt: skip
def test_a_body_that_is_said_to_be_json_is_read(content_type: str | None) -> None:
    bodies.check_type(content_type)


@pytest.mark.parametrize(
    "body",
    [
        "{" + ",".join(f'"{n:x}": 1' for n in range(100_000)) + "}",
        '{"' + "x" * 1_000_000 + '": 1}',
        with_metadata("[]").replace('"a"', f'"{"x" * 1_000_000}"'),
        GOOD.replace('"A lamp"', f'"A lamp", "imageUrls": [{"1," * 100_000}1]'),
        GOOD.replace("nano-banana", "x" * 1_000_000),
    ],
    ids=["many", "long", "long in metadata", "a long list", "a long value"],
)
def test_however_much_is_wrong_the_answer_is_short(body: str) -> None:
    answer = post(body)
    told = problem(answer, 422, "invalid_request")
    assert len(answer["body"]) < LARGEST_ANSWER
    assert 0 < len(told["errors"]) <= bodies.MOST_ERRORS


def test_that_not_every_field_is_named_is_said() -> None:
    body = json.dumps({str(n): 1 for n in range(bodies.MOST_ERRORS + 1)})
    with pytest.raises(InvalidRequest, match=f"the first {bodies.MOST_ERRORS} are named"):
        bodies.read(TaskRequest, body)
    with pytest.raises(InvalidRequest, match=r"^Some fields are wrong\.$"):
        bodies.read(TaskRequest, "{}")


def test_what_is_told_of_a_body_never_quotes_it() -> None:
    for body in (GOOD.replace("lamp", "secret\\u0000"), '{"secret": 1, "secret": 2}', "secret"):
        with pytest.raises(MalformedRequest) as caught:
            bodies.read(TaskRequest, body)
        assert "secret" not in caught.value.detail
        assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("size", "told", "allowed"),
    [("0", "is too small", "at least 1"), ("10000001", "is too large", "at most 10000000")],
)
def test_a_number_out_of_its_bounds_is_told_in_our_words(
    size: str, told: str, allowed: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        bodies.read(UploadRequest, f'{{"contentType": "image/png", "bytes": {size}}}')
    assert refused.value.errors == [{"field": "bytes", "message": told, "allowed": [allowed]}]
