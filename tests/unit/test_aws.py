"""AWS is asked over real connections: kept, repeated where that may help, and never in the dark."""

import io
import json
import ssl
import threading
import time
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from plantain import aws, store, tls, wire
from plantain.errors import AwsError, ConditionFailed
from tests.unit.internet import serving, trusting
from tests.unit.samples import a_request, a_task

OK = (200, b'{"Item": {}}')
ERROR = b"<Error><Code>%s</Code><Message>No, %s.</Message></Error>"


class Cloud:
    """Says what it was told to say, one thing after the other, and remembers what it was asked."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.says: list[tuple[int, bytes] | str] = []
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.connections = 0
        handler = type("Handler", (Desk,), {"cloud": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        scheme = "https" if context else "http"
        self.url = f"{scheme}://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


class Desk(BaseHTTPRequestHandler):
    """Where one connection's requests are answered."""

    protocol_version = "HTTP/1.1"
    cloud: Cloud

    def setup(self) -> None:
        self.cloud.connections += 1
        super().setup()

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.cloud.asked.append((self.command, self.path, dict(self.headers.items()), body))
        said = self.cloud.says.pop(0) if self.cloud.says else OK
        self.close_connection = isinstance(said, str)
        match said:
            case "is silent":
                self.rfile.read(1)  # until the other side hangs up
            case "says good-bye":
                self.say(*OK)
            case "stops too early":
                self.say(*OK, missing=1)
            case (int(status), bytes(content)):
                self.say(status, content)

    do_POST = do_PUT = do_GET = do_HEAD = answer  # noqa: N815

    def say(self, status: int, content: bytes, missing: int = 0) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) + missing))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """It only answers."""


@pytest.fixture(params=["http", "https"])
def cloud(request: pytest.FixtureRequest, environment: pytest.MonkeyPatch) -> Iterator[Cloud]:
    made = Cloud(serving("127.0.0.1") if request.param == "https" else None)
    environment.setenv("AWS_ENDPOINT_URL", made.url)
    environment.setattr(wire, "tls", SimpleNamespace(context=cache(trusting)))
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    taken: list[float] = []
    monkeypatch.setattr(time, "sleep", taken.append)
    return taken


def refused(code: str, **more: Any) -> tuple[int, bytes]:
    return 400, json.dumps({"__type": f"com.amazonaws#{code}", "message": "No.", **more}).encode()


def get_item() -> Any:
    return aws.Json("dynamodb").get_item(TableName="tasks", Key={"id": {"S": "ü"}})


def test_an_operation_is_asked_for_by_its_name(cloud: Cloud) -> None:
    assert get_item() == {"Item": {}}
    ((method, path, headers, body),) = cloud.asked
    assert (method, path) == ("POST", "/")
    assert headers["x-amz-target"] == "DynamoDB_20120810.GetItem"
    assert headers["content-type"] == "application/x-amz-json-1.0"
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=id/")
    assert json.loads(body) == {"TableName": "tasks", "Key": {"id": {"S": "ü"}}}


def test_a_connection_is_kept(cloud: Cloud) -> None:
    table = aws.Json("dynamodb")
    for _ in range(5):
        table.scan(TableName="tasks")
    assert (len(cloud.asked), cloud.connections) == (5, 1)


def test_one_that_was_closed_meanwhile_is_not_used_and_costs_no_pause(
    cloud: Cloud, pauses: list[float]
) -> None:
    table = aws.Json("dynamodb")
    cloud.says = ["says good-bye"]
    table.scan(TableName="tasks")
    ((idle,),) = table._wire._idle.values()
    while idle.sock is not None and not wire.is_dropped(idle):
        threading.Event().wait(0.01)
    table.scan(TableName="tasks")
    assert (len(cloud.asked), cloud.connections, pauses) == (2, 2, [])


