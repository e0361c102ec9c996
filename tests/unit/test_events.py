"""The recorded events, for `sam local invoke -e`, are what functions and template expect."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from plantain import downstream, keys, rows, tries, upstream
from plantain.lifecycle import iso
from plantain.models import State, Task
from plantain.notices import Answer
from tests.unit.gateway import function
from tests.unit.samples import (
    NOW,
    ROOT,
    a_task,
    an_image,
    on_the_wire,
    picture,
    recording,
    response_of,
)
from tools.template import RESOURCES

EVENTS = ROOT / "events"
CALLBACK_KEY = "an example that signs nothing real"  # what the callback's token is made with
FUNCTIONS = {
    "http/authorize": "authorize",
    "http/upload": "upload",
    "http/submit": "submit",
    "http/translate": "translate",
    "http/retell": "retell",
    "http/get": "query",
    "http/list": "query",
    "http/models": "query",
    "http/browser": "query",
    "http/overview": "query",
    "http/cancel": "cancel",
    "http/delete": "remove",
    "http/link": "show",
    "http/openapi": "describe",
    "http/console": "console",
    "http/webhook": "notify",
    "http/callback": "callback",
    "aws/queue": "advance",
    "aws/stream": "publish",
    "aws/told": "thumbnail",
    "aws/deliver": "deliver",
    "aws/schedule": "poll",
}
TASK_ID = "tsk_abcdefghijklmnopqrstuvwxyz"
LINK_TOKEN = "Zk2vQ0d9m5rT8yXwB1nLsA"
ENVIRONMENT = (
    *("OWNER_TABLE", "USAGE_TABLE", "TASK_TABLE", "IMAGE_BUCKET", "TASK_TOPIC_ARN"),
    *("ADVANCE_QUEUE_URL", "DELIVER_QUEUE_URL", "SLOW_DELIVER_QUEUE_URL"),
)
CLIENT = "https://client.example.com/plantain"
BUCKET = "https://image_bucket.s3.eu-west-1.amazonaws.com"


def event(name: str) -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return recorded


QUEUE = {"ApproximateNumberOfMessages": "0"}
ENDPOINT = {"webhookUrl": {"S": CLIENT}}


class Aws:
    """The calls that the functions made; the table holds a task, and what it owes its client."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.hold(State.SUCCEEDED, images=[an_image()], finished_at=iso(NOW + 5))

    def hold(self, state: State, **fields: Any) -> None:
        held = a_task(state, task_id=TASK_ID, link_token=LINK_TOKEN, **fields)
        owed = tries.opened(held, {"id": "evt_1", "type": "task.succeeded"}, CLIENT, 0)
        self.row = rows.pack_row(rows.row_of(held))
        self.delivery = rows.pack_row(owed.model_dump(mode="json", by_alias=True))

    def get_paginator(self, name: str) -> Any:
        return SimpleNamespace(paginate=lambda **request: [self._answer(name, request)])

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda **request: self._answer(name, request)

    def _answer(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        self.calls.append((name, request))
        is_due = request.get("IndexName") == "due"
        table = {name: [self.row] for name in request.get("RequestItems", {})}
        return {
            "Item": self._item(request["Key"]) if isinstance(request.get("Key"), dict) else {},
            "Items": [] if is_due else [self.row],
            "Responses": table,
            "Body": picture(),
            "Attributes": QUEUE if name == "get_queue_attributes" else ENDPOINT,
        }

    def _item(self, key: dict[str, Any]) -> dict[str, Any]:
        named = (key.get("id") or key.get("item") or {"S": ""})["S"].partition("#")[0]
        held = {
            "key": {"owner": {"S": "alice"}},
            "owner": {"webhookSecret": {"S": "whsec_c2VjcmV0"}},
            "task": self.row,
            "delivery": self.delivery,
        }
        return held.get(named, {})

    def named(self, name: str) -> list[dict[str, Any]]:
        return [request for called, request in self.calls if called == name]


@pytest.fixture
def aws(
    clients: dict[str, Any], secret: Callable[[object], None], environment: pytest.MonkeyPatch
) -> Aws:
    made = Aws()
    clients |= dict.fromkeys(("dynamodb", "s3", "sns", "sqs"), made)
    accounts = {"maxapi": {"key": "a-key", "url": "https://maxapi.test"}}
    secret({"callbackKey": CALLBACK_KEY, **accounts})
    for name in ENVIRONMENT:
        environment.setenv(name, name.lower())
    environment.setenv("PROVIDER_ORDER", "maxapi")
    return made


def invoke(name: str) -> Any:
    context = SimpleNamespace(aws_request_id="r", get_remaining_time_in_millis=lambda: 1000)
    return function(FUNCTIONS[name]).handler(event(name), context)


def test_every_event_is_of_a_function() -> None:
    found = {f"{path.parent.name}/{path.stem}" for path in EVENTS.glob("[ah]*/*.json")}
    assert found == set(FUNCTIONS)
    assert {f"functions/{verb}" for verb in FUNCTIONS.values()} == {
        resource["Properties"]["CodeUri"]
        for resource in RESOURCES.values()
        if resource["Type"] == "AWS::Serverless::Function"
    }


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if n.startswith("http/")])
def test_every_request_is_of_a_route(name: str) -> None:
    routes = {
        f"{each['Properties']['Method']} {each['Properties']['Path']}"
        for resource in RESOURCES.values()
        for each in resource.get("Properties", {}).get("Events", {}).values()
        if each["Type"] == "HttpApi"
    }
    recorded = event(name)
    assert recorded["routeKey"] in routes
    assert recorded["requestContext"]["routeKey"] == recorded["routeKey"]
    path = (
        recorded["routeKey"]
        .split()[1]
        .replace("+}", "}")
        .format(**recorded.get("pathParameters", {}))
    )
    assert recorded["rawPath"] == recorded["requestContext"]["http"]["path"] == path


