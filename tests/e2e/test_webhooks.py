"""Clients are told: signed, again and again if need be, and none of them in the way of another."""

import json
from datetime import datetime
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from tests.e2e.aws import Json
from tests.e2e.cloud import Cloud, eventually
from tests.e2e.receiver import Receiver

TRIES = 4
STORIES = ("takes", "recovers", "hangs", "drips", "redirects", "is gone", "is busy", "is broken")


@pytest.fixture(scope="module")
def told(telling: Cloud, receivers: dict[str, Receiver]) -> dict[str, str]:
    """A task for each story, all ordered at once; its id."""
    return {name: order(telling, receivers[name].url) for name in STORIES}


def order(cloud: Cloud, url: str | None = None, api: httpx.Client | None = None) -> str:
    body = cloud.body(words="fast") | ({"callBackUrl": url} if url else {})
    answer = (api or cloud.api).post("/v1/tasks", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["taskId"])


def deliveries(cloud: Cloud, task_id: str, api: httpx.Client | None = None) -> list[Json]:
    answer = (api or cloud.api).get(f"/v1/tasks/{task_id}/deliveries")
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["deliveries"]
    return found


def ended(cloud: Cloud, task_id: str, api: httpx.Client | None = None) -> Json:
    """The one delivery of a task, once it is pending no more."""
    found = eventually(
        lambda: deliveries(cloud, task_id, api),
        lambda found: found and found[0]["state"] != "pending",
    )
    assert len(found) == 1
    return found[0]


def errors(delivery: Json) -> list[Any]:
    return [each["error"] for each in delivery["tries"]]


@pytest.mark.parametrize(
    ("story", "state", "statuses", "said"),
    [
        ("takes", "delivered", [200], [None]),
        ("recovers", "delivered", [500, 503, 204], ["refused", "refused", None]),
        ("hangs", "delivered", [None, None, 200], ["timeout", "timeout", None]),
        ("drips", "delivered", [None, 200], ["timeout", None]),
        ("redirects", "delivered", [302, 200], ["redirect", None]),
        ("is gone", "stopped", [410], ["gone"]),
        ("is busy", "delivered", [429, 200], ["refused", None]),
        ("is broken", "failed", [500] * TRIES, ["refused"] * TRIES),
    ],
)
def test_a_webhook_is_tried_until_it_is_taken(
    telling: Cloud,
    receivers: dict[str, Receiver],
    told: dict[str, str],
    story: str,
    state: str,
    statuses: list[int | None],
    said: list[str | None],
) -> None:
    delivery, receiver = ended(telling, told[story]), receivers[story]
    assert (delivery["state"], errors(delivery)) == (state, said)
    assert [each["status"] for each in delivery["tries"]] == statuses
    assert delivery["url"] == receiver.url
    assert delivery["nextAt"] is None
    assert len(receiver.of(delivery["id"])) == len(said)
    assert all(each["durationMs"] >= 0 for each in delivery["tries"])


def test_it_is_what_the_topic_was_told_and_signed_anew_at_each_try(
    telling: Cloud, receivers: dict[str, Receiver]
) -> None:
    task_id = order(telling, receivers["recovers"].url)
    ended(telling, task_id)
    event = telling.events(task_id)[-1].body
    secret = telling.api.get("/v1/webhook").json()["secret"]
    tries = receivers["recovers"].of(event["id"])
    for each in tries:
        assert each.headers["content-type"] == "application/json"
        assert Webhook(secret).verify(each.body, each.headers) == event
    assert (len(tries), len({each.body for each in tries})) == (3, 1)
    (image,) = event["data"]["images"]
    assert telling.web.get(image["link"], follow_redirects=True).status_code == 200


def test_retry_after_is_honoured(telling: Cloud, told: dict[str, str]) -> None:
    first, second = ended(telling, told["is busy"])["tries"]
    moments = [datetime.fromisoformat(each["at"]).timestamp() for each in (first, second)]
    assert moments[1] - moments[0] >= 4


def test_what_failed_for_good_lies_in_the_dead_letters(
    telling: Cloud, told: dict[str, str]
) -> None:
    delivery, queues = ended(telling, told["is broken"]), telling.aws.client("sqs")
    queue = telling.aws.outputs["DeliverDeadLettersUrl"]
    found = queues.receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
    assert [json.loads(each["Body"]) for each in found] == [
        {"taskId": told["is broken"], "eventId": delivery["id"], "series": 0}
    ]


