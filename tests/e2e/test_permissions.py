"""The functions' roles allow what the functions do, and nothing else; nobody else gets anything.

Everything that a function ever does is done here once; the local cloud holds each to its role.
"""

import base64
import json
import secrets
from collections.abc import Callable
from copy import copy
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError

from local.config import REGION
from plantain.endpoints import PATIENCE, _key
from tests.e2e.aws import Json
from tests.e2e.cloud import PICTURE, Cloud, Placed, eventually
from tests.e2e.permissions import Permission, granted, lambdas_own, missing, seen, unused
from tests.e2e.receiver import Receiver

PNG = b"\x89PNG\r\n\x1a\n" + secrets.token_bytes(100)
LONG_AGO = "2020-01-01T00:00:00.000Z"


@pytest.fixture(scope="module")
def done(telling: Cloud, receivers: dict[str, Receiver]) -> set[Permission]:
    """What the functions did, once all of this has happened."""
    cloud = within_limits(telling)
    running = cloud.order(cloud.way("aigptimage"), "never")
    slow = order_from_a_slow_endpoint(cloud, receivers["recovers"])
    broken = order(cloud.api, cloud, receivers["is broken"])
    reach_a_limit(cloud)
    task_id = order_from_a_picture(cloud, receivers["takes"])
    make_due(cloud, running.task_id)  # for a sweep to ring for
    change_webhooks(cloud, receivers["takes"])
    look_at(cloud, task_id)
    speak_otherwise(cloud)
    make_due(cloud, task_id)  # announced once more
    assert cloud.api.post(f"/v1/tasks/{task_id}/deliveries").status_code == 202
    cancel_after_some_looks(cloud, running)
    await_delivery(cloud.api, broken, "failed")
    forget_dead_letter(cloud)
    await_delivery(*slow, "delivered")
    await_delivery(cloud.api, task_id, "delivered")
    cloud.delete(task_id)
    bury(cloud, task_id)
    return seen(cloud.directory / "logs/permissions.log") | lambdas_own(cloud.aws)


def within_limits(cloud: Cloud) -> Cloud:
    """The same cloud to a client whose key has limits."""
    limited = copy(cloud)
    key = cloud.make_key(cloud.owner, "requests=9999/min tasks=999/day")
    limited.api = cloud.api_of(key)
    return limited


def reach_a_limit(cloud: Cloud) -> None:
    api = cloud.api_of(cloud.make_key("lena", "active=1"))
    bodies = [cloud.body(cloud.way("maxapi"), "slow=2") for _ in range(2)]
    assert [api.post("/v1/tasks", json=body).status_code for body in bodies] == [202, 429]


def order(api: httpx.Client, cloud: Cloud, receiver: Receiver, **headers: str) -> str:
    body = {**cloud.body(cloud.way("maxapi"), "fast"), "callBackUrl": receiver.url}
    answer = api.post("/v1/tasks", json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["taskId"])


def order_from_a_slow_endpoint(cloud: Cloud, receiver: Receiver) -> tuple[httpx.Client, str]:
    """Its first try is among the slow; as it answers, the second is not."""
    api = cloud.api_of(cloud.make_key("nora"))
    cloud.aws.client("dynamodb").update_item(
        TableName=cloud.aws.outputs["TaskTableName"],
        Key=_key("nora", receiver.url),
        UpdateExpression="SET timeouts = :patience",
        ExpressionAttributeValues={":patience": {"N": str(PATIENCE)}},
    )
    return api, order(api, cloud, receiver)


def uploaded(cloud: Cloud) -> str:
    place = cloud.api.post("/v1/uploads", json={"contentType": "image/png", "bytes": len(PNG)})
    put = cloud.web.put(place.json()["uploadUrl"], headers=place.json()["headers"], content=PNG)
    assert put.status_code == 200, put.text
    return str(place.json()["link"])


