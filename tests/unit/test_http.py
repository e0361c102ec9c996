"""The API's edge: bodies, keys, queries and errors, through the functions' own handlers."""

import base64
import json
from types import SimpleNamespace
from typing import Any

import pytest

from plantain import http, tasks
from plantain.errors import Busy, ConditionFailed, KeyReused, NoProvider, TaskDeleted
from plantain.limits import Caller
from plantain.models import Task, TaskRequest
from tests.unit.gateway import function, problem, request, told
from tests.unit.samples import a_task

GOOD = {"model": "nano-banana", "input": {"prompt": "A lamp"}}
submit = function("submit")


class Desk:
    """Takes orders in the walk's place."""

    def __init__(self) -> None:
        self.orders: list[tuple[str, TaskRequest, str | None]] = []
        self.trouble: Exception | None = None
        self.base_url = ""

    def __call__(self, caller: Caller, sent: TaskRequest, key: str | None, base_url: str) -> Task:
        if self.trouble:
            raise self.trouble
        self.orders.append((caller.owner, sent, key))
        self.base_url = base_url
        return a_task(request=sent)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk()
    monkeypatch.setattr(tasks, "submit", desk)
    return desk


def post(body: Any, **more: Any) -> dict[str, Any]:
    text = body if isinstance(body, str | None) else json.dumps(body)
    answer: dict[str, Any] = submit.handler(request("POST", "/v1/tasks", text, **more), None)
    return answer


def test_a_task_is_accepted_with_its_place(desk: Desk) -> None:
    answer = post(GOOD)
    assert answer["statusCode"] == 202
    assert answer["headers"]["Location"] == "/v1/tasks/tsk_test"
    assert answer["headers"]["Content-Type"] == "application/json"
    assert told(answer)["input"] == {"prompt": "A lamp"}
    ((owner, sent, key),) = desk.orders
    assert (owner, sent.as_sent(), key) == ("alice", GOOD, None)
    assert desk.base_url == "https://r3pmxmplak.execute-api.eu-central-1.amazonaws.com"


def test_a_body_may_come_in_base64(desk: Desk) -> None:
    body = base64.b64encode(json.dumps({**GOOD, "input": {"prompt": "ünïcödé"}}).encode()).decode()
    assert post(body, isBase64Encoded=True)["statusCode"] == 202
    assert desk.orders[0][1].input.prompt == "ünïcödé"


@pytest.mark.parametrize("body", [None, "", "{", "a=1", '{"model": nano}', '{"a": "\\ud800"}'])
def test_what_is_not_json_is_malformed(body: str | None, desk: Desk) -> None:
    problem(post(body), 400, "malformed_request")
    assert desk.orders == []


def test_a_body_that_is_not_utf_8_is_malformed(desk: Desk) -> None:
    body = base64.b64encode(b'{"model": "\xff"}').decode()
    problem(post(body, isBase64Encoded=True), 400, "malformed_request")


