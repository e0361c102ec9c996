"""Clients written strictly from the five pages, pointed here by changing a host and a key.

Commands and bodies are the pages' own, as they stand there; only addresses that a reader has to
replace are replaced: the host, the key, and where the reader's own server is to be called.
"""

import io
import json
import shlex
import subprocess
from typing import Any

import httpx
import pytest
from PIL import Image
from standardwebhooks import Webhook

from tests.e2e.aws import Json
from tests.e2e.cloud import Cloud, eventually
from tests.e2e.pages import APIXO_FAILED, APIXO_STATUS, HOOKS, HOSTS, JOBS, PAGES, Page
from tests.e2e.receiver import Received, Receiver
from tests.unit.samples import dialect_recording as recording


def run(command: str, cloud: Cloud, receiver: Receiver, key: str) -> Json:
    """A page's command with host, key and the reader's own server put in."""
    for hook in HOOKS:
        command = command.replace(hook, receiver.url)
    for host in HOSTS:
        command = command.replace(host, cloud.url)
    command = command.replace("\\\n", " ").replace("<token>", key).replace("YOUR_API_KEY", key)
    words = shlex.split(command)
    words = [f"{cloud.url}{word}" if word.startswith("/api/") else word for word in words]
    if not any(word.startswith("Authorization:") for word in words):  # LiangXin's hides its own
        words += ["--header", f"Authorization: Bearer {key}"]
    if "espresso" in command:  # and says that a webhook needs this one field more
        place = next(n for n, word in enumerate(words) if "espresso" in word)
        words[place] = json.dumps({**json.loads(words[place]), "callBackUrl": receiver.url})
    done = subprocess.run([*words, "-sS", "--noproxy", "*"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    answer: Json = json.loads(done.stdout)
    return answer


@pytest.fixture(scope="module")
def placed(telling: Cloud, receivers: dict[str, Receiver]) -> dict[str, Json]:
    """Every page's order, all under way at once: what was answered."""
    return {
        name: run(page.command, telling, receivers["takes"], telling.key)
        for name, page in PAGES.items()
    }


@pytest.fixture(scope="module")
def ended(telling: Cloud, placed: dict[str, Json]) -> dict[str, Json]:
    """Every page's answer about its task, once it has ended."""
    return {
        name: eventually(
            lambda page=page, name=name: ask(telling, page, placed[name]["data"]["taskId"]),
            lambda answer, page=page: answer["data"][page.state] in page.ends,
        )
        for name, page in PAGES.items()
    }


def ask(cloud: Cloud, page: Page, task_id: str) -> Json:
    answer = cloud.api.get(page.status.format(task_id))
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


def compare(sample: Any, seen: Any, place: str = "") -> set[str]:
    """The same keys with the same types, whatever their values; the keys that are there besides."""
    assert type(seen) is type(sample), f"{place}: {seen!r} for {sample!r}"
    if isinstance(sample, list):
        assert len(seen) == len(sample), place
        return set().union(
            *(compare(a, b, f"{place}[]") for a, b in zip(sample, seen, strict=True))
        )
    if isinstance(sample, str) and sample.startswith("{"):  # JSON inside JSON
        return compare(json.loads(sample), json.loads(seen), f"{place}!")
    if not isinstance(sample, dict):
        return set()
    missing = [name for name in sample if name not in seen]
    assert not missing, f"{place}: {missing} not in {seen}"
    more = {f"{place}.{name}" for name in seen if name not in sample}
    return more.union(*(compare(sample[name], seen[name], f"{place}.{name}") for name in sample))


def sample_of(page: Page, name: str) -> Json:
    """What the page itself shows of a finished task."""
    tasks = {each["name"]: each["answer"] for each in recording(page.dialect)["tasks"]}
    chosen = "the page's image to image" if name == "maxapi-image-to-image" else next(iter(tasks))
    found: Json = tasks[chosen]
    return found


@pytest.mark.parametrize("name", PAGES)
def test_an_order_is_answered_as_the_page_says(placed: dict[str, Json], name: str) -> None:
    sample = recording(PAGES[name].dialect)["accepted"]["body"]
    assert compare(sample, placed[name]) == set()
    assert {**placed[name], "data": None} == {**sample, "data": None}


@pytest.mark.parametrize("name", PAGES)
def test_its_end_is_told_as_the_page_says(ended: dict[str, Json], name: str) -> None:
    page, answer = PAGES[name], ended[name]
    sample = sample_of(page, name)
    if name == "maxapi-text-to-image":  # its sample tells of another task than was ordered
        del sample["data"]["input"]["resolution"]
    assert compare(sample, answer) == page.extra
    assert answer["data"][page.state] == sample["data"][page.state]


@pytest.mark.parametrize("name", PAGES)
def test_its_picture_is_there_for_whoever_has_the_link(
    telling: Cloud, ended: dict[str, Json], name: str
) -> None:
    (url,) = PAGES[name].pictures(ended[name]["data"])
    assert url.startswith(f"{telling.url}/i/")
    answer = telling.web.get(url, follow_redirects=True)
    assert answer.status_code == 200
    wanted = "JPEG" if name == "apixo-nano-banana-2, image" else "PNG"
    assert Image.open(io.BytesIO(answer.content)).format == wanted


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.hook])
def test_its_webhook_is_told_what_a_question_is_and_signed(
    telling: Cloud, receivers: dict[str, Receiver], ended: dict[str, Json], name: str
) -> None:
    task_id = ended[name]["data"]["taskId"]

    def heard() -> list[Received]:
        return [each for each in receivers["takes"].received if task_id.encode() in each.body]

    (received,) = eventually(heard, bool)
    assert json.loads(received.body) == ended[name]
    secret = telling.api.get("/v1/webhook").json()["secret"]
    Webhook(secret).verify(received.body, received.headers)


