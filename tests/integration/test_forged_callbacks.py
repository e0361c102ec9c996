"""Callbacks by whoever was not given the address, and by whoever was and lies."""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from plantain import settings, tasks, tokens
from plantain.errors import SettingInvalid
from plantain.models import State, Task
from plantain.rings import Ring
from tests.integration.world import World
from tests.unit.gateway import function, request

KEY = "k" * 32  # as the world's secret has it
NEW = "n" * 32
callback = function("callback")


@dataclass(frozen=True)
class Address:
    """What a provider was given to ring at."""

    task_id: str
    attempt: str
    token: str


def given_address(world: World, number: int = -1) -> Address:
    sent = world.providers.submissions[number].content.decode()
    (parts,) = re.findall(r"/v1/callback/(\w+)/(\d+)/([\w-]+)\"", sent)
    return Address(*parts)


def ring(address: Address, body: object = None, **more: Any) -> int:
    text = body if isinstance(body, str | None) else json.dumps(body)
    path = f"/v1/callback/{address.task_id}/{address.attempt}/{address.token}"
    event = request("POST", path, text, **more)
    event["pathParameters"] = {
        "taskId": address.task_id,
        "attempt": address.attempt,
        "token": address.token,
    }
    answer: dict[str, Any] = callback.handler(event, None)
    assert answer["body"] == ""
    status: int = answer["statusCode"]
    return status


def submitted(world: World, **fields: Any) -> tuple[Task, Address]:
    world.providers.say("maxapi", submit="accepted", status="PROCESSING")
    task = world.order(**fields)
    world.lose_rings()
    assert task.state is State.SUBMITTED
    return task, given_address(world)


def keys(world: World, *callback_keys: str) -> None:
    """The secret, after somebody has turned its keys round."""
    held = dict(zip(("callbackKey", "callbackKeyPrevious"), callback_keys, strict=False))
    store = settings.client("secretsmanager")
    name = settings.settings().secret_id
    text = json.loads(store.get_secret_value(SecretId=name)["SecretString"])
    text = {field: value for field, value in text.items() if not field.startswith("callback")}
    store.put_secret_value(SecretId=name, SecretString=json.dumps({**text, **held}))
    settings._secrets.cache_clear()


# ── who was not given it ─────────────────────────────────────────────────────────────────────────


def forged(task_id: str, key: str) -> str:
    """As the code would make it, from a key that anybody knows."""
    mac = hmac.digest(key.encode(), f"callback:{task_id}:1".encode(), "sha256")
    name = hashlib.sha256(key.encode()).hexdigest()[:4]
    return name + base64.urlsafe_b64encode(mac[:24]).decode()


def test_a_forged_token_changes_nothing(world: World) -> None:
    task, good = submitted(world)
    token = good.token
    mac = token[4:]
    wrong = [
        *("", " ", "x", "null", "None", "undefined", "{token}", "%00", "\0", "é", "\ud800", "🍌"),
        *(token[:-1], token[1:], token[:4], mac, token[:20], mac + token[:4]),
        *(f"{token}A", f"{token}=", f"{token} ", f" {token}", f"{token}\n", f"{token}\0"),
        *(f"{token}%00", f"{token}/", f"{token},{token}", token * 2, "a" * 4000),
        *(token.upper(), token.lower(), token.swapcase(), token[::-1]),
        *(f"0000{mac}", f"{forged('tsk_a', NEW)[:4]}{mac}", token[:4] + "A" * 32),
        *(token[:-1] + "\u212a", "".join(chr(ord(c) + 0xFEE0) for c in token)),
        *(forged(task.task_id, key) for key in ("", "k", "secret", "callbackKey", NEW)),
        *(token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1 :] for n in range(36)),
    ]
    assert token not in wrong
    answers = {each: ring(Address(good.task_id, good.attempt, each)) for each in wrong}
    assert set(answers.values()) == {403}, answers
    assert world.rings() == []
    assert world.read(task) == task