def test_published_twice_it_is_delivered_once(
    telling: Cloud, receivers: dict[str, Receiver], told: dict[str, str]
) -> None:
    """A row that is due again is published again: as after a crash between topic and table."""
    task_id = told["takes"]
    event_id = ended(telling, task_id)["id"]
    before = len(telling.events(task_id))
    telling.aws.client("dynamodb").update_item(
        TableName=telling.aws.outputs["TaskTableName"],
        Key={"taskId": {"S": task_id}, "item": {"S": "task"}},
        UpdateExpression="SET due = :now, #shard = :shard",
        ExpressionAttributeNames={"#shard": "shard"},
        ExpressionAttributeValues={":now": {"N": "1"}, ":shard": {"N": "0"}},
    )
    eventually(lambda: telling.events(task_id), lambda events: len(events) > before)
    eventually(lambda: telling.aws.row(task_id), lambda row: "due" not in row)
    assert telling.events(task_id)[-1].body["id"] == event_id
    assert len(receivers["takes"].of(event_id)) == len(ended(telling, task_id)["tries"]) == 1


def test_duplicated_messages_send_nothing_twice(
    telling: Cloud, receivers: dict[str, Receiver]
) -> None:
    task_id = order(telling, receivers["recovers"].url)
    (delivery,) = eventually(lambda: deliveries(telling, task_id), bool)
    errand = json.dumps({"taskId": task_id, "eventId": delivery["id"], "series": 0})
    queue = telling.aws.outputs["DeliverQueueUrl"]
    for _ in range(5):
        telling.aws.client("sqs").send_message(QueueUrl=queue, MessageBody=errand)
    assert errors(ended(telling, task_id)) == ["refused", "refused", None]
    assert len(receivers["recovers"].of(delivery["id"])) == 3


def test_it_is_sent_again_with_the_same_id(telling: Cloud, receivers: dict[str, Receiver]) -> None:
    task_id = order(telling, receivers["takes too"].url)
    event_id = ended(telling, task_id)["id"]
    answer = telling.api.post(f"/v1/tasks/{task_id}/deliveries")
    assert answer.status_code == 202
    assert answer.json()["deliveries"][0]["state"] == "pending"
    assert len(ended(telling, task_id)["tries"]) == 2
    first, second = receivers["takes too"].of(event_id)
    assert (first.body, first.id) == (second.body, second.id)


def test_only_an_ended_task_of_ones_own_with_a_webhook_is_sent_again(telling: Cloud) -> None:
    running = telling.order(words="never").task_id
    without = order(telling)
    telling.wait(without)
    other = telling.api_of(telling.make_key("olga"))
    for path in (running, without):
        assert telling.api.post(f"/v1/tasks/{path}/deliveries").status_code == 409
        assert deliveries(telling, path) == []
    assert telling.api.post(f"/v1/tasks/{running}/deliveries").json()["code"] == "task_running"
    assert telling.api.post(f"/v1/tasks/{without}/deliveries").json()["code"] == "no_webhook"
    for ask in (other.get, other.post):
        assert ask(f"/v1/tasks/{without}/deliveries").status_code == 404


def test_an_owner_has_a_webhook_for_all_its_tasks(
    telling: Cloud, receivers: dict[str, Receiver]
) -> None:
    api, receiver = telling.api_of(telling.make_key("dora")), receivers["takes too"]
    assert api.post("/v1/webhook/test").json()["code"] == "no_webhook"
    chosen = api.put("/v1/webhook", json={"url": receiver.url}).json()
    shown = api.get("/v1/webhook")
    assert shown.json() == chosen
    assert shown.headers["cache-control"] == "no-store"
    assert chosen["url"] == receiver.url
    delivery = ended(telling, order(telling, api=api), api)
    (received,) = receiver.of(delivery["id"])
    assert Webhook(chosen["secret"]).verify(received.body, received.headers)
    assert api.put("/v1/webhook", json={"url": None}).json() == {**chosen, "url": None}
    task_id = order(telling, api=api)
    eventually(lambda: telling.events(task_id), lambda events: len(events) >= 2)
    assert deliveries(telling, task_id, api) == []