def test_where_one_turns_out_to_be_dead_no_other_that_was_kept_is_tried(
    cloud: Cloud, pauses: list[float]
) -> None:
    table = aws.Json("dynamodb")
    table.scan(TableName="tasks")
    (idle,) = table._wire._idle.values()
    first = idle.pop()
    table.scan(TableName="tasks")
    idle.append(first)
    cloud.says = ["hangs up"]
    table.scan(TableName="tasks")
    assert (len(cloud.asked), cloud.connections) == (4, 3)


def test_several_may_ask_at_once(cloud: Cloud) -> None:
    table, told = aws.Json("dynamodb"), list[Any]()
    threads = [
        threading.Thread(target=lambda: told.append(table.scan(TableName="tasks")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [{"Item": {}}] * 8
    assert cloud.connections <= 8


@pytest.mark.parametrize(
    "said",
    [
        "hangs up",
        "stops too early",
        (500, b"{}"),
        (503, b"<html>"),
        (200, b"<html>"),
        (400, b"[]"),
        refused("ThrottlingException"),
        refused("ProvisionedThroughputExceededException"),
    ],
    ids=str,
)
def test_what_passes_is_tried_again_after_longer_and_longer_pauses(
    said: Any, cloud: Cloud, pauses: list[float]
) -> None:
    cloud.says = [said, said, said]
    assert get_item() == {"Item": {}}
    assert len(cloud.asked) == aws.MAX_TRIES
    assert [0 <= pause < most for pause, most in zip(pauses, (1, 2, 4), strict=True)] == [True] * 3


def test_a_transaction_that_is_tried_again_is_known_by_its_token(
    cloud: Cloud, pauses: list[float]
) -> None:
    cloud.says = [(500, b"{}")]
    for name in ("one", "another"):
        store.create(a_task(task_id=f"tsk_{name}", request=a_request(prompt="A lamp. " * 1000)))
    first, again, other = (json.loads(body)["ClientRequestToken"] for *_, body in cloud.asked)
    assert first == again != other
    assert 1 <= len(first) <= 36


def test_and_not_for_ever(cloud: Cloud, pauses: list[float]) -> None:
    cloud.says = [refused("ThrottlingException")] * 9
    with pytest.raises(AwsError, match=r"GetItem: ThrottlingException: No\."):
        get_item()
    assert len(cloud.asked) == aws.MAX_TRIES


@pytest.mark.parametrize("told", [b"", b"{}", b'{"__type": null, "message": null, "Item": null}'])
def test_what_is_refused_without_a_reason_is_told_by_its_status(told: bytes, cloud: Cloud) -> None:
    cloud.says = [(400, told)]
    with pytest.raises(AwsError, match=r"GetItem: HTTP 400: $") as refusal:
        get_item()
    assert (refusal.value.code, refusal.value.item) == ("HTTP 400", {})


@pytest.mark.parametrize("code", ["AccessDeniedException", "ValidationException"])
def test_what_stays_is_said_at_once(code: str, cloud: Cloud, pauses: list[float]) -> None:
    cloud.says = [refused(code)]
    with pytest.raises(AwsError) as told:
        get_item()
    assert (told.value.code, told.value.status, len(cloud.asked)) == (code, 400, 1)


@pytest.mark.parametrize(
    "written",
    [
        "AccessDeniedException",
        "com.amazon.coral.service#AccessDeniedException",
        "AccessDeniedException:http://internal.amazon.com/coral/",
        "com.amazon.coral.service#AccessDeniedException:http://internal.amazon.com/#coral",
    ],
)
def test_a_code_is_read_however_it_is_written(written: str, cloud: Cloud) -> None:
    cloud.says = [(400, json.dumps({"__type": written}).encode())]
    with pytest.raises(AwsError) as told:
        get_item()
    assert told.value.code == "AccessDeniedException"


@pytest.mark.parametrize(
    "code", ["ConditionalCheckFailedException", "TransactionCanceledException"]
)
def test_a_failed_condition_says_what_is_there(code: str, cloud: Cloud) -> None:
    cloud.says = [refused(code, Item={"state": {"S": "failed"}})]
    with pytest.raises(ConditionFailed) as told:
        get_item()
    assert told.value.item == {"state": {"S": "failed"}}


def test_a_signature_that_is_refused_is_not_explained_with_our_token(cloud: Cloud) -> None:
    explained = (
        "It does not match.\n\nThe Canonical String should have been\nx-amz-security-token:t"
    )
    told = {"__type": "InvalidSignatureException", "message": explained}
    cloud.says = [(400, json.dumps(told).encode())]
    with pytest.raises(AwsError) as refusal:
        get_item()
    assert str(refusal.value) == "GetItem: InvalidSignatureException: It does not match."


def test_where_nobody_answers_that_is_said(
    environment: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    environment.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(AwsError) as told:
        get_item()
    assert (told.value.code, told.value.status, len(pauses)) == ("Unreachable", 0, 3)


def test_nobody_is_waited_for_who_never_answers(
    cloud: Cloud, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "READ_SECONDS", 0.05)
    cloud.says = ["is silent"] * aws.MAX_TRIES
    with pytest.raises(AwsError) as told:
        get_item()
    assert (told.value.code, type(told.value.__cause__)) == ("Unreachable", TimeoutError)


@pytest.mark.parametrize("cloud", ["https"], indirect=True)
def test_who_cannot_show_that_it_is_aws_hears_nothing(
    cloud: Cloud, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "tls", tls)
    with pytest.raises(AwsError) as told:
        get_item()
    assert (told.value.code, cloud.asked) == ("Unreachable", [])


def test_a_topic_is_told_with_a_form(cloud: Cloud) -> None:
    attributes = {
        "type": {"DataType": "String", "StringValue": "task.succeeded"},
        "owner": {"DataType": "String", "StringValue": "a&b"},
    }
    aws.Topics("sns").publish(TopicArn="arn", Message="ü=1", MessageAttributes=attributes)
    ((_, _, _, body),) = cloud.asked
    assert body.decode() == (
        "Action=Publish&Version=2010-03-31&TopicArn=arn&Message=%C3%BC%3D1"
        "&MessageAttributes.entry.1.Name=type"
        "&MessageAttributes.entry.1.Value.DataType=String"
        "&MessageAttributes.entry.1.Value.StringValue=task.succeeded"
        "&MessageAttributes.entry.2.Name=owner"
        "&MessageAttributes.entry.2.Value.DataType=String"
        "&MessageAttributes.entry.2.Value.StringValue=a%26b"
    )


def test_what_a_topic_refuses_is_said(cloud: Cloud) -> None:
    cloud.says = [(403, ERROR % (b"AuthorizationError", b"never"))]
    with pytest.raises(AwsError, match=r"Publish: AuthorizationError: No, never\."):
        aws.Topics("sns").publish(TopicArn="arn", Message="m")


def test_a_picture_is_put_from_its_file_also_a_second_time(
    cloud: Cloud, pauses: list[float]
) -> None:
    content = bytes(range(256)) * 1000
    digest = sha256(content).hexdigest()
    cloud.says = [(503, ERROR % (b"SlowDown", b"later")), (200, b"")]
    aws.Objects("s3").put_object(
        Bucket="images",
        Key="alice/a b.png",
        Body=io.BytesIO(content),
        Sha256=digest,
        ContentLength=len(content),
        ContentType="image/png",
    )
    for method, path, headers, body in cloud.asked:
        assert (method, path, body) == ("PUT", "/images/alice/a%20b.png", content)
        assert headers["x-amz-content-sha256"] == digest
        assert headers["content-type"] == "image/png"
    assert len(cloud.asked) == 2


@pytest.mark.parametrize(("status", "code"), [(403, "403"), (404, "404")])
def test_an_object_that_is_not_there_is_told_by_its_status(
    status: int, code: str, cloud: Cloud
) -> None:
    cloud.says = [(status, b"")]
    with pytest.raises(AwsError) as told:
        aws.Objects("s3").head_object(Bucket="images", Key="none")
    assert (told.value.status, told.value.code) == (status, code)


def test_an_object_is_read(cloud: Cloud) -> None:
    cloud.says = [(200, b"picture")]
    assert aws.Objects("s3").get_object(Bucket="images", Key="a")["Body"] == b"picture"
