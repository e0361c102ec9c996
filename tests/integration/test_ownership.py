"""Whose is it? Every route, for whoever is not its owner, whatever the stranger is called."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from plantain import listing, owners, settings, storage, tasks, uploads
from plantain.errors import LinkNotFound
from plantain.intake import seed_of, task_id_of
from plantain.limits import Caller
from plantain.listing import Wanted
from plantain.models import State, Task, UploadRequest
from plantain.references import Picture, file_named
from tests.integration.doors import DOORS, Door
from tests.integration.world import World
from tests.unit.gateway import told
from tests.unit.samples import API, a_request, picture

Kind = Literal["one's own", "by id", "by link", "for all"]
# What a route shows or changes: something of the caller's own, something that an id names,
# something that a link is enough for, or what is the same for everybody.
MATRIX: dict[str, Kind] = {
    "POST /v1/tasks": "one's own",
    "GET /v1/tasks": "one's own",
    "GET /v1/tasks/{taskId}": "by id",
    "DELETE /v1/tasks/{taskId}": "by id",
    "POST /v1/tasks/{taskId}/cancel": "by id",
    "GET /v1/tasks/{taskId}/timeline": "by id",
    "GET /v1/tasks/{taskId}/deliveries": "by id",
    "POST /v1/tasks/{taskId}/deliveries": "by id",
    "GET /v1/models": "for all",
    "GET /v1/overview": "one's own",
    "GET /v1/webhook": "one's own",
    "PUT /v1/webhook": "one's own",
    "POST /v1/webhook/rotate": "one's own",
    "POST /v1/webhook/test": "one's own",
    "POST /v1/uploads": "one's own",
    "POST /api/v1/task/submit": "one's own",
    "POST /api/v1/jobs/createTask": "one's own",
    "POST /api/v1/generateTask/{model}": "one's own",
    "GET /api/v1/task/{taskId}": "by id",
    "GET /api/v1/jobs/recordInfo": "by id",
    "GET /api/v1/statusTask/{model}": "by id",
    "GET /i/{taskId}/{number}/{file}": "by link",
    "HEAD /i/{taskId}/{number}/{file}": "by link",
    "GET /u/{file}": "by link",
    "HEAD /u/{file}": "by link",
    "GET /openapi.json": "for all",
    "GET /docs": "for all",
    "GET /": "for all",
    "GET /console/{file}": "for all",
}
NOBODYS = f"tsk_{'z' * 26}"
STRANGERS = [
    *("bob", "al", "alic", "alice2", "alice-", "Alice", "ALICE", "alice ", " alice", "alice\n"),
    *("alice/", "alice/..", "../alice", "alice%2F", "alice%00", "alice\0", "alice#", "*", "%"),
    *(
        "owner#alice",
        "key#alice",
        "jwt.alice",
        "аlice",
        "alıce",
        "ａｌｉｃｅ",
        "alice\u200b",
        "uploads",
    ),
]
SENT = {
    "POST /v1/tasks": {"model": "nano-banana", "input": {"prompt": "mine"}},
    "POST /v1/tasks/{taskId}/cancel": {"discard": True},
    "PUT /v1/webhook": {"url": "https://stranger.test/hook"},
    "POST /api/v1/task/submit": {"model": "nano-banana", "input": {"prompt": "mine"}},
    "POST /api/v1/jobs/createTask": {"model": "nano-banana-pro", "input": {"prompt": "mine"}},
    "POST /api/v1/generateTask/{model}": {"input": {"prompt": "mine"}},
    "POST /v1/uploads": {"contentType": "image/png", "bytes": 10},
}
HOOK = "https://alice.test/hook"


@dataclass(frozen=True)
class Belongings:
    """What alice has: a task with pictures that was told, one that is being made, an upload."""

    done: Task
    running: Task
    upload: str

    @property
    def words(self) -> list[str]:
        """What tells of them, wherever it stands."""
        secret = owners.webhook_of("alice").secret or ""
        ids = [self.done.task_id, self.running.task_id]
        return [*ids, self.upload, self.done.link_token, secret, HOOK, "her lighthouse", "alice/"]


@pytest.fixture
def hers(world: World) -> Belongings:
    owners.set_url("alice", HOOK)
    world.providers.say("maxapi", submit="accepted", status="success")
    done = world.webhook(world.order(prompt="her lighthouse", key="k"))
    tasks.announce(done)
    world.providers.say("maxapi", status="PROCESSING")
    running = world.order(prompt="her lighthouse again")
    file = uploads.invite(UploadRequest(content_type="image/png", bytes=10), API).link
    uploads.keep([Picture(file.rpartition("/")[2], "image/png", picture())])
    assert done.state is State.SUCCEEDED
    return Belongings(world.read(done), running, file.rpartition("/")[2])


def everything_of(world: World, owner: str = "alice") -> dict[str, Any]:
    """All that table, bucket and queues hold of an owner."""
    table = settings.settings().task_table
    rows = settings.client("dynamodb").scan(TableName=table, ConsistentRead=True)["Items"]
    ids = {row["taskId"]["S"] for row in rows if row.get("owner") == {"S": owner}}
    keys = settings.client("s3").list_objects_v2(Bucket="images").get("Contents", [])
    return {
        "rows": sorted((r for r in rows if r["taskId"]["S"] in ids), key=json.dumps),
        "objects": {each["Key"] for each in keys if each["Key"].startswith(f"{owner}/tsk_")},
        "webhook": owners.webhook_of(owner),
        "messages": sorted(
            body for queue in ("advance", "deliver") for _, body in world.queues.of(queue)
        ),
    }


def knock(door: Door, owner: str, task_id: str, **more: Any) -> dict[str, Any]:
    sent = SENT.get(str(door))
    if door.asks:
        more["query"] = {"taskId": task_id, **more.get("query", {})}
    path = {"taskId": task_id, "model": "nano-banana-2"}
    return door.knock(path, owner, body=sent and json.dumps(sent), **more)


def of_kind(kind: Kind) -> list[Door]:
    return [door for door in DOORS if MATRIX[str(door)] == kind]


def test_every_route_has_a_row_in_the_matrix() -> None:
    assert {str(door) for door in DOORS} == set(MATRIX)
    assert {str(door) for door in DOORS if not door.with_key} == {
        *(str(door) for door in of_kind("by link")),
        *("GET /openapi.json", "GET /docs", "GET /", "GET /console/{file}"),
    }
    asked = {str(door) for door in DOORS if door.asks and door.method == "GET"}
    assert {str(d) for d in DOORS if "{taskId}" in d.path and d.with_key} | asked == {
        str(door) for door in of_kind("by id")
    }


def test_nobody_else_reaches_a_task_by_its_id(world: World, hers: Belongings) -> None:
    """And cannot tell hers from one that never was."""
    before = everything_of(world)
    for stranger in STRANGERS:
        for door in of_kind("by id"):
            nothing = knock(door, stranger, NOBODYS)
            code = 404 if door.asks else "task_not_found"
            assert (nothing["statusCode"], told(nothing)["code"]) == (404, code)
            for task in (hers.done, hers.running):
                for query in ({}, {"wait": "5"}):
                    assert knock(door, stranger, task.task_id, query=query) == nothing, stranger
    assert everything_of(world) == before


def test_whoever_asks_for_what_is_their_own_gets_nothing_of_hers(
    world: World, hers: Belongings
) -> None:
    before, words = everything_of(world), hers.words
    for stranger in STRANGERS:
        for door in [*of_kind("one's own"), *of_kind("for all")]:
            query = {"owner": "alice", "provider": "maxapi"} if door.path == "/v1/tasks" else {}
            headers = {"idempotency-key": "k", "x-owner": "alice"}
            answer = knock(door, stranger, hers.done.task_id, query=query, headers=headers)
            assert answer["statusCode"] < 500, door
            text = json.dumps(answer)
            assert not [word for word in words if word in text], (stranger, door)
    world.queues.lose()
    after = everything_of(world)
    assert {**after, "messages": before["messages"]} == before


def test_what_one_orders_is_in_no_other_list(world: World, hers: Belongings) -> None:
    own = {}
    for stranger in STRANGERS:
        body = json.dumps(SENT["POST /v1/tasks"])
        (order,) = (door for door in DOORS if str(door) == "POST /v1/tasks")
        own[stranger] = told(order.knock(owner=stranger, body=body))["taskId"]
    for stranger, task_id in own.items():
        page = listing.page(stranger, Wanted(), 100, None)
        assert [task.task_id for task in page.tasks] == [task_id], stranger
    mine = listing.page("alice", Wanted(), 100, None).tasks
    assert {task.task_id for task in mine} == {hers.done.task_id, hers.running.task_id}


def test_a_place_in_her_list_is_no_way_into_it(world: World, hers: Belongings) -> None:
    theirs = tasks.submit(Caller("bob"), a_request(), None, API)
    cursor = listing.page("alice", Wanted(), 1, None).cursor
    assert cursor is not None
    forged = [
        listing._write_cursor({"taskId": task.task_id, "createdAt": moment})
        for task in (hers.done, hers.running, theirs)
        for moment in (hers.done.created_at, "2999-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z")
    ]
    (door,) = (door for door in DOORS if str(door) == "GET /v1/tasks")
    for each in [cursor, *forged]:
        for limit in ("1", "100"):
            answer = door.knock(owner="bob", query={"cursor": each, "limit": limit})
            shown = {task["taskId"] for task in told(answer)["tasks"]}
            assert shown <= {theirs.task_id}
            assert not [word for word in hers.words if word in answer["body"]]


def test_the_same_idempotency_key_is_another_task(world: World, hers: Belongings) -> None:
    ids = {task_id_of(owner, "k") for owner in ["alice", *STRANGERS]}
    assert len(ids) == len(STRANGERS) + 1
    assert hers.done.task_id == task_id_of("alice", "k")
    assert task_id_of("al", "ice k") != task_id_of("alice", " k")


# ── links: whoever has one may look, and nobody can find one ─────────────────────────────────────


def test_a_link_shows_one_thing_and_nothing_beside_it(world: World, hers: Belongings) -> None:
    file = f"{hers.done.link_token}.png"
    for door in of_kind("by link"):
        right = {"taskId": hers.done.task_id, "number": "0", "file": file}
        right = {"file": hers.upload} if door.path.startswith("/u") else right
        assert door.knock(right)["statusCode"] == 302
        wrong = [{**right, name: value} for name in right for value in ("x", "..", NOBODYS)]
        wrong += [{**right, "taskId": hers.running.task_id}] if "taskId" in right else []
        wrong += [{**right, "file": f"..%2Falice%2F{file}"}, {**right, "file": f"{'a' * 32}.png"}]
        answers = {(a["statusCode"], a["body"]) for a in map(door.knock, wrong)}
        assert len(answers) == 1, "a wrong link never says what is wrong with it"
        assert {status for status, _ in answers} == {404}


def test_another_s_upload_is_to_be_had_by_its_link_alone(world: World, hers: Belongings) -> None:
    """Which is worth as much as any picture's address: it may be worked from, and stays hers."""
    link = f"{API}/u/{hers.upload}"
    task = tasks.submit(Caller("bob"), a_request(image_urls=[link]), None, API)
    assert task.request.input.image_urls == [link]
    tasks_of_bob = world.webhook(task)
    assert tasks_of_bob.owner == "bob"
    storage.empty("bob")
    assert uploads.find(hers.upload).endswith(hers.upload)