@hypothesis(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example("tsk_a", "1", "x")
@example("tsk_a", "01", forged("tsk_a", KEY))
@example("tsk_a:1", "1", forged("tsk_a", KEY))
@example("\ud800", "1", "\ud800")
@given(st.text(max_size=40), st.text(max_size=8), st.text(max_size=60))
def test_any_path_is_answered_and_rings_for_nobody(
    world: World, task_id: str, attempt: str, token: str
) -> None:
    assert ring(Address(task_id, attempt, token)) == 403
    assert world.rings() == []


def test_a_token_is_for_its_own_task(world: World) -> None:
    (one, first), (other, second) = submitted(world), submitted(world)
    for task, stolen in ((one, second), (other, first)):
        assert ring(Address(task.task_id, "1", stolen.token)) == 403
    mixed = [f"{one.task_id}:1", f"{one.task_id}/1", one.task_id.upper(), one.task_id + "\n", ""]
    assert {ring(Address(each, "1", first.token)) for each in mixed} == {403}
    assert world.rings() == []


def test_a_token_is_for_its_own_attempt(world: World) -> None:
    world.accounts("maxapi", "apixo")
    world.providers.say("maxapi", submit="503")
    world.providers.say("apixo", submit="accepted")
    task = world.order("nano-banana", outside={"routing": "auto"})
    assert task.attempt == 2
    world.lose_rings()
    first, second = given_address(world, 0), given_address(world, 1)
    swapped = [Address(task.task_id, "2", first.token), Address(task.task_id, "1", second.token)]
    numbers = ("01", "+1", "1.0", "1 ", "١", "¹", "0x1", "1e0", "-1", "0", "", "9" * 40)
    swapped += [Address(task.task_id, number, first.token) for number in numbers]
    assert {ring(each) for each in swapped} == {403}
    assert world.rings() == []
    assert [ring(first), ring(second)] == [200, 200]
    assert [bell.attempt for _, bell in world.rings()] == [1, 2]


# ── keys come and go ─────────────────────────────────────────────────────────────────────────────


def test_two_generations_of_the_key_are_live(world: World) -> None:
    _, old = submitted(world)
    keys(world, NEW, KEY)
    _, new = submitted(world)
    assert old.token[:4] != new.token[:4], "a token names its key"
    assert [ring(old), ring(new)] == [200, 200]
    keys(world, "m" * 32, NEW)
    assert [ring(old), ring(new)] == [403, 200]
    keys(world, "m" * 32)
    assert [ring(old), ring(new)] == [403, 403]


@pytest.mark.parametrize("weak", ["", "k", "k" * (tokens.MIN_KEY - 1)])
def test_a_key_that_is_none_opens_nothing(weak: str, world: World) -> None:
    task, _ = submitted(world)
    for held in ((weak,), (weak, weak)):
        keys(world, *held)
        assert ring(Address(task.task_id, "1", forged(task.task_id, weak))) == 403
    assert world.rings() == []


def test_without_a_key_in_the_secret_nobody_is_let_in(world: World) -> None:
    """It fails, so that the provider calls again once the owner has mended it."""
    _, good = submitted(world)
    keys(world)
    with pytest.raises(SettingInvalid, match="callbackKey"):
        ring(good)
    assert world.rings() == []


# ── who was given it, and lies ───────────────────────────────────────────────────────────────────

LIES: dict[str, object] = {
    "success": {"code": 0, "data": {"status": "SUCCESS", "result": {"urls": ["https://x.test/a"]}}},
    "failure": {"code": 0, "data": {"status": "FAILURE", "failure_reason": "CONTENT_MODERATION"}},
    "another job": {"data": {"taskId": "somebody-elses"}},
    "another task": {"taskId": "tsk_other", "attempt": 7, "chain": True, "owner": "mallory"},
    "a path": {"data": {"taskId": "../../v1/account"}},
    "dots": {"data": {"taskId": ".."}},
    "a query": {"data": {"taskId": "job?key=1&x=#y"}},
    "a row": {"data": {"taskId": {"S": "job"}}, "state": "succeeded", "images": [{}]},
    "nothing": "",
    "no JSON": "<html>",
    "UTF-16": "\ufeff{}",
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_said_of_a_running_job_changes_nothing(lie: str, world: World) -> None:
    task, good = submitted(world)
    for _ in range(3):
        assert ring(good, LIES[lie]) == 200
    bells = [bell for _, bell in world.rings()]
    assert {(bell.task_id, bell.attempt, bell.chain) for bell in bells} == {
        (task.task_id, 1, False)
    }
    for bell in bells:
        tasks.advance(bell)
    assert world.read(task) == task
    asked = {str(question.url) for question in world.providers.questions}
    assert asked == {f"https://maxapi.test/api/v1/task/{task.provider_task_id}"}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_said_of_a_finished_task_changes_nothing(lie: str, world: World) -> None:
    task, good = submitted(world)
    world.providers.say("maxapi", status="success")
    ended = world.webhook(task)
    assert ended.state is State.SUCCEEDED
    for _ in range(3):
        assert ring(good, LIES[lie]) == 200
    for _, bell in world.rings():
        tasks.advance(bell)
    assert world.read(task) == ended
    assert len(world.providers.submissions) == 1


@pytest.mark.parametrize("lie", LIES)
def test_what_is_said_of_a_job_that_nobody_knows_is_asked_about(lie: str, world: World) -> None:
    """The one thing that is kept of a body; the provider, asked at its own address, decides."""
    world.providers.say("maxapi", submit=httpx.ReadTimeout("slow"), status="not found")
    task = world.order()
    world.lose_rings()
    assert ring(given_address(world), LIES[lie]) == 200
    ((_, bell),) = world.rings()
    tasks.advance(bell)
    assert world.read(task) == task
    for question in world.providers.questions:
        assert question.url.raw_path.startswith(b"/api/v1/task/")
        assert question.url.raw_path.count(b"/") == 4
        assert not question.url.query


def test_a_replayed_ring_only_rings(world: World) -> None:
    task, good = submitted(world)
    assert {ring(good, {"data": {"taskId": "job"}}) for _ in range(5)} == {200}
    assert {bell for _, bell in world.rings()} == {
        Ring(task_id=task.task_id, attempt=1, hint="job")
    }
    assert world.read(task) == task
