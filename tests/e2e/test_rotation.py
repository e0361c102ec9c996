"""Every secret is replaced while tasks are under way, and nobody notices; then the old one is worth
nothing.

A function holds what it has read for five minutes; a new worker reads anew, so that the tests end
the workers where an owner would wait."""

import hashlib
import json
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.e2e.cloud import Cloud, Placed, eventually
from tests.e2e.process import ROOT
from tests.e2e.receiver import Received, Receiver


def path_of(cloud: Cloud, placed: Placed) -> str:
    """What its provider was given as the address of a task: task, attempt and token."""
    entry = eventually(lambda: cloud.ledger(placed.prompt), bool)[0]
    url: str = entry["callbackUrl"]
    return url.partition("/v1/callback/")[2]


def key_name(path: str) -> str:
    """The first letters of a token name the key that it was made with."""
    return path.rpartition("/")[2][:4]


def secret_tool(cloud: Cloud, *arguments: str, given: str = "") -> None:
    """As `make rotate` and `make provider` do."""
    subprocess.run(
        [sys.executable, "-m", "tools.secret", *arguments],
        cwd=ROOT,
        env={"LOCAL_DIR": str(cloud.directory)},
        input=given,
        check=True,
        text=True,
        stdout=subprocess.DEVNULL,
    )


def callback_key(cloud: Cloud) -> str:
    """The name of the newest key."""
    held = cloud.aws.client("secretsmanager").get_secret_value(
        SecretId=cloud.aws.outputs["UpstreamSecretArn"]
    )
    key = json.loads(held["SecretString"])["callbackKey"]
    return hashlib.sha256(key.encode()).hexdigest()[:4]


def test_a_callback_key(telling: Cloud) -> None:
    """Two generations ring, also at a door that has not heard of the new key; a third does not."""
    way = telling.way("maxapi")
    first = telling.order(way, "slow=6")
    old = path_of(telling, first)
    assert telling.ring(old).status_code == 200  # there is a worker that knows the old key
    secret_tool(telling, "rotate")
    telling.start_anew("Submit")
    second = telling.order(way, "slow=3")
    new = path_of(telling, second)
    assert key_name(new) == callback_key(telling) != key_name(old)
    eventually(lambda: telling.ring(new).status_code, lambda status: status == 200)
    assert telling.ring(old).status_code == 200
    for placed in (first, second):
        assert telling.wait(placed.task_id)["status"] == "succeeded"
        assert sum(entry["charged"] for entry in telling.ledger(placed.prompt)) == 1
    secret_tool(telling, "rotate")
    telling.start_anew("Callback")
    assert telling.ring(new).status_code == 200
    assert telling.ring(old).status_code == 403


def test_a_callback_key_that_others_know(telling: Cloud) -> None:
    """It counts no more, not even for what was bought with it."""
    placed = telling.order(telling.way("maxapi"), "fast")
    path = path_of(telling, placed)
    telling.wait(placed.task_id)
    assert telling.ring(path).status_code == 200
    secret_tool(telling, "rotate", "--leaked")
    telling.start_anew("Callback", "Submit")
    assert telling.ring(path).status_code == 403


@pytest.fixture
def accounts(telling: Cloud) -> Iterator[Callable[..., None]]:
    """Sets the keys that maxapi takes."""
    url = f"{telling.upstream}/_sim/keys"
    yield lambda *keys: telling.web.put(url, json={"maxapi": keys}).raise_for_status()
    telling.web.delete(url)
    secret_tool(telling, "provider", "maxapi", given="local-maxapi-key\n")
    telling.start_anew("Submit", "Advance")


def test_a_providers_key(telling: Cloud, accounts: Callable[..., None]) -> None:
    way, old, new = telling.way("maxapi"), "local-maxapi-key", secrets.token_hex(8)
    under_way = telling.order(way, "slow=6")
    accounts(old, new)
    secret_tool(telling, "provider", "maxapi", given=f"{new}\n")
    meanwhile = telling.order(way, "fast")  # by a function that holds the old key
    telling.wait(meanwhile.task_id)
    telling.start_anew("Submit", "Advance")
    accounts(new)
    after = telling.order(way, "fast")
    for placed in (under_way, meanwhile, after):
        task = telling.wait(placed.task_id)
        assert (task["status"], task["provider"]) == ("succeeded", "maxapi")
        (entry,) = telling.ledger(placed.prompt)
        assert entry["charged"]


def is_signed_by(secret: str, received: Received) -> bool:
    try:
        Webhook(secret).verify(received.body, received.headers)
    except WebhookVerificationError:
        return False
    return True


def test_a_webhooks_secret(telling: Cloud, receivers: dict[str, Receiver]) -> None:
    """Two generations sign, also for a task that was ordered before; a third rotation ends one."""
    api, receiver = telling.api_of(telling.make_key("rosa")), receivers["takes"]

    def order(words: str) -> str:
        answer = api.post("/v1/tasks", json=telling.body(telling.way("maxapi"), words))
        assert answer.status_code == 202, answer.text
        return str(answer.json()["taskId"])

    def received(task_id: str) -> Received:
        path = f"/v1/tasks/{task_id}/deliveries"
        ended = eventually(
            lambda: api.get(path).json()["deliveries"],
            lambda found: found and found[0]["state"] == "delivered",
        )
        return receiver.of(ended[0]["id"])[0]

    first = api.put("/v1/webhook", json={"url": receiver.url}).json()["secret"]
    under_way = order("slow=3")
    second = api.post("/v1/webhook/rotate").json()["secret"]
    told = received(under_way)
    assert [is_signed_by(secret, told) for secret in (first, second)] == [True, True]
    third = api.post("/v1/webhook/rotate").json()["secret"]
    told = received(order("fast"))
    signed = [is_signed_by(secret, told) for secret in (first, second, third)]
    assert signed == [False, True, True]


def test_an_api_key(telling: Cloud) -> None:
    old = telling.make_key("alma")
    leaving = telling.api_of(old)
    answer = leaving.post("/v1/tasks", json=telling.body(telling.way("maxapi"), "slow=3"))
    task_id = answer.json()["taskId"]
    staying = telling.api_of(telling.make_key("alma"))
    telling.revoke_key(old)
    assert leaving.get("/v1/tasks").status_code == 403  # nobody has asked for this route with it

    def shown() -> Any:
        return staying.get(f"/v1/tasks/{task_id}").json()

    assert eventually(shown, lambda task: task["finishedAt"])["status"] == "succeeded"