def test_the_apis_own_address_may_be_given(desk: Desk, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("API_URL", "https://pictures.example.com")
    post(GOOD)
    assert desk.base_url == "https://pictures.example.com"


def test_a_body_with_pictures_in_it_may_be_large_but_not_too_large(desk: Desk) -> None:
    body = json.dumps(GOOD)
    assert post(body.rjust(http.MAX_INLINE_BODY))["statusCode"] == 202
    problem(post(body.rjust(http.MAX_INLINE_BODY + 1)), 413, "request_too_large")
    assert len(desk.orders) == 1


@pytest.mark.parametrize(
    ("verb", "method", "path"),
    [
        ("upload", "POST", "/v1/uploads"),
        ("cancel", "POST", "/v1/tasks/tsk_test/cancel"),
        ("notify", "PUT", "/v1/webhook"),
    ],
)
def test_any_other_body_is_small(verb: str, method: str, path: str) -> None:
    event = request(method, path, "{}".rjust(http.MAX_BODY + 1))
    problem(function(verb).handler(event, None), 413, "request_too_large")


@pytest.mark.parametrize("body", ["[]", '"text"', "7", "null", "true"])
def test_json_of_another_shape_is_invalid(body: str, desk: Desk) -> None:
    errors = problem(post(body), 422, "invalid_request")["errors"]
    assert [error["field"] for error in errors] == ["body"]


def test_every_wrong_field_is_named_with_what_is_allowed(desk: Desk) -> None:
    wrong = {
        "model": "dall-e",
        "routing": "cheap",
        "callBackUrl": "gopher://a",
        "seed": 1,
        "input": {"prompt": "", "imageUrls": ["https://a.test"] * 15, "aspectRatio": "123456789"},
    }
    errors = problem(post(wrong), 422, "invalid_request")["errors"]
    assert {error["field"]: error["allowed"] for error in errors} == {
        "model": ["nano-banana", "nano-banana-2", "nano-banana-pro"],
        "routing": ["auto", "value", "official"],
        "callBackUrl": ["a public https:// URL"],
        "seed": [],
        "input.prompt": ["at least 1"],
        "input.imageUrls": ["at most 14"],
        "input.aspectRatio": ["at most 8"],
    }
    assert all(error["message"] for error in errors)


@pytest.mark.parametrize(
    "body",
    [
        {**GOOD, "call_back_url": "https://a.test"},
        {**GOOD, "input": {"prompt": "A lamp", "image_urls": ["https://a.test"]}},
    ],
)
def test_the_names_inside_are_unknown_outside(body: dict[str, Any], desk: Desk) -> None:
    problem(post(body), 422, "invalid_request")


@pytest.mark.parametrize("key", ["a", "k" * 255, "7b1c… no".replace("…", "."), "a b"])
def test_an_idempotency_key_is_passed_on(key: str, desk: Desk) -> None:
    assert post(GOOD, headers={"idempotency-key": key})["statusCode"] == 202
    assert desk.orders[0][2] == key


@pytest.mark.parametrize("key", ["", "k" * 256, "schlüssel", "a\tb", "a\x7f"])
def test_a_bad_idempotency_key_is_malformed(key: str, desk: Desk) -> None:
    problem(post(GOOD, headers={"idempotency-key": key}), 400, "malformed_request")
    assert desk.orders == []


@pytest.mark.parametrize(
    ("trouble", "status", "code"),
    [
        (KeyReused(), 422, "idempotency_key_reused"),
        (NoProvider(), 503, "no_provider"),
        (Busy(), 503, "busy"),
        (TaskDeleted(), 410, "task_deleted"),
        (RuntimeError("the secret is hunter2"), 500, "internal_error"),
    ],
)
def test_trouble_is_told_as_a_problem_and_bugs_tell_nothing(
    trouble: Exception, status: int, code: str, desk: Desk
) -> None:
    desk.trouble = trouble
    assert "hunter2" not in json.dumps(problem(post(GOOD), status, code))


def test_a_route_that_does_not_exist_is_a_problem_too() -> None:
    answer = submit.handler(request("POST", "/v1/nothing"), None)
    problem(answer, 404, "not_found")


@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_a_key_that_asks_too_often_is_told_when_to_come_back(
    verb: str, desk: Desk, clients: dict[str, Any], environment: pytest.MonkeyPatch
) -> None:
    def full(**asked: Any) -> None:
        counted.append(asked["Key"]["id"]["S"])
        raise ConditionFailed("ConditionalCheckFailedException")

    counted: list[str] = []
    clients["dynamodb"] = SimpleNamespace(update_item=full)
    environment.setenv("LIMITS", "requests=60")
    path = "/v1/models" if verb == "GET" else "/v1/tasks"
    asked = request(verb, path, json.dumps(GOOD))
    answer = function("query" if verb == "GET" else "submit").handler(asked, None)
    told = problem(answer, 429, "too_many_requests")
    assert 1 <= int(answer["headers"]["Retry-After"]) <= 60
    assert "60" in told["detail"]
    assert desk.orders == []
    assert counted[0].startswith("0123456789ab#")


def test_a_key_without_a_limit_is_not_counted(desk: Desk) -> None:
    assert post(GOOD)["statusCode"] == 202  # there is no table to count in
