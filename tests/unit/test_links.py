"""An image's link leads to its image; anything else leads nowhere, and does not say why."""

import importlib.util
import json
from types import SimpleNamespace
from typing import Any

import pytest

from plantain import links, rows, signing
from plantain.errors import LinkNotFound
from plantain.models import State
from tests.unit.conftest import Clients
from tests.unit.samples import ROOT, a_task, an_image

TASK = f"tsk_{'a' * 26}"
TOKEN = "t0ken-_"
IMAGES = [an_image("a"), an_image("b")]


def hold(clients: Clients, **fields: Any) -> list[dict[str, Any]]:
    """A table with one task in it; what it is asked for."""
    asked: list[dict[str, Any]] = []
    given = {"task_id": TASK, "link_token": TOKEN, "images": IMAGES, **fields}
    row = rows.pack_row(rows.row_of(a_task(State.SUCCEEDED, **given)))
    shown = {name: row[name] for name in ("linkToken", "images") if name in row}

    def get_item(**query: Any) -> dict[str, Any]:
        asked.append(query)
        return {"Item": shown} if query["Key"]["taskId"] == {"S": TASK} else {}

    clients["dynamodb"] = SimpleNamespace(get_item=get_item)
    return asked


def test_a_link_leads_to_its_image(clients: Clients) -> None:
    hold(clients)
    assert links.find(TASK, "0", f"{TOKEN}.png") == IMAGES[0].key
    assert links.find(TASK, "1", f"{TOKEN}.png") == IMAGES[1].key


WRONG = [
    (TASK, "2", f"{TOKEN}.png"),
    (TASK, "00", f"{TOKEN}.png"),
    (TASK, "-1", f"{TOKEN}.png"),
    (TASK, "²", f"{TOKEN}.png"),
    (TASK, "1000", f"{TOKEN}.png"),
    (TASK, "", f"{TOKEN}.png"),
    (TASK, "0", f"{TOKEN}.jpg"),
    (TASK, "0", f"{TOKEN}.PNG"),
    (TASK, "0", f"{TOKEN}.png.png"),
    (TASK, "0", f"{TOKEN}."),
    (TASK, "0", TOKEN),
    (TASK, "0", f"{TOKEN}x.png"),
    (TASK, "0", f"{TOKEN[:-1]}.png"),
    (TASK, "0", f"{TOKEN.upper()}.png"),
    (TASK, "0", "\ud800é.png"),
    (TASK, "0", ".png"),
    (TASK, "0", ""),
    (f"tsk_{'b' * 26}", "0", f"{TOKEN}.png"),
    (f"tsk_{'a' * 25}", "0", f"{TOKEN}.png"),
    (f"tsk_{'A' * 26}", "0", f"{TOKEN}.png"),
    (f"tsk_{'a' * 3000}", "0", f"{TOKEN}.png"),
    ("", "0", f"{TOKEN}.png"),
]


@pytest.mark.parametrize(("task_id", "number", "file"), WRONG)
def test_a_wrong_link_leads_nowhere(clients: Clients, task_id: str, number: str, file: str) -> None:
    hold(clients)
    with pytest.raises(LinkNotFound):
        links.find(task_id, number, file)


@pytest.mark.parametrize("file", [".png", f"{TOKEN}.png", "None.png"])
def test_a_task_without_a_token_has_no_links(clients: Clients, file: str) -> None:
    hold(clients, link_token="")
    with pytest.raises(LinkNotFound):
        links.find(TASK, "0", file)


def test_a_task_without_images_has_no_links(clients: Clients) -> None:
    hold(clients, images=[])
    with pytest.raises(LinkNotFound):
        links.find(TASK, "0", f"{TOKEN}.png")


def test_only_token_and_images_are_read_and_as_they_are_now(clients: Clients) -> None:
    asked = hold(clients)
    links.find(TASK, "0", f"{TOKEN}.png")
    (query,) = asked
    assert query["ProjectionExpression"] == "linkToken, images"
    assert query["ConsistentRead"] is True


# ── the function ─────────────────────────────────────────────────────────────────────────────────


def answer(path: str, method: str = "GET") -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location("show", ROOT / "functions/show/app.py")
    assert spec is not None
    assert spec.loader is not None
    app = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(app)
    http = {"method": method, "path": path}
    context = {"requestId": "r", "domainName": "api.test", "stage": "$default", "http": http}
    event = {"version": "2.0", "rawPath": path, "headers": {}, "requestContext": context}
    result: dict[str, Any] = app.handler(event, SimpleNamespace())
    return result


@pytest.fixture
def signed(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was signed: the method and the key."""
    made: list[tuple[str, str]] = []

    def reading(key: str, method: str = "GET") -> str:
        made.append((method, key))
        return "https://bucket.test/signed"

    monkeypatch.setattr(signing, "reading", reading)
    clients["s3"] = SimpleNamespace(head_object=lambda **_: {})
    return made


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (f"/i/{TASK}/0/{TOKEN}.png", IMAGES[0].key),
        (f"/u/{'a' * 32}.png", f"uploads/{'a' * 32}.png"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_link_redirects_for_less_time_than_it_leads_anywhere(
    clients: Clients, signed: list[Any], path: str, key: str, method: str
) -> None:
    hold(clients)
    told = answer(path, method)
    assert told["statusCode"] == 302
    assert told["headers"]["Location"] == "https://bucket.test/signed"
    assert told["headers"]["Cache-Control"] == "private, max-age=600"
    assert signed == [(method, key)]


def test_whatever_is_wrong_the_answer_is_the_same(clients: Clients, signed: list[Any]) -> None:
    hold(clients)
    wrong = [f"/i/{t}/{n}/{f}" for t, n, f in WRONG if t and n and f and f.isascii()]
    told = [answer(path) for path in [*wrong, "/u/none.png"]]
    assert {each["statusCode"] for each in told} == {404}
    (body,) = {each["body"] for each in told}
    assert json.loads(body)["code"] == "link_not_found"
    assert signed == []
