"""Nobody is led inside: not by a URL, a name, an address or a redirect, whoever of us asks."""

import io
import json
import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import pytest
from pydantic import ValidationError

from plantain import destinations, downstream, guard, intake, settings, storage, webhooks
from plantain.errors import ImageUnfetchable, InvalidRequest
from plantain.models import TaskRequest, WebhookRequest
from tests.unit.hostile_urls import BEHIND, NAMES, PLACES, PUBLIC, REDIRECTS, STATUSES, ZONE
from tests.unit.internet import Internet, trusting
from tests.unit.mutants import MUTANTS, Mutant, Ways, escapes
from tests.unit.peers import says
from tests.unit.samples import API

DOOR = "https://public.example/"


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    internet = Internet(monkeypatch)
    monkeypatch.setattr(guard, "tls", SimpleNamespace(context=trusting))
    for user in (storage, downstream):
        user._web.cache_clear()
    yield internet
    internet.end()
    for user in (storage, downstream):
        user._web.cache_clear()


def door(status: int, location: str) -> bytes:
    head = f"HTTP/1.1 {status} There\r\nContent-Length: 0\r\nLocation: {location}\r\n"
    refresh = f"Refresh: 0; url={location}\r\n\r\n"
    return (head + refresh).encode("utf-8", "surrogatepass")


def submit(**fields: object) -> None:
    sent = {"model": "nano-banana", "input": {"prompt": "p"}, **fields}
    request = TaskRequest.model_validate_json(json.dumps(sent))
    intake.open_task("tsk_test", "alice", request, "f", API)


def reached_inside(internet: Internet) -> list[tuple[str, int]]:
    """Whoever came: by the listener's own count, and by where it was on the way to."""
    inside = [there for there in internet.connected if there[0] != PUBLIC]
    assert internet.inside.connections == len(inside)
    return inside


def test_the_corpus_is_large_enough() -> None:
    assert len({*PLACES, *NAMES}) >= 350
    assert len(PLACES) == len(set(PLACES))
    assert all(name.endswith(".example") for name in ZONE if name != "example.com")


# ── the guard alone ──────────────────────────────────────────────────────────────────────────────


def test_the_text_alone_is_enough_to_refuse_a_hostile_url() -> None:
    assert [url for url in PLACES if not destinations.forbidden(url, frozenset())] == []


def test_an_address_that_leads_inside_is_not_public() -> None:
    assert [address for address in BEHIND if destinations.public(address)] == []


def test_the_guarded_client_reaches_nobody_inside(internet: Internet) -> None:
    assert list(escapes(Ways(destinations, guard), internet)) == []
    assert reached_inside(internet) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.rule)
def test_without_one_of_its_rules_somebody_gets_through(mutant: Mutant, internet: Internet) -> None:
    assert any(escapes(mutant.ways(), internet)), "nobody notices"


def test_a_checked_name_is_connected_to_by_its_address_under_its_own_name(
    internet: Internet,
) -> None:
    with guard.guarded_client(frozenset()) as web:
        assert web.get("https://public.example/a?b").status_code == 200
    assert internet.connected == [(PUBLIC, 443)]
    (heard,) = internet.outside.heard
    assert heard.startswith(b"GET /a?b HTTP/1.1\r\nHost: public.example\r\n")


def test_an_exception_is_one_host_and_port(internet: Internet) -> None:
    """A host that is allowed opens none of its other ports, and no other host."""
    allowed = frozenset({"public.example", internet.inside.address, "behind-0.example:443"})
    with guard.guarded_client(allowed) as web:
        assert web.get(f"http://{internet.inside.address}/").status_code == 200
        internet.inside.connections = 0
        internet.forget()
        port = internet.inside.at[1]
        for url in (
            *(f"http://127.0.0.1:{port + 1}/", "http://127.0.0.1/", "https://127.0.0.1/"),
            *(f"http://127.0.0.2:{port}/", f"http://localhost:{port}/", "http://127.0.0.1:9001/"),
            *(f"http://127.1:{port}/", f"http://127.0.0.1.:{port}/", f"http://0:{port}/"),
            *(f"http://[::ffff:127.0.0.1]:{port}/", f"http://a@127.0.0.1:{port}/"),
            *("http://behind-0.example/", "https://behind-1.example/", "http://public.example/"),
        ):
            with pytest.raises((guard.Forbidden, httpx.ConnectError, httpx.InvalidURL)):
                web.get(url)
    assert reached_inside(internet) == []