def test_authorize_lets_the_key_in(aws: Aws) -> None:
    header = event("http/authorize")["headers"]["authorization"]
    name = keys.key_name(keys.key_hash(header.removeprefix("Bearer ")))
    known = {"owner": "alice", "key": name, "limits": ""}
    assert invoke("http/authorize") == {"isAuthorized": True, "context": known}
    (request,) = aws.named("get_item")
    assert event("http/authorize")["identitySource"][0] == header
    assert request["Key"]["id"]["S"] == f"key#{keys.key_hash(header.removeprefix('Bearer '))}"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    """What was sent to a provider, which takes it."""
    accepted = response_of(recording("maxapi")["receipts"][0])
    requests: list[httpx.Request] = []

    def provider(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return on_the_wire(accepted)

    web = httpx.Client(transport=httpx.MockTransport(provider))
    monkeypatch.setattr(upstream, "_buying", lambda: web)
    return requests


def test_submit_buys_what_was_posted(aws: Aws, sent: list[httpx.Request]) -> None:
    answer = invoke("http/submit")
    assert (answer["statusCode"], len(sent)) == (202, 1)
    posted = json.loads(event("http/submit")["body"])
    assert json.loads(answer["body"])["input"] == posted["input"]
    assert json.loads(sent[0].content)["input"]["prompt"] == posted["input"]["prompt"]


def test_translate_buys_what_was_posted_in_another_s_words(
    aws: Aws, sent: list[httpx.Request]
) -> None:
    answer = invoke("http/translate")
    assert (answer["statusCode"], len(sent)) == (200, 1)
    told, posted = json.loads(answer["body"]), json.loads(event("http/translate")["body"])
    assert (told["code"], told["msg"], list(told["data"])) == (0, "ok", ["taskId"])
    assert json.loads(sent[0].content)["input"] == posted["input"]


def test_retell_tells_a_task_in_another_s_words(aws: Aws) -> None:
    answer = invoke("http/retell")
    assert answer["statusCode"] == 200
    data = json.loads(answer["body"])["data"]
    assert (data["taskId"], data["status"]) == (TASK_ID, "SUCCESS")
    assert [url.rpartition("/")[2] for url in data["result"]["urls"]] == [f"{LINK_TOKEN}.png"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("http/get", lambda body: body["taskId"] == TASK_ID and body["images"]),
        ("http/list", lambda body: [task["taskId"] for task in body["tasks"]] == [TASK_ID]),
        ("http/models", lambda body: len(body["models"]) == 3),
        ("http/overview", lambda body: (body["tasks"], body["complete"]) == (1, True)),
    ],
)
def test_query_shows_what_was_asked_for(
    aws: Aws, name: str, shown: Callable[[dict[str, Any]], object]
) -> None:
    answer = invoke(name)
    assert answer["statusCode"] == 200
    assert shown(json.loads(answer["body"]))


def test_a_browsers_token_shows_its_own_subjects_tasks(aws: Aws) -> None:
    assert invoke("http/browser")["statusCode"] == 200
    (asked,) = aws.named("query")
    subject = event("http/browser")["requestContext"]["authorizer"]["jwt"]["claims"]["sub"]
    owner = asked["ExpressionAttributeValues"][":owner"]["S"]
    assert owner.startswith("jwt.")
    assert owner.endswith(f".{subject}")


def test_upload_is_given_a_place(aws: Aws) -> None:
    answer = invoke("http/upload")
    assert answer["statusCode"] == 201
    assert json.loads(answer["body"])["uploadUrl"].startswith(f"{BUCKET}/uploads/")