def order_from_a_picture(cloud: Cloud, receiver: Receiver) -> str:
    """Sent twice, with a picture in it and a reference to another; shown by its URL and links."""
    link = uploaded(cloud)
    inline = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    body = cloud.body(cloud.way("maxapi", mode="image-to-image"), "fast")
    body["input"]["imageUrls"] = [link, inline]
    body["callBackUrl"] = receiver.url
    named = {"Idempotency-Key": secrets.token_hex(8)}
    task_id = cloud.place(body, **named).task_id
    cloud.api.get(f"/v1/tasks/{task_id}", params={"wait": "20"})
    cloud.wait(task_id)
    (again,) = cloud.place(body, **named).answer["images"]
    for url in (again["url"], again["link"], link):
        assert cloud.web.get(url, follow_redirects=True).status_code == 200
    await_delivery(cloud.api, task_id, "delivered")
    return task_id


def look_at(cloud: Cloud, task_id: str) -> None:
    assert cloud.web.get(cloud.show(task_id)["images"][0]["url"]).status_code == 200
    assert cloud.api.get("/v1/tasks").status_code == 200
    for path in ("/v1/models", "/v1/overview", "/docs", "/"):
        assert cloud.api.get(path).status_code == 200
    (shown,) = eventually(
        lambda: cloud.show(task_id)["images"], lambda images: images[0]["thumbnail"]
    )
    assert cloud.web.get(shown["thumbnail"]).status_code == 200


def change_webhooks(cloud: Cloud, receiver: Receiver) -> None:
    api = cloud.api_of(cloud.make_key("otto"))
    assert api.put("/v1/webhook", json={"url": receiver.url}).status_code == 200
    for path in ("rotate", "test"):
        assert api.post(f"/v1/webhook/{path}").status_code == 200


def cancel_after_some_looks(cloud: Cloud, placed: Placed) -> None:
    """Nobody rings for it; more than one look besides the sweep's is a chain of them."""
    eventually(lambda: cloud.ledger(placed.prompt)[0]["statusRequests"], lambda looks: looks > 2)
    path = f"/v1/tasks/{placed.task_id}/cancel"
    assert cloud.api.post(path, json={"discard": True}).status_code == 200


def speak_otherwise(cloud: Cloud) -> None:
    """In others' words: from pictures uploaded and inside, by one who never calls, too often."""
    owner = "mila"
    key = cloud.make_key(owner, "requests=1000 active=1", stays=True)
    api, place = cloud.api_of(key), "/api/v1/jobs/createTask"
    inline = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    prompt = cloud.body(cloud.way("aigptimage"), "slow=2")["input"]["prompt"]
    edit = {"prompt": prompt, "image_urls": [PICTURE, uploaded(cloud)]}
    body = {"model": "nano-banana-image-to-image", "input": edit}
    named = {"X-Request-ID": prompt}
    order = api.post(place, json=body, headers=named).json()
    assert api.post(place, json=body, headers=named).json() == order
    task_id = order["data"]["taskId"]
    cloud.api_of(cloud.make_key(owner, "requests=1000")).get(f"/api/v1/task/{task_id}")
    from_picture = {"prompt": "a fox", "image_input": [inline]}
    eventually(
        lambda: api.post(place, json={"model": "nano-banana-pro", "input": from_picture}),
        lambda answer: answer.is_success,
    )


def await_delivery(api: httpx.Client, task_id: str, state: str) -> None:
    path = f"/v1/tasks/{task_id}/deliveries"
    eventually(
        lambda: api.get(path).json()["deliveries"],
        lambda found: [each["state"] for each in found] == [state],
    )


def forget_dead_letter(cloud: Cloud) -> None:
    queues, url = cloud.aws.client("sqs"), cloud.aws.outputs["DeliverDeadLettersUrl"]
    (message,) = queues.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def make_due(cloud: Cloud, task_id: str, **more: str) -> None:
    sets = "".join(f", {name} = :{name}" for name in more)
    cloud.aws.client("dynamodb").update_item(
        TableName=cloud.aws.outputs["TaskTableName"],
        Key={"taskId": {"S": task_id}, "item": {"S": "task"}},
        UpdateExpression=f"SET due = :now, #shard = :shard{sets}",
        ExpressionAttributeNames={"#shard": "shard"},
        ExpressionAttributeValues={":now": {"N": "1"}, ":shard": {"N": "0"}}
        | {f":{name}": {"S": value} for name, value in more.items()},
    )