def test_nobody_can_find_out_what_another_has_sent(world: World, hers: Belongings) -> None:
    """The name of a picture that came inside a request cannot be worked out from the picture."""
    data = f"data:image/png;base64,{b64encode(picture()).decode()}"
    for key in (None, "her own key"):
        tasks.submit(Caller("alice"), a_request(image_urls=[data]), key, API)
        guessed = [
            hashlib.sha256(seed + picture()).digest() for seed in (b"", b"alice", b"alice\0")
        ]
        guessed += [hashlib.sha256(seed_of(owner, "k") + picture()).digest() for owner in STRANGERS]
        for name in guessed:
            with pytest.raises(LinkNotFound):
                uploads.find(file_named(name, "image/png"))


def test_pictures_go_with_their_own_task_only(world: World, hers: Belongings) -> None:
    """Even where an owner were named like somebody else's folder."""
    bucket = settings.client("s3")
    prefix = f"alice/{hers.done.task_id}"
    others = [f"{prefix}0/x.png", f"{prefix}/tsk_b/x.png", f"alic/{hers.done.task_id}/x.png"]
    for key in others:
        bucket.put_object(Bucket="images", Key=key, Body=b"x")
    storage.empty(prefix)
    left = {each["Key"] for each in bucket.list_objects_v2(Bucket="images")["Contents"]}
    assert set(others) <= left
    assert hers.done.images[0].key not in left


@pytest.fixture(autouse=True)
def emptied(world: World) -> Iterator[None]:
    yield
    bucket = settings.client("s3")
    for each in bucket.list_objects_v2(Bucket="images").get("Contents", []):
        bucket.delete_object(Bucket="images", Key=each["Key"])
