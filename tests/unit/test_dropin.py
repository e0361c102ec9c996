"""The edge of the dialects: whoever's client it is finds its own words in what it is told."""

import json
from typing import Any

import pytest

from plantain.http import MAX_INLINE_BODY
from plantain.models import Task
from tests.unit import test_dialects
from tests.unit.gateway import function, request, told
from tests.unit.samples import dialect_recording as recording
from tests.unit.test_dialects import post

taken = test_dialects.taken


@pytest.mark.parametrize(
    ("name", "status"), [("maxapi", 413), ("aigptimage", 400), ("liangxin", 413), ("apixo", 400)]
)
def test_too_large_a_body_is_refused_as_its_page_says(
    name: str, status: int, taken: list[tuple[Task, str | None]]
) -> None:
    each = recording(name)["submissions"][0]
    answer = post(each["path"], json.dumps(each["body"]).rjust(MAX_INLINE_BODY + 1))
    assert (answer["statusCode"], told(answer)["code"]) == (status, status)
    assert taken == []


def knock(method: str, path: str) -> dict[str, Any]:
    event = request(method, path)
    del event["requestContext"]["authorizer"]
    answer: dict[str, Any] = function({"POST": "translate", "GET": "retell"}[method]).handler(
        event, None
    )
    return answer


@pytest.mark.parametrize(
    ("method", "path", "words"),
    [
        ("POST", "/api/v1/task/submit/", ["msg"]),
        ("POST", "/api/v1/task/tsk_0", ["msg"]),
        ("GET", '/api/v1/task/"', ["msg"]),
        ("GET", "/api/v1/task/a/b", ["msg"]),
        ("GET", "/api/v1/jobs/createTask", ["msg"]),
        ("GET", "/api/v1/statusTask/", ["message"]),
        ("GET", "/api/v1/generateTask/nano-banana-2", ["message"]),
        ("POST", "/api/v2/nothing", ["msg", "message"]),  # like nobody's more than another's
    ],
)
def test_a_path_that_leads_nowhere_is_told_in_the_words_of_those_it_is_like(
    method: str, path: str, words: list[str]
) -> None:
    answer = knock(method, path)
    nothing = dict.fromkeys(words, "There is nothing here")
    assert (answer["statusCode"], told(answer)) == (404, {"code": 404, "data": None, **nothing})