def test_while_a_secret_is_replaced_both_sign(
    telling: Cloud, receivers: dict[str, Receiver]
) -> None:
    api, receiver = telling.api_of(telling.make_key("rita")), receivers["takes too"]
    old = api.put("/v1/webhook", json={"url": receiver.url}).json()
    new = api.post("/v1/webhook/rotate").json()
    assert new["secret"] != old["secret"]
    assert new["secretCreatedAt"] < new["previousSecretUntil"]
    assert api.get("/v1/webhook").json() == new
    (received,) = receiver.of(ended(telling, order(telling, api=api), api)["id"])
    for secret in (old["secret"], new["secret"]):
        assert Webhook(secret).verify(received.body, received.headers)


def test_a_webhook_can_be_tried_out(telling: Cloud, receivers: dict[str, Receiver]) -> None:
    api = telling.api_of(telling.make_key("tina"))
    for name, status, error in (("takes too", 202, None), ("is broken", 500, "refused")):
        secret = api.put("/v1/webhook", json={"url": receivers[name].url}).json()["secret"]
        said = api.post("/v1/webhook/test").json()
        assert (said["status"], said["error"]) == (status, error)
        received = receivers[name].received[-1]
        event = Webhook(secret).verify(received.body, received.headers)
        assert event["type"] == "webhook.test"
        assert event["id"] == received.id


@pytest.mark.parametrize(
    "url",
    [
        *("http://client.example/", "https://10.0.0.1/", "https://127.1/", "https://localhost/"),
        *("https://a:b@client.example/", "https://[::1]/", "https://169.254.169.254/x", "client"),
    ],
)
def test_a_webhook_that_is_not_public_and_https_is_refused(telling: Cloud, url: str) -> None:
    for answer in (
        telling.api.put("/v1/webhook", json={"url": url}),
        telling.submit({**telling.body(), "callBackUrl": url}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        assert answer.json()["errors"][0]["field"] in ("url", "callBackUrl")


def test_a_dead_endpoint_delays_no_others(telling: Cloud, receivers: dict[str, Receiver]) -> None:
    """Known to hang, it is asked by no more than two at a time, and never before the others."""
    dead, good = receivers["is dead"], receivers["takes too"]
    first = [order(telling, dead.url) for _ in range(2)]
    eventually(
        lambda: [error for task_id in first for error in _errors(telling, task_id)],
        lambda errors: errors.count("timeout") >= 2,
    )
    slow = telling.aws.outputs["SlowDeliverQueueUrl"]
    eventually(lambda: _messages(telling, slow), lambda count: count == len(first))
    dead.most_open = 0
    late = [order(telling, dead.url) for _ in range(6)]
    api = telling.api_of(telling.make_key("bella"))
    quick = [order(telling, good.url, api) for _ in range(6)]
    for task_id in quick:
        assert errors(ended(telling, task_id, api)) == [None]
    eventually(lambda: [bool(deliveries(telling, task_id)) for task_id in late], all)
    assert {deliveries(telling, task_id)[0]["state"] for task_id in late} == {"pending"}
    eventually(lambda: _messages(telling, slow), lambda count: count == len(late) + len(first))
    assert dead.most_open <= 2


def _errors(cloud: Cloud, task_id: str) -> list[Any]:
    return [error for delivery in deliveries(cloud, task_id) for error in errors(delivery)]


def _messages(cloud: Cloud, queue: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = cloud.aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)
    return sum(int(answer["Attributes"][name]) for name in names)


def test_the_way_there_is_told_to_the_topic_where_that_is_asked_for(
    telling: Cloud, receivers: dict[str, Receiver]
) -> None:
    way = telling.way("maxapi")
    body = {**telling.body(way, "busy=1 retry-after=1"), "callBackUrl": receivers["takes too"].url}
    task_id = telling.place(body).task_id
    delivery = ended(telling, task_id)
    kinds = ["task.queued", "task.submitted", "task.succeeded"]
    events = eventually(lambda: telling.events(task_id), lambda events: len(events) >= len(kinds))
    assert [each.body["type"] for each in events] == kinds
    assert [each.attributes["type"] for each in events] == kinds
    assert [each.body["data"]["status"] for each in events] == ["queued", "processing", "succeeded"]
    assert len({each.body["id"] for each in events}) == len(kinds)
    assert delivery["type"] == "task.succeeded"