def test_a_failure_is_told_as_the_page_says_until_it_is_taken(
    telling: Cloud, receivers: dict[str, Receiver]
) -> None:
    page, receiver = PAGES["apixo-nano-banana-2, image"], receivers["recovers"]
    order = {
        "request_type": "callback",
        "callback_url": receiver.url,
        "input": {"mode": "text-to-image", "prompt": "a fox [sim:fast fail=moderation]"},
    }
    placed = telling.api.post("/api/v1/generateTask/nano-banana-2", json=order).json()
    task_id = placed["data"]["taskId"]

    def heard() -> list[Received]:
        return [each for each in receiver.received if task_id.encode() in each.body]

    told = eventually(heard, lambda seen: len(seen) == 3)
    answer = ask(telling, page, task_id)
    assert [json.loads(each.body) for each in told] == [answer] * 3
    assert compare(APIXO_FAILED, answer) == {
        ".data.createTime",
        ".data.completeTime",
        ".data.costTime",
    }
    assert answer["data"]["failCode"] == APIXO_FAILED["data"]["failCode"]


def test_a_task_can_be_seen_through_every_door(telling: Cloud, ended: dict[str, Json]) -> None:
    for name, answer in ended.items():
        task_id = answer["data"]["taskId"]
        (link,) = PAGES[name].pictures(answer["data"])
        for page in PAGES.values():
            seen = ask(telling, page, task_id)
            compare(recording(page.dialect)["accepted"]["body"], {**seen})
            assert page.pictures(seen["data"]) == [link]
        (image,) = telling.show(task_id)["images"]
        assert image["link"] == link


def test_the_page_s_own_question_is_answered(
    telling: Cloud, receivers: dict[str, Receiver], ended: dict[str, Json]
) -> None:
    answer = ended["apixo-nano-banana-2, text"]
    command = APIXO_STATUS.replace("task_12345678", answer["data"]["taskId"])
    assert run(command, telling, receivers["takes"], telling.key) == answer


def test_what_is_asked_for_decides_who_makes_it(telling: Cloud, ended: dict[str, Json]) -> None:
    made_by = {
        name: telling.show(each["data"]["taskId"])["provider"] for name, each in ended.items()
    }
    assert made_by["apixo-nano-banana-2, image"] == "apixo"  # the official channel
    assert made_by["aigptimage-image-to-image"] in ("aigptimage", "apixo")  # its ratio as PNG
    assert made_by["liangxin-nano-banana-pro"] == "maxapi"  # the first in the owner's order


# ── what is refused ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", PAGES)
def test_a_bad_key_is_refused_as_the_page_says(
    telling: Cloud, receivers: dict[str, Receiver], name: str
) -> None:
    page = PAGES[name]
    refused = {each["name"]: each for each in recording(page.dialect)["refused"]}
    sample = next(each["answer"] for said, each in refused.items() if "a bad key" in said)
    assert run(page.command, telling, receivers["takes"], "wrong") == sample
    asked = telling.api_of("plt_wrong").get(page.status.format("tsk_x"))
    assert asked.status_code == 401
    both = {".code", ".msg", ".data", ".error"}  # where nothing tells whose client it is
    assert compare(sample, asked.json()) <= (both if page.status == JOBS else set())


@pytest.mark.parametrize("dialect", ["aigptimage", "apixo", "liangxin", "maxapi"])
def test_what_a_page_refuses_is_refused_at_the_gateway_too(telling: Cloud, dialect: str) -> None:
    for each in recording(dialect)["refused"]:
        if "key" not in each and isinstance(each["body"], dict):
            answer = telling.api.post(each["path"], json=each["body"])
            assert (answer.status_code, answer.json()) == (each["status"], each["answer"])
    assert telling.api.get("/api/v1/task/tsk_none").json() == {
        "code": 404,
        "msg": "There is no such task",
        "data": None,
    }
    assert telling.api.get("/api/v1/else").status_code == 404


def test_an_order_is_repeated_without_a_second_charge(telling: Cloud) -> None:
    order = recording("aigptimage")["submissions"][0]["body"]
    way = telling.way("aigptimage")
    prompt = telling.body(way, "fast")["input"]["prompt"]
    body = {**order, "input": {**order["input"], "prompt": prompt}}
    named = {"X-Request-ID": prompt[:40]}

    def post(sent: Json) -> httpx.Response:
        return telling.api.post("/api/v1/jobs/createTask", json=sent, headers=named)

    first, again = post(body), post(body)
    assert first.json() == again.json()
    other = post({**body, "input": {**body["input"], "image_size": "16:9"}})
    assert (other.status_code, other.json()["code"]) == (409, 409)
    telling.wait(first.json()["data"]["taskId"])
    assert len([entry for entry in telling.ledger(prompt) if entry["charged"]]) == 1


def test_a_key_that_stays_orders_from_that_dialect_s_own_provider(telling: Cloud) -> None:
    api = telling.api_of(telling.make_key("sam", stays=True))
    body = recording("liangxin")["submissions"][0]["body"]
    task_id = api.post("/api/v1/jobs/createTask", json=body).json()["data"]["taskId"]
    assert api.get(f"/v1/tasks/{task_id}?wait=20").json()["provider"] == "liangxin"


def test_limits_are_those_of_the_key(telling: Cloud) -> None:
    api = telling.api_of(telling.make_key("tess", "requests=3/min"))
    seen = [api.get("/api/v1/task/tsk_none") for _ in range(7)]  # no more than one minute turns
    assert {answer.status_code for answer in seen} == {404, 429}
    limited = next(answer for answer in seen if answer.status_code == 429)
    assert limited.json()["code"] == 429
    assert int(limited.headers["retry-after"]) >= 1