def test_the_lambda_runtimes_own_api_is_not_asked(
    internet: Internet, environment: pytest.MonkeyPatch
) -> None:
    """Wherever it listens, also on a machine where another port of the same host is allowed."""
    runtime = internet.inside.address
    environment.setenv("AWS_LAMBDA_RUNTIME_API", runtime)
    environment.setenv("ALLOW_HOSTS", f"127.0.0.1:{internet.inside.at[1] + 1}")
    settings.forget()
    for scheme in ("http", "https"):
        url = f"{scheme}://{runtime}/2018-06-01/runtime/invocation/next"
        with pytest.raises(ImageUnfetchable):
            storage.keep(url, "alice/tsk_test")
        assert downstream.post(url, b"{}", {}).status is None
        with pytest.raises(InvalidRequest):
            webhooks.choose("alice", url)
    assert reached_inside(internet) == []


# ── whoever of us asks ───────────────────────────────────────────────────────────────────────────


def test_no_picture_is_fetched_from_inside(internet: Internet) -> None:
    for url in (*PLACES, *NAMES):
        with pytest.raises(ImageUnfetchable):
            storage._fetch(url, io.BytesIO())
    assert reached_inside(internet) == []


def test_no_event_is_told_inside(internet: Internet) -> None:
    for url in (*PLACES, *NAMES):
        answer = downstream.post(url, b"{}", {})
        assert answer.error in ("forbidden", "unreachable") or internet.connected.pop()[0] == PUBLIC
    assert reached_inside(internet) == []


def test_no_webhook_and_no_reference_is_accepted_that_lies_inside(internet: Internet) -> None:
    for url in PLACES:
        with pytest.raises((InvalidRequest, ValidationError)):
            webhooks.choose("alice", WebhookRequest(url=url).url)
        with pytest.raises((InvalidRequest, ValidationError)):
            submit(callBackUrl=url)
        if not url.startswith("data:"):  # a picture itself, and asked for nowhere
            with pytest.raises((InvalidRequest, ValidationError)):
                submit(input={"prompt": "p", "imageUrls": [url]})
    assert internet.connected == []


@pytest.mark.parametrize("why", REDIRECTS)
def test_no_redirect_is_followed(why: str, internet: Internet) -> None:
    """By whichever status: the way to a picture and to a client has no hops."""
    for status in STATUSES:
        internet.outside.part = says(door(status, REDIRECTS[why]))
        with pytest.raises(ImageUnfetchable):
            storage.keep(DOOR, "alice/tsk_test")
        answer = downstream.post(DOOR, b"{}", {})
        assert answer.error in ("redirect", "refused", "unreachable")
    assert internet.outside.connections == 2 * len(STATUSES)
    assert reached_inside(internet) == []


# ── names ────────────────────────────────────────────────────────────────────────────────────────


def test_when_an_address_does_not_answer_the_next_one_is_tried(internet: Internet) -> None:
    internet.zone["public.example"] = [["2606:4700::1111", "8.8.8.8", PUBLIC]]
    internet.refuses = {"2606:4700::1111", "8.8.8.8"}
    with guard.guarded_client(frozenset()) as web:
        assert web.get(DOOR).status_code == 200
    assert [host for host, _ in internet.connected] == ["2606:4700::1111", "8.8.8.8", PUBLIC]


def test_of_many_addresses_only_a_few_are_tried(internet: Internet) -> None:
    many = [f"8.8.{n}.8" for n in range(200)]
    internet.zone["public.example"], internet.refuses = [many], set(many)
    with guard.guarded_client(frozenset()) as web, pytest.raises(httpx.ConnectError):
        web.get(DOOR)
    assert [host for host, _ in internet.connected] == many[: guard.MAX_ADDRESSES]


def test_a_look_up_that_hangs_is_left_at_the_deadline(
    internet: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait() and [])
    for client in (guard.guarded_client(frozenset()), guard.trusted_client(keep_alive=False)):
        with client as web, guard.deadline(0.1), pytest.raises(httpx.ConnectTimeout):
            web.get(DOOR)
    over.set()


def test_inside_is_a_real_listener(internet: Internet) -> None:
    """The harness can fail: who is not guarded gets there, by an address and by a name."""
    for url in (f"http://{internet.inside.address}/", "http://localhost:9001/"):
        assert httpx.get(url, trust_env=False).status_code == 200
    assert reached_inside(internet) == [internet.inside.at, ("127.0.0.1", 9001)]