def bury(cloud: Cloud, task_id: str) -> None:
    """A deleted task to which somebody added something at its end is emptied once more."""
    cloud.aws.client("dynamodb").put_item(
        TableName=cloud.aws.outputs["TaskTableName"],
        Item={"taskId": {"S": task_id}, "item": {"S": "delivery#late"}},
    )
    cloud.aws.client("s3").put_object(
        Bucket=cloud.aws.outputs["ImageBucketName"], Key=f"{cloud.owner}/{task_id}/late.png"
    )
    make_due(cloud, task_id, deletedAt=LONG_AGO)
    eventually(
        lambda: cloud.aws.items(task_id),
        lambda items: len(items) == 1 and "due" not in items[0],
    )


def test_no_function_lacks_a_permission(telling: Cloud, done: set[Permission]) -> None:
    assert missing(granted(telling.aws), done) == []


def test_no_function_has_a_permission_that_it_does_not_use(
    telling: Cloud, done: set[Permission]
) -> None:
    assert unused(granted(telling.aws), done) == []


@pytest.fixture(scope="module")
def somebody(telling: Cloud) -> dict[str, str]:
    """The keys of a user of the account who may do everything."""
    iam = telling.aws.client("iam")
    iam.create_user(UserName="somebody")
    everything: Json = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.put_user_policy(
        UserName="somebody",
        PolicyName="everything",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )
    made = iam.create_access_key(UserName="somebody")["AccessKey"]
    return {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
    }


@pytest.fixture(params=["https", "http"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ask(telling: Cloud, somebody: dict[str, str], scheme: str) -> Callable[[str], Any]:
    """Clients whose requests come as if by the scheme."""

    def mark(request: Any, **_: object) -> None:
        request.headers["X-Forwarded-Proto"] = scheme

    def client(service: str) -> Any:
        url = telling.aws.endpoint
        made = boto3.client(service, endpoint_url=url, region_name=REGION, **somebody)
        made.meta.events.register("before-send", mark)
        return made

    return client


def is_allowed(call: Callable[..., object], **named: str) -> bool:
    try:
        call(**named)
    except ClientError as error:
        if "AccessDenied" not in error.response["Error"]["Code"]:
            raise
        return False
    return True


def test_the_bucket_is_reached_over_tls_only(
    telling: Cloud, ask: Callable[[str], Any], scheme: str
) -> None:
    bucket = telling.aws.outputs["ImageBucketName"]
    assert is_allowed(ask("s3").list_objects_v2, Bucket=bucket) is (scheme == "https")


def test_queues_are_reached_over_tls_only(
    telling: Cloud, ask: Callable[[str], Any], scheme: str
) -> None:
    outputs = telling.aws.outputs.items()
    urls = [url for name, url in outputs if name.endswith(("QueueUrl", "DeadLettersUrl"))]
    look = ask("sqs").get_queue_attributes
    assert [is_allowed(look, QueueUrl=url) for url in urls] == [scheme == "https"] * 7


def test_a_signed_url_opens_only_what_it_was_signed_for(telling: Cloud, done: object) -> None:
    task = telling.wait(telling.order(telling.way("maxapi"), "fast").task_id)
    url = task["images"][0]["url"]
    assert telling.web.get(url).status_code == 200
    for other in (url.replace(task["taskId"], "other"), url.replace("Expires=900", "Expires=9000")):
        assert telling.web.get(other).status_code == 403
    assert telling.web.put(url, content=PNG).status_code == 403
    assert telling.web.get(url.partition("?")[0]).status_code == 403
