"""Whatever breaks, and at any level: what is logged of it holds nothing that was secret."""

import io
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from plantain import owners, settings, tasks, tokens
from plantain.errors import AwsError
from plantain.log import log
from plantain.models import State, Task
from plantain.rows import key_of
from tests.integration.between import between
from tests.integration.world import World
from tests.leaks import leaks
from tests.unit.gateway import function, request
from tests.unit.samples import API

PROMPT = "a very private lighthouse in the fog"
PROVIDER_KEY = "maxapi-key"
SIGNED = "https://pictures.test/a.png?X-Amz-Signature=5ecre7&token=abcdefgh"
HOOK = "https://hook.test/very-private-hook-path"
Fault = Callable[[httpx.Request], Exception]


class Journal:
    """Everything that a function leaves in its log, its last words included."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    def text(self) -> str:
        return self.stream.getvalue()

    def call(self, verb: str, event: dict[str, Any]) -> Any:
        try:
            return function(verb).handler(event, None)
        except Exception:  # noqa: BLE001 - as Lambda does
            traceback.print_exc(file=self.stream)  # more than Lambda writes
            return None

    def advance(self, task: Task) -> None:
        body = json.dumps({"taskId": task.task_id, "attempt": 1})
        self.call("advance", {"Records": [{"messageId": "m", "body": body}]})

    def api(self, verb: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
        text = None if body is None else json.dumps(body)
        answer: dict[str, Any] = self.call(verb, request(method, path, text))
        return answer


@pytest.fixture(params=["DEBUG", "INFO"])
def journal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Journal]:
    """All that is logged at a level, by anybody."""
    kept = Journal()
    root, others = logging.getLogger(), logging.StreamHandler(kept.stream)
    monkeypatch.setattr(log.registered_handler, "stream", kept.stream)
    monkeypatch.setattr(root, "level", getattr(logging, request.param))
    was = log.log_level
    log.setLevel(request.param)
    root.addHandler(others)
    yield kept
    root.removeHandler(others)
    log.setLevel(was)


def order(world: World, **outside: Any) -> Task:
    return world.order(prompt=PROMPT, outside={"provider": "maxapi", **outside})


def assert_discreet(journal: Journal, *more: str) -> None:
    keys = settings.secrets().callback_keys
    kept = owners.webhook_of("alice").secret or ""
    secrets = [PROMPT, PROVIDER_KEY, SIGNED[-20:], HOOK, *keys, kept, *more]
    assert journal.text(), "nothing was logged at all"
    assert leaks(journal.text(), secrets) == []


def quoting(status: int, **envelope: Any) -> Callable[[httpx.Request], httpx.Response]:
    """A provider that says what it was sent, all of it."""

    def answer(request: httpx.Request) -> httpx.Response:
        words = f"bad {request.headers['Authorization']} {request.url} {request.content.decode()}"
        told = {"code": status, "msg": words, "message": words, "data": None, **envelope}
        return httpx.Response(status, json=told)

    return answer


# ── what providers say ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [400, 401, 402, 404, 409, 418, 422, 429, 500, 502, 503])
def test_a_provider_that_quotes_a_submission(status: int, world: World, journal: Journal) -> None:
    world.providers.say("maxapi", submit=quoting(status))
    task = order(world)
    (sent,) = world.providers.submissions[:1]
    token = json.loads(sent.content)["callBackUrl"].rpartition("/")[2]
    assert_discreet(journal, token)
    shown = json.dumps(journal.api("query", "GET", f"/v1/tasks/{task.task_id}"))
    assert PROVIDER_KEY not in shown
    assert token not in shown


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_a_provider_that_quotes_a_question(status: int, world: World, journal: Journal) -> None:
    task = order(world)
    token = tokens.sign(task.task_id, 1, settings.secrets().callback_keys)
    world.providers.say("maxapi", status=quoting(status, msg=f"{PROMPT} {token} {SIGNED}"))
    journal.advance(task)
    assert_discreet(journal, token)


@pytest.mark.parametrize("state", [PROMPT, "FAILURE", "NEW_WORD"])
def test_a_provider_that_quotes_in_a_state(state: str, world: World, journal: Journal) -> None:
    data = {"status": state, "failure_reason": f"{PROMPT} {PROVIDER_KEY}"}
    task = order(world)
    told = httpx.Response(200, json={"code": 0, "msg": PROMPT, "data": data})
    world.providers.say("maxapi", status=told)
    journal.advance(task)
    assert_discreet(journal)
    assert PROVIDER_KEY not in json.dumps(journal.api("query", "GET", f"/v1/tasks/{task.task_id}"))
    assert ("NEW_WORD" in journal.text()) is (state == "NEW_WORD")


# ── what goes wrong on the way out ───────────────────────────────────────────────────────────────

ON_THE_WAY: dict[str, Fault] = {
    "connect": lambda r: httpx.ConnectError(f"{r.url} {r.content!r}", request=r),
    "read": lambda r: httpx.ReadTimeout(f"{r.url} {r.headers} {r.content!r}", request=r),
    "protocol": lambda r: httpx.LocalProtocolError(f"Illegal header value {r.headers!r}"),
    "url": lambda r: httpx.InvalidURL(f"Invalid port in {r.url} {r.content!r}"),
    "value": lambda r: ValueError(f"{r.content!r} {r.headers!r}"),
    "letters": lambda r: UnicodeEncodeError("ascii", r.content.decode(), 0, 1, "no"),
}


@pytest.mark.parametrize("fault", ON_THE_WAY)
def test_an_exception_that_quotes_what_was_sent(fault: str, world: World, journal: Journal) -> None:
    world.providers.say("maxapi", submit=ON_THE_WAY[fault])
    order(world)
    (sent,) = world.providers.submissions[:1]
    token = json.loads(sent.content)["callBackUrl"].rpartition("/")[2]
    world.providers.say("maxapi", submit=["accepted"], status=ON_THE_WAY[fault])
    journal.advance(order(world))
    assert_discreet(journal, token)


@pytest.mark.parametrize("fault", ["connect", "read", "url"])
def test_a_picture_whose_address_is_signed(fault: str, world: World, journal: Journal) -> None:
    data = {"status": "SUCCESS", "result": {"urls": [SIGNED]}}
    task = order(world)
    world.providers.say("maxapi", status=httpx.Response(200, json={"code": 0, "data": data}))
    world.pictures.put(SIGNED, ON_THE_WAY[fault](httpx.Request("GET", SIGNED)))
    journal.advance(task)
    assert "not kept" in journal.text()
    assert_discreet(journal)


@pytest.mark.parametrize("fault", ["connect", "read", "url"])
def test_an_endpoint_that_cannot_be_reached(fault: str, world: World, journal: Journal) -> None:
    task = order(world, callBackUrl=HOOK)
    world.webhook(task)
    world.endpoint.say(ON_THE_WAY[fault](httpx.Request("POST", HOOK, content=PROMPT)))
    tasks.announce(world.read(task))
    while world.queues.next() < float("inf") and not world.queues.dead_letters:
        world.wait(600)
    assert "not delivered" in journal.text()
    assert_discreet(journal)


# ── what goes wrong at home ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("corrupt", [{"input": {"prompt": [PROMPT]}}, {"prompt": PROMPT}, PROMPT])
def test_a_row_that_cannot_be_read(corrupt: Any, world: World, journal: Journal) -> None:
    task = order(world)
    text = corrupt if isinstance(corrupt, str) else json.dumps({"model": "x", **corrupt})
    settings.client("dynamodb").update_item(
        TableName=settings.settings().task_table,
        Key=key_of(task.task_id),
        UpdateExpression="SET #request = :text",
        ExpressionAttributeNames={"#request": "request"},
        ExpressionAttributeValues={":text": {"S": text}},
    )
    row = settings.client("dynamodb").get_item(
        TableName=settings.settings().task_table, Key=key_of(task.task_id)
    )["Item"]
    answer = journal.api("query", "GET", f"/v1/tasks/{task.task_id}")
    assert answer["statusCode"] == 500
    assert PROMPT not in answer["body"]
    journal.advance(task)
    record = {"eventName": "MODIFY", "dynamodb": {"NewImage": row, "SequenceNumber": "1"}}
    journal.call("publish", {"Records": [record]})
    assert "ValidationError" in journal.text()
    assert_discreet(journal)


@pytest.mark.parametrize("code", ["AccessDeniedException", "Unreachable"])
@pytest.mark.parametrize("service", ["dynamodb", "s3", "sns"])
def test_a_cloud_that_refuses(service: str, code: str, world: World, journal: Journal) -> None:
    task = order(world, callBackUrl=HOOK)

    def refuse(*_: Any) -> None:
        raise AwsError(code, "User is not authorized")

    with between(service, refuse):
        body = {"model": "nano-banana", "input": {"prompt": PROMPT}}
        journal.api("submit", "POST", "/v1/tasks", body)
        journal.api("query", "GET", f"/v1/tasks/{task.task_id}")
        journal.advance(task)
        journal.call("authorize", request("GET", "/v1/tasks"))
    assert_discreet(journal)


def test_a_wrong_callback_is_logged_without_its_token(world: World, journal: Journal) -> None:
    task = order(world)
    assert task.state is State.SUBMITTED
    token = tokens.sign(task.task_id, 1, settings.secrets().callback_keys)
    for task_id, attempt, given in (
        (task.task_id, "2", token),
        (token, "1", task.task_id),
        (f"{task.task_id}/1/{token}", "1", "x"),
        ("\ud800", "1", token),
    ):
        event = request("POST", f"{API}/v1/callback", json.dumps({"prompt": PROMPT}))
        event["pathParameters"] = {"taskId": task_id, "attempt": attempt, "token": given}
        assert journal.call("callback", event)["statusCode"] == 403
    assert task.task_id in journal.text()
    assert_discreet(journal, token)
