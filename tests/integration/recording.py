"""Rows and messages of every kind, as the code at hand writes them."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import httpx

from plantain import callbacks, owners, removal, rows, settings, thumbnails, tokens, webhooks
from plantain.models import Task
from tests.integration.upstream import Line
from tests.integration.world import Crash, World
from tools.keys import create_key, revoke_key

Item = dict[str, Any]
Sample = dict[str, Any]
Case = Callable[[World], object]

FOLDER = Path(__file__).resolve().parents[1] / "rows"
KEY = "recorded"
HOOK = "https://client.test/hook"
PNG = "https://example.com/output/image-c3d4e5f6.png"
OWNERS = "owners and their keys"
SECOND = "https://example.com/output/b.png"
EVERYTHING: dict[str, Any] = {
    "model": "nano-banana-2",
    "prompt": "A long story. " * 100,
    "imageUrls": [PNG],
    "aspectRatio": "16:9",
    "resolution": "2K",
    "outputFormat": "png",
    "googleSearch": True,
    "safetyChecker": True,
    "outside": {
        "provider": "apixo",
        "routing": "auto",
        "metadata": {"order": 17, "gift": True},
    },
}

# Whoever reads this repository for secrets shall find none.
SECRET = re.compile(r"whsec_[\w+/=]+")


def samples() -> dict[str, list[Sample]]:
    """What was recorded, the oldest first."""
    return {path.stem: _read(path) for path in sorted(FOLDER.iterdir(), key=_number)}


def save(name: str, sample: list[Sample]) -> None:
    number = max(map(_number, FOLDER.iterdir())) + 1
    text = "".join(json.dumps(moment, sort_keys=True) + "\n" for moment in sample)
    (FOLDER / f"{number}-{name}.jsonl").write_text(SECRET.sub("whsec_c2VjcmV0", text))


def _read(path: Path) -> list[Sample]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _number(path: Path) -> int:
    return int(path.name.partition("-")[0])


cases: dict[str, Case] = {}


def case(name: str) -> Callable[[Case], Case]:
    def keep(begin: Case) -> Case:
        cases[name] = begin
        return begin

    return keep


def record(world: World, clean: Callable[[], None]) -> list[Sample]:
    """Everything that is in the tables and the queues in each case."""
    return [
        {"case": OWNERS, "items": _owners()},
        *(_moment(name, world, clean) for name in cases),
    ]


def _moment(name: str, world: World, clean: Callable[[], None]) -> Sample:
    clean()
    world.accounts("maxapi", "apixo", "aigptimage")
    cases[name](world)
    return {
        "case": name,
        "now": int(world.now),
        "items": _items(settings.settings().task_table),
        "advance": [body for _, body in world.queues.of("advance")],
        "deliver": [body for _, body in world.queues.of("deliver")],
        "dead": list(world.queues.dead_letters),
    }


def _items(table: str) -> list[Item]:
    found = settings.client("dynamodb").scan(TableName=table, ConsistentRead=True)["Items"]
    return sorted(found, key=lambda item: json.dumps(rows.unpack_row(item), sort_keys=True))


def _owners() -> list[Item]:
    """Keys live and revoked, an owner as its first key makes it, and one that changed it all."""
    name = settings.settings().owner_table
    table = boto3.resource("dynamodb").Table(name)
    for item in _items(name):
        table.delete_item(Key={"id": item["id"]["S"]})
    create_key(table, "bob", "laptop")
    revoke_key(table, _items(name)[0]["id"]["S"])
    owners.admit(create_key(table, "alice", "", "tasks=9", stays=True))
    create_key(table, "carol")
    owners.set_url("carol", HOOK)
    owners.rotate("carol")
    return _items(name)


# ── on the way ───────────────────────────────────────────────────────────────────────────────────


def killed(_: httpx.Request) -> Line:
    raise Crash


def bought(world: World, **fields: Any) -> Task:
    outside = {"callBackUrl": HOOK, **fields.pop("outside", {})}
    return world.order(key=KEY, outside=outside, **fields)


@case("submitting")
def _(world: World) -> None:
    world.providers.say("maxapi", submit=killed)
    with suppress(Crash):
        bought(world)


@case("submitted")
def _(world: World) -> None:
    bought(world)


@case("submitted, within limits")
def _(world: World) -> None:
    world.set(PRICES="maxapi/nano-banana=0.02,apixo/nano-banana=0.03")
    world.limit("active=9 spend=9")
    bought(world)


@case("submitted, and rung for")
def _(world: World) -> None:
    task = bought(world)
    token = tokens.sign(task.task_id, task.attempt, settings.secrets().callback_keys)
    body = json.dumps({"data": {"taskId": task.provider_task_id}}).encode()
    callbacks.ring(task.task_id, str(task.attempt), token, body)


@case("submitted, found by the sweep")
def _(world: World) -> None:
    world.providers.say("maxapi", status="PROCESSING")
    bought(world)
    world.now += 45
    world.step()


@case("submitted where nobody rings")
def _(world: World) -> None:
    bought(world, imageUrls=[PNG], outside={"provider": "aigptimage"})


@case("submitted, with everything that can be asked for")
def _(world: World) -> None:
    bought(world, dialect="apixo", **EVERYTHING)


@case("queued, as everybody was busy")
def _(world: World) -> None:
    for provider in ("maxapi", "apixo"):
        world.providers.say(provider, submit=["503", "accepted"])
    bought(world)


@case("queued, as it was not paid for")
def _(world: World) -> None:
    world.providers.say("maxapi", status="failed for points")
    world.webhook(bought(world))


@case("unknown")
def _(world: World) -> None:
    world.providers.say("maxapi", submit=httpx.ReadTimeout("lost"))
    bought(world)


@case("submitted again, and made by the first")
def _(world: World) -> None:
    world.set(RESUBMIT_POLICY="once")
    world.providers.say("maxapi", submit=[httpx.ReadTimeout("lost"), "accepted"])
    task = bought(world)
    world.wait(930)
    world.webhook(task, hint="first job")


@case("made, and not all of it kept")
def _(world: World) -> None:
    world.providers.say("maxapi", status="success with two pictures")
    world.pictures.put(SECOND, b"no picture")
    world.webhook(bought(world))


# ── ended ────────────────────────────────────────────────────────────────────────────────────────


@case("succeeded")
def _(world: World) -> None:
    world.webhook(bought(world))


@case("succeeded, and announced")
def ended(world: World) -> Task:
    task = world.webhook(bought(world))
    world.stream()
    return task


@case("succeeded, with thumbnails")
def _(world: World) -> None:
    thumbnails.make(ended(world).task_id)


@case("failed")
def failed(world: World) -> Task:
    world.set(DEADLINE_SECONDS=60)
    world.providers.say("maxapi", status=["PROCESSING", "success"])
    task = bought(world)
    world.now += 61
    return world.webhook(task)


@case("failed, and made too late")
def _(world: World) -> None:
    world.webhook(failed(world))


@case("cancelled")
def _(world: World) -> None:
    removal.cancel("alice", bought(world).task_id, discard=True)


@case("deleted")
def _(world: World) -> None:
    task = ended(world)
    world.wait(30)
    removal.remove("alice", task.task_id)


# ── told ─────────────────────────────────────────────────────────────────────────────────────────


@case("told in vain so far")
def _(world: World) -> None:
    world.endpoint.say(500)
    ended(world)
    world.wait(5)


@case("told slowly")
def _(world: World) -> None:
    world.endpoint.say(httpx.ReadTimeout("slow"))
    ended(world)
    world.wait(20)


@case("told")
def _(world: World) -> None:
    ended(world)
    world.wait(5)


@case("told in vain to the last")
def _(world: World) -> None:
    world.endpoint.say(500)
    ended(world)
    world.wait(200)


@case("told again")
def _(world: World) -> None:
    task = ended(world)
    world.wait(5)
    webhooks.send_again("alice", task.task_id)
