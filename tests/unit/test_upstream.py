"""Whatever a provider's connection does, an answer comes back that says what it means."""

import json
import socket
from collections.abc import Callable

import httpx
import pytest

from plantain import upstream
from plantain.models import State
from plantain.providers import all_providers
from tests.unit.samples import CALLBACK, a_request, a_task, on_the_wire

SENDING = a_task(State.SUBMITTING)
Play = Callable[[Callable[[httpx.Request], httpx.Response]], None]
ACCEPTED = {"code": 0, "msg": "ok", "data": {"taskId": "job"}}


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, accounts: None) -> Play:
    """Put a provider of the test's own behind both clients."""

    def replace(handler: Callable[[httpx.Request], httpx.Response]) -> None:
        transport = httpx.MockTransport(lambda request: on_the_wire(handler(request)))
        web = httpx.Client(transport=transport)
        monkeypatch.setattr(upstream, "_buying", lambda: web)
        monkeypatch.setattr(upstream, "_asking", lambda: web)

    return replace


def raising(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def handler(request: httpx.Request) -> httpx.Response:
        raise error

    return handler


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectError("refused"), "busy"),
        (httpx.ConnectTimeout("slow"), "busy"),
        (httpx.PoolTimeout("full"), "busy"),
        (httpx.UnsupportedProtocol("gopher"), "busy"),
        (httpx.ReadTimeout("slow"), "unclear"),
        (httpx.ReadError("reset"), "unclear"),
        (httpx.WriteTimeout("slow"), "unclear"),
        (httpx.WriteError("reset"), "unclear"),
        (httpx.CloseError("reset"), "unclear"),
        (httpx.RemoteProtocolError("gone"), "unclear"),
        (httpx.DecodingError("gzip"), "unclear"),
    ],
)
def test_only_what_was_surely_not_sent_may_be_sent_again(
    error: Exception, kind: str, play: Play
) -> None:
    play(raising(error))
    assert upstream.submit(SENDING).kind == kind
    assert upstream.status(SENDING, "job").kind == "unavailable"


def test_a_submission_carries_our_callback_url_with_a_token(play: Play) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=ACCEPTED)

    play(handler)
    receipt = upstream.submit(SENDING)
    assert (receipt.kind, receipt.provider_task_id) == ("accepted", "job")
    (request,) = seen
    assert str(request.url) == "https://maxapi.test/api/v1/task/submit"
    assert request.headers["Authorization"] == "Bearer maxapi-key"
    callback = json.loads(request.content)["callBackUrl"]
    assert callback.startswith(f"{CALLBACK}/v1/callback/tsk_test/1/")


def test_an_answer_that_is_too_large_is_no_answer(play: Play) -> None:
    body = json.dumps({**ACCEPTED, "padding": "x" * upstream.MAX_ANSWER_BYTES})
    play(lambda request: httpx.Response(200, text=body))
    assert upstream.submit(SENDING).kind == "unclear"
    assert upstream.status(SENDING, "job").kind == "unavailable"


def test_retry_after_is_passed_on(play: Play) -> None:
    play(lambda request: httpx.Response(429, headers={"Retry-After": "11"}))
    assert upstream.submit(SENDING).retry_after == 11
    assert upstream.status(SENDING, "job").retry_after == 11


def test_a_provider_that_is_not_configured_any_more_is_not_asked(
    secret: Callable[[object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret({"callbackKey": "k" * 32})
    monkeypatch.setattr(upstream, "_send", raising(AssertionError("asked")))
    assert upstream.submit(SENDING).kind == "account_refused"
    assert upstream.status(SENDING, "job").kind == "unavailable"


def test_without_a_callback_key_nothing_is_bought(
    secret: Callable[[object], None], play: Play
) -> None:
    secret({"callbackKey": "", "maxapi": {"key": "m", "url": ""}})
    play(raising(AssertionError("bought")))
    assert upstream.submit(SENDING).kind == "busy"


@pytest.mark.parametrize("url", ["maxapi.test", "gopher://maxapi.test", "https://[", "https://"])
def test_an_account_with_a_broken_url_buys_nothing_and_breaks_nothing(
    url: str, secret: Callable[[object], None]
) -> None:
    secret({"callbackKey": "k" * 32, "maxapi": {"key": "m", "url": url}})
    assert upstream.submit(SENDING).kind == "busy"
    assert upstream.status(SENDING, "job").kind == "unavailable"


@pytest.mark.parametrize("key", ["with\nline", "kéy"])
def test_a_key_that_cannot_be_sent_buys_nothing_and_breaks_nothing(
    key: str, secret: Callable[[object], None]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        secret({"callbackKey": "k" * 32, "maxapi": {"key": key, "url": url}})
        assert upstream.status(SENDING, "job").kind == "unavailable"
        assert upstream.submit(SENDING).kind == "busy"


@pytest.mark.parametrize("name", all_providers())
def test_only_an_idempotent_provider_is_told_whose_attempt_it_is(name: str, play: Play) -> None:
    seen: list[httpx.Headers] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(500)

    play(handler)
    provider = all_providers()[name]
    request = a_request(provider.offers[0].model, imageUrls=["https://e.test/a.png"])
    for attempt in (1, 1, 2):
        upstream.submit(a_task(State.SUBMITTING, provider=name, request=request, attempt=attempt))
    ids = [headers.get("X-Request-ID") for headers in seen]
    once = ["tsk_test.1", "tsk_test.1", "tsk_test.2"]
    assert ids == (once if provider.idempotent else [None] * 3)


def test_submissions_never_use_a_kept_connection() -> None:
    upstream._buying.cache_clear()
    pool = upstream._buying()._transport._pool  # type: ignore[attr-defined]
    assert pool._max_keepalive_connections == 0
