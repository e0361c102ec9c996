"""Orders in the words of others: the same tasks, made by whoever can, told as they were asked."""

import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from plantain import settings, store
from plantain.dialects import all_dialects
from plantain.keys import key_hash
from plantain.models import MODELS, State, Task
from plantain.providers import all_providers
from tests.integration.doors import DOORS, Door, key_of
from tests.integration.world import World
from tests.unit.gateway import told
from tests.unit.samples import API, picture
from tests.unit.samples import dialect_recording as recording

HOOK = "https://client.test/hook"
PROMPT = "a lighthouse at dusk"
ORDERS: dict[str, dict[str, Any]] = {
    "maxapi": {"model": "nano-banana-2", "callBackUrl": HOOK, "input": {"prompt": PROMPT}},
    "aigptimage": {
        "model": "nano-banana-image-to-image",
        "callBackUrl": HOOK,
        "input": {"prompt": PROMPT, "image_urls": ["https://example.com/a.png"]},
    },
    "liangxin": {"model": "nano-banana-pro", "callBackUrl": HOOK, "input": {"prompt": PROMPT}},
    "apixo": {"request_type": "callback", "callback_url": HOOK, "input": {"prompt": PROMPT}},
}


def door(method: str, path: str) -> Door:
    return next(each for each in DOORS if (each.method, each.path) == (method, path))


def post(dialect: str, body: Any = None, **more: Any) -> dict[str, Any]:
    place = door("POST", all_dialects()[dialect].submit_path)
    text = json.dumps(ORDERS[dialect] if body is None else body)
    return place.knock({"model": "nano-banana-2"}, body=text, **more)


def order(dialect: str, body: Any = None, **more: Any) -> Task:
    answer = post(dialect, body, **more)
    assert answer["statusCode"] == 200, answer["body"]
    found = store.find(told(answer)["data"]["taskId"])
    assert found is not None
    return found


def ask(dialect: str, task: Task, owner: str = "alice") -> dict[str, Any]:
    place = door("GET", all_dialects()[dialect].status_path)
    path = {"model": "nano-banana-2", "taskId": task.task_id}
    answer = place.knock(path, owner, query={"taskId": task.task_id})
    assert answer["statusCode"] == 200, answer["body"]
    return told(answer)


@pytest.mark.parametrize("dialect", ORDERS)
def test_a_client_is_told_in_its_own_words_and_its_owner_in_ours(
    world: World, dialect: str
) -> None:
    world.accounts("maxapi", "aigptimage")
    task = world.webhook(order(dialect))
    assert (task.state, task.dialect) == (State.SUCCEEDED, dialect)
    world.stream()
    world.wait(5)
    answer = ask(dialect, task)
    assert world.endpoint.received == [answer]
    assert f"{API}/i/{task.task_id}/0/{task.link_token}.png" in json.dumps(answer)
    assert [event["type"] for event in world.events] == ["task.succeeded"]


def test_another_provider_makes_it_where_the_first_is_down(world: World) -> None:
    world.providers.say("maxapi", submit="503")
    task = order("maxapi")
    assert (task.provider, task.state) == ("apixo", State.SUBMITTED)


def test_but_not_for_a_key_that_stays(world: World) -> None:
    table = settings.settings().owner_table
    settings.client("dynamodb").update_item(
        TableName=table,
        Key={"id": {"S": f"key#{key_hash(key_of('alice', table))}"}},
        UpdateExpression="SET stays = :yes",
        ExpressionAttributeValues={":yes": {"S": "yes"}},
    )
    world.providers.say("maxapi", submit="503")
    task = order("maxapi")
    assert (task.provider, task.state, task.request.provider) == (None, State.QUEUED, "maxapi")
    assert order("liangxin").provider == "liangxin"


def test_what_only_one_can_make_is_made_by_that_one(world: World) -> None:
    official = {**ORDERS["apixo"], "provider": "official"}
    assert order("apixo", official).provider == "apixo"
    assert order("apixo").provider == "maxapi"
    wide = {"input": {"prompt": PROMPT, "aspect_ratio": "8:1"}}
    assert order("apixo", wide).provider == "apixo"
    assert order("aigptimage").provider == "apixo"  # a square PNG


def test_the_cheapest_makes_it_where_value_is_asked_for(world: World) -> None:
    world.set(PRICES="apixo/nano-banana-2=0.01,maxapi/nano-banana-2=0.02")
    assert order("apixo", {**ORDERS["apixo"], "provider": "value"}).provider == "apixo"
    assert order("apixo", {**ORDERS["apixo"], "provider": "auto"}).provider == "maxapi"


@pytest.mark.parametrize("header", ["x-request-id", "idempotency-key"])
def test_an_order_sent_again_is_bought_once(world: World, header: str) -> None:
    named = {header: "order-17"}
    with ThreadPoolExecutor(8) as pool:
        tasks = list(pool.map(lambda _: order("aigptimage", headers=named), range(8)))
    assert len({task.task_id for task in tasks}) == 1
    assert len(world.providers.submissions) == 1
    body = {**ORDERS["aigptimage"], "input": {**ORDERS["aigptimage"]["input"], "prompt": "other"}}
    answer = post("aigptimage", body, headers=named)
    assert (answer["statusCode"], told(answer)["code"]) == (409, 409)
    assert told(answer)["msg"] == "This idempotency key was used for another request"


def test_a_picture_inside_an_order_becomes_a_link(world: World) -> None:
    each = recording("liangxin")["submissions"][0]["body"]
    data = f"data:image/png;base64,{b64encode(picture()).decode()}"
    body = {**each, "input": {**each["input"], "image_input": [data]}}
    task = order("liangxin", body)
    (url,) = task.request.input.image_urls or []
    assert url.startswith(f"{API}/u/")
    assert url in json.loads(ask("liangxin", task)["data"]["param"])["input"]["image_input"]


def test_a_task_of_ours_can_be_seen_through_every_door(world: World) -> None:
    task = world.webhook(world.order())
    for dialect in ORDERS:
        assert task.link_token in json.dumps(ask(dialect, task))
    jobs = ask("liangxin", task)["data"]
    assert (jobs["model"], jobs["failCode"]) == ("nano-banana-image-to-image", None)
    pro = world.webhook(world.order("nano-banana-pro"))
    assert ask("aigptimage", pro)["data"]["failCode"] == ""


def test_the_limits_of_the_key_are_told_in_its_words(world: World) -> None:
    world.set(LIMITS="active=1")
    order("aigptimage")
    answer = post("aigptimage")
    assert (answer["statusCode"], told(answer)["code"]) == (409, 409)
    assert int(answer["headers"]["Retry-After"]) > 0
    world.set(LIMITS="requests=1/min")
    assert [post("maxapi")["statusCode"] for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(
    ("dialect", "status"), [("maxapi", 429), ("aigptimage", 402), ("liangxin", 403), ("apixo", 400)]
)
def test_too_little_money_is_told_as_its_page_says(world: World, dialect: str, status: int) -> None:
    """As APIXO's sample: {"code": 400, "message": "Insufficient credits", "data": null}."""
    prices = {f"{maker}/{model}=0.5" for maker in all_providers() for model in MODELS}
    world.set(LIMITS="spend=0.1/day", PRICES=",".join(sorted(prices)))
    answer = post(dialect)
    words = all_dialects()[dialect].words
    said = {"code": status, words: told(answer)[words], "data": None}
    assert (answer["statusCode"], told(answer)) == (status, said)
    assert "0.50" in said[words]
    assert world.providers.submissions == []
