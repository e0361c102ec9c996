"""Any request at all is answered as described, and no answer tells what this is made of."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from plantain import settings
from plantain.contract import EXAMPLES, ROUTES
from plantain.errors import ApiError
from tests.contract import INSIDE, assert_answer, operations
from tests.integration.doors import CALLBACK, DOORS, Door
from tests.integration.world import World
from tests.unit.gateway import told as json_of

fuzz = hypothesis(
    max_examples=250,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
LARGEST_ANSWER = 5_500_000
NAMES = {route.key: route.name for route in ROUTES}
TASK = f"tsk_{'a' * 26}"
ODD = [
    *("", ".", "..", "../../x", "%00", "%2e%2e", "%2F", "\0", "a\nb", "é", "\ud800", "🍌", "null"),
    *(TASK, TASK.upper(), f"{TASK}\n", f"{TASK}/x", f"{TASK}#x", "tsk_", "a" * 9000, "-1", "1e9"),
    *("9" * 5000, "0x1", "NaN", "true", "{}", "[]", "'; --", "${jndi:x}", "<script>", "W10", "e30"),
    *("2020-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "T", "２０２０"),
    *("https://example.com/a.png", "https://[::1", "data:image/png;base64,iVBORw0KGgo="),
]
NUMBERS = st.integers() | st.floats() | st.sampled_from([2**63, 10**400, -0.0])
odd = st.sampled_from(ODD) | st.text(max_size=30)
anything = st.recursive(
    st.none() | st.booleans() | NUMBERS | odd,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd, inner, max_size=3),
    max_leaves=8,
)
QUERIES = ["limit", "cursor", "wait", "status", "model", "provider", "createdAfter"]
HEADERS = ["content-type", "idempotency-key", "if-none-match", "origin", "x-forwarded-for"]
TYPES = ["application/json", "text/plain", "application/json; charset=utf-16", ""]


@st.composite
def nearly_good(draw: st.DrawFn, good: dict[str, Any]) -> str:
    """What an example sends, with something else in one place, or two."""
    sent: dict[str, Any] = json.loads(json.dumps(good))
    for _ in range(draw(st.integers(0, 2))):
        inner = [each for each in (sent, *sent.values()) if isinstance(each, dict)]
        place = draw(st.sampled_from(inner))
        place[draw(st.sampled_from([*place, "new"]) | odd)] = draw(anything)
    return json.dumps(sent)


@st.composite
def bodies(draw: st.DrawFn, door: Door) -> dict[str, Any]:
    good = EXAMPLES.get(NAMES.get(str(door), ""), {}).get("request", {})
    text = draw(nearly_good(good) | anything.map(json.dumps) | odd)
    match draw(st.sampled_from(["text", "text", "base64", "bytes", "none"])):
        case "none":
            return {}
        case "text":
            return {"body": text}
        case "base64":
            encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
            content = text.encode(encoding, errors="replace")
        case _:
            content = draw(st.binary(max_size=60))
    return {"body": base64.b64encode(content).decode(), "isBase64Encoded": True}


@st.composite
def requests(draw: st.DrawFn, door: Door) -> dict[str, Any]:
    headers = draw(st.dictionaries(st.sampled_from(HEADERS), odd, max_size=2))
    if draw(st.booleans()):
        headers["content-type"] = draw(st.sampled_from(TYPES))
    return {
        "path": {name: draw(odd) for name in door.parameters},
        "query": draw(st.dictionaries(st.sampled_from(QUERIES) | odd, odd, max_size=3)),
        "headers": headers,
        **draw(bodies(door)),
    }


def check(door: Door, answer: dict[str, Any]) -> None:
    status, body = answer["statusCode"], answer["body"]
    assert status < 500, body
    assert len(body) < LARGEST_ANSWER
    assert answer["headers"]["X-Content-Type-Options"] == "nosniff"
    assert answer["headers"]["Cache-Control"] == "no-store" or not door.with_key
    name = NAMES[str(door)]
    assert str(status) in operations()[name]["responses"], (name, status)
    if status >= 400:
        assert_answer(name, status, answer["headers"]["Content-Type"], json_of(answer))
        assert not (found := INSIDE.search(body)), (found, body)
        for own in (settings.settings().task_table, settings.settings().owner_table, "images"):
            assert own not in body


@pytest.fixture(autouse=True)
def configured(world: World) -> Iterator[World]:
    world.providers.say("maxapi", submit="accepted", status="PROCESSING")
    yield world
    world.lose_rings()


@fuzz
@given(data=st.data())
def test_any_request_is_understood_or_refused(configured: World, data: st.DataObject) -> None:
    door = data.draw(st.sampled_from(DOORS), label="door")
    check(door, door.knock(**data.draw(requests(door), label="request")))


@pytest.mark.parametrize("door", [door for door in DOORS if door.parameters], ids=str)
def test_any_path_is_found_or_not(door: Door) -> None:
    for text in ODD:
        answer = door.knock(dict.fromkeys(door.parameters, text))
        assert answer["statusCode"] == 404, text
        check(door, answer)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/v1/tasks", [*QUERIES, "createdBefore", "unknown", "\0", "a" * 9000]),
        ("/v1/tasks/{taskId}", ["wait", "unknown"]),
    ],
)
def test_any_query_is_understood_or_refused(path: str, names: list[str]) -> None:
    (door,) = (door for door in DOORS if str(door) == f"GET {path}")
    for name in names:
        for text in ODD:
            check(door, door.knock({"taskId": TASK}, query={name: text}))


def test_huge_headers_are_of_no_interest() -> None:
    headers = dict.fromkeys(HEADERS, "x" * 100000) | {f"x-{n}": "y" * 100 for n in range(1000)}
    for door in DOORS:
        check(door, door.knock(headers=headers, body="{}"))


@pytest.mark.parametrize("method", ["PATCH", "TRACE", "CONNECT", "PROPFIND", "OPTIONS", ""])
def test_a_method_that_a_route_has_not_leads_nowhere(method: str) -> None:
    """The gateway lets none through; where one comes all the same, it is told nothing."""
    for door in DOORS:
        other = Door(method, door.path, door.verb, door.with_key, door.asks)
        answer = other.knock({"taskId": TASK})
        nothing = 404 if door.path.startswith("/api/") else "not_found"  # in the dialect's words
        assert (answer["statusCode"], json_of(answer)["code"]) == (404, nothing)


@fuzz
@example(body="[" * 100_000, headers={}, encoded=False)
@example(body="A", headers={}, encoded=True)
@example(body='{"data": {"taskId": ' + "9" * 5000 + "}}", headers={}, encoded=False)
@given(
    body=odd | anything.map(json.dumps),
    headers=st.dictionaries(st.sampled_from(HEADERS), odd, max_size=2),
    encoded=st.booleans(),
)
def test_whatever_a_provider_sends_the_answer_is_short(
    configured: World, body: str, headers: dict[str, str], encoded: bool
) -> None:
    if not configured.providers.submissions:
        configured.order()
    sent = json.loads(configured.providers.submissions[0].content)["callBackUrl"]
    task_id, attempt, token = sent.split("/")[-3:]
    for given_token, status in ((token, 200), (body, 403)):
        path = {"taskId": task_id, "attempt": attempt, "token": given_token}
        answer = CALLBACK.knock(path, body=body, headers=headers, isBase64Encoded=encoded)
        assert answer == {"statusCode": status, "body": ""}


def test_a_bug_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """No stack, no name of ours or of a library's, whatever it is that breaks."""
    monkeypatch.setenv("TASK_TABLE", "no-such-table")
    settings.settings.cache_clear()
    for door in DOORS:
        if "{taskId}" in door.path and door.method != "HEAD":
            answer = door.knock({"taskId": TASK, "number": "0", "file": "a.png"}, body="{}")
            assert answer["statusCode"] == 500, door
            assert not INSIDE.search(answer["body"])
            if door.asks:
                assert json_of(answer) == {"code": 500, "msg": ApiError.title, "data": None}
                continue
            assert set(json_of(answer)) == {"type", "title", "status", "detail", "code"}
            assert json_of(answer)["code"] == "internal_error"