def test_cancel_lets_go_of_what_is_bought(aws: Aws) -> None:
    aws.hold(State.SUBMITTED, provider_task_id="job")
    answer = invoke("http/cancel")
    assert (answer["statusCode"], json.loads(answer["body"])["status"]) == (200, "cancelled")
    (written,) = aws.named("update_item")
    assert written["ExpressionAttributeValues"][":state"] == {"S": "cancelled"}


def test_remove_leaves_a_tombstone(aws: Aws) -> None:
    assert invoke("http/delete")["statusCode"] == 204
    (written,) = aws.named("put_item")
    assert rows.is_tombstone(rows.unpack_row(written["Item"]))
    assert [request["Prefix"] for request in aws.named("list_objects_v2")] == [f"alice/{TASK_ID}/"]


def test_show_leads_to_the_picture(aws: Aws) -> None:
    answer = invoke("http/link")
    assert answer["statusCode"] == 302
    assert answer["headers"]["Location"].startswith(f"{BUCKET}/{an_image().key}?")


def test_describe_tells_its_own_address(aws: Aws) -> None:
    answer = invoke("http/openapi")
    domain = event("http/openapi")["requestContext"]["domainName"]
    assert json.loads(answer["body"])["servers"] == [{"url": f"https://{domain}"}]


def test_console_is_a_page_that_may_show_pictures_of_the_bucket(aws: Aws) -> None:
    answer = invoke("http/console")
    assert (answer["statusCode"], answer["headers"]["Content-Type"][:9]) == (200, "text/html")
    assert f"{BUCKET};" in answer["headers"]["Content-Security-Policy"]


def test_notify_keeps_the_webhook(aws: Aws) -> None:
    answer = invoke("http/webhook")
    assert (answer["statusCode"], json.loads(answer["body"])["url"]) == (200, CLIENT)
    (written,) = aws.named("update_item")
    assert written["ExpressionAttributeValues"][":url"] == {"S": CLIENT}


def test_deliver_posts_what_the_message_names(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[str] = []

    def post(url: str, content: bytes, headers: dict[str, str]) -> Answer:
        posted.append(url)
        return Answer(status=204)

    monkeypatch.setattr(downstream, "post", post)
    assert invoke("aws/deliver") == {"batchItemFailures": []}
    assert posted == [CLIENT]
    begun, ended = (write["ExpressionAttributeValues"] for write in aws.named("update_item"))
    assert (begun[":count"], ended[":state"]) == ({"N": "1"}, {"S": "delivered"})


def test_callback_rings_with_the_hint_of_the_body(aws: Aws) -> None:
    assert invoke("http/callback") == {"statusCode": 200, "body": ""}
    (message,) = aws.named("send_message")
    hint = json.loads(event("http/callback")["body"])["data"]["taskId"]
    rung = json.loads(message["MessageBody"])
    assert (rung["taskId"], rung["attempt"], rung["hint"]) == (TASK_ID, 1, hint)


def test_advance_takes_the_message(aws: Aws) -> None:
    assert invoke("aws/queue") == {"batchItemFailures": []}
    (read,) = aws.named("query")
    assert read["ExpressionAttributeValues"] == {":id": {"S": TASK_ID}}


def test_publish_tells_of_the_row(aws: Aws) -> None:
    assert invoke("aws/stream") == {"batchItemFailures": []}
    (told,) = aws.named("publish")
    assert json.loads(told["Message"])["data"]["taskId"] == TASK_ID
    assert [request["Key"]["taskId"] for request in aws.named("update_item")] == [{"S": TASK_ID}]


def test_thumbnail_makes_one_of_each_picture(aws: Aws) -> None:
    assert invoke("aws/told") == {"batchItemFailures": []}
    (kept,) = aws.named("put_object")
    (noted,) = aws.named("update_item")
    assert kept["Key"] == "alice/tsk_test/a.thumb.webp"
    assert noted["ExpressionAttributeValues"][":key0"] == {"S": kept["Key"]}


@pytest.mark.parametrize("name", ["aws/stream", "aws/told"])
def test_the_recorded_rows_are_as_rows_are_written(name: str) -> None:
    for image in ("OldImage", "NewImage"):
        recorded = event(name)["Records"][0]["dynamodb"][image]
        task: Task = rows.task_of(rows.unpack_row(recorded))
        assert rows.pack_row(rows.row_of(task)) == recorded


def test_poll_needs_nothing_from_its_schedule(aws: Aws) -> None:
    assert invoke("aws/schedule") is None
    assert len(aws.named("query")) == 8
    target = RESOURCES["PollSchedule"]["Properties"]["Target"]
    assert json.loads(target["Input"]) == event("aws/schedule")
