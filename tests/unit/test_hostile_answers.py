"""Whatever a peer answers, each of us who asks gets on: in time, and in little memory."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from plantain import downstream, guard, patience, settings, storage, upstream
from plantain.errors import ImageInvalid, ImageUnfetchable
from plantain.models import State
from plantain.providers import all_providers
from tests.unit.hostile_answers import BROKEN, DRIPS, HEADS, TRICKLES, WHOLE, body
from tests.unit.peers import OK, Part, Peer, floods, says
from tests.unit.samples import a_task

ENOUGH_MEMORY = 6_000_000
ALL = {**DRIPS, **HEADS, **BROKEN, **WHOLE}
Play = Callable[[Part], str]


@pytest.fixture
def play(environment: pytest.MonkeyPatch, secret: Callable[[object], None]) -> Iterator[Play]:
    """A peer that is picture host, client's endpoint and every provider at once; gives its URL."""
    peer = Peer(says(OK))
    url = f"http://{peer.address}"
    held = {name: {"key": "k", "url": url} for name in all_providers()}
    secret({"callbackKey": "k" * 32, **held})
    environment.setenv("ALLOW_HOSTS", peer.address)
    _forget()

    def playing(part: Part) -> str:
        peer.part = part
        return url

    yield playing
    peer.end()
    _forget()


def _forget() -> None:
    settings.forget()
    patience.forget()
    for client in (storage._web, downstream._web, upstream._buying, upstream._asking):
        client.cache_clear()


@contextmanager
def in_little_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < ENOUGH_MEMORY
    finally:
        tracemalloc.stop()


def hurry(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Little time where only time helps; for the others far more than they may take."""
    seconds = 0.1 if name in {**DRIPS, **TRICKLES} else 60
    for module, limit in (
        *((storage, "FETCH_SECONDS"), (downstream, "SECONDS")),
        *((upstream, "SUBMIT_SECONDS"), (upstream, "STATUS_SECONDS")),
    ):
        monkeypatch.setattr(module, limit, seconds)


@pytest.mark.parametrize("name", {**ALL, **TRICKLES})
def test_no_picture_comes_of_it(name: str, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch, name)
    url = play({**ALL, **TRICKLES}[name])
    with in_little_memory(), pytest.raises((ImageUnfetchable, ImageInvalid)) as refused:
        storage.keep(f"{url}/a.png", "alice/tsk_test")
    if name in DRIPS:
        assert str(refused.value) == "ReadTimeout"


@pytest.mark.parametrize("name", ALL)
def test_an_endpoint_gets_no_further(
    name: str, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch, name)
    with in_little_memory():
        answer = downstream.post(f"{play(ALL[name])}/hook", b"{}", {})
    if name in DRIPS:
        assert (answer.status, answer.error) == (None, "timeout")
    elif name in HEADS or name in BROKEN:
        assert (answer.status, answer.error) == (None, "unreachable")
    else:
        assert answer.status


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_bought_or_believed_by_it(
    name: str, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch, name)
    play(ALL[name])
    task = a_task(State.SUBMITTING)
    with in_little_memory():
        assert upstream.submit(task).kind in ("unclear", "busy", "request_refused")
        assert upstream.status(task, "job").kind == "unavailable"


# ── exactly so much and no more ──────────────────────────────────────────────────────────────────


def test_a_picture_may_have_64_mib_and_not_a_byte_more(play: Play) -> None:
    """Whether it says so beforehand or not."""
    most = 64 * 1024 * 1024
    for part in (
        says(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(most)),
        body(bytes(most)),
    ):
        with pytest.raises(ImageInvalid, match="not a PNG"):
            storage.keep(f"{play(part)}/a.png", "alice/tsk_test")
    for part in (
        says(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(most + 1)),
        says(OK.replace(b": 0", f": {most + 1}".encode())),
    ):
        with pytest.raises(ImageInvalid, match="more than 67108864 bytes"):
            storage.keep(f"{play(part)}/a.png", "alice/tsk_test")


def test_an_answer_that_is_packed_unasked_is_read(play: Play) -> None:
    """A receipt that tells of a charge must not be lost for the way that it comes in."""
    receipt = b'{"code": 0, "msg": "ok", "data": {"taskId": "job-1"}}'
    for coding, content in (("gzip", gzip.compress(receipt)), ("deflate", zlib.compress(receipt))):
        play(body(content, f"Content-Encoding: {coding}"))
        assert upstream.submit(a_task(State.SUBMITTING)).provider_task_id == "job-1"


def test_nothing_that_we_ask_for_may_come_packed(play: Play) -> None:
    seen: list[str] = []
    for client in (guard.guarded_client(frozenset()), guard.trusted_client(keep_alive=True)):
        request = client.build_request("GET", play(says(OK)))
        seen += request.headers.get_list("accept-encoding")
    assert seen == ["identity", "identity"]


def test_a_webhooks_answer_is_read_no_further_than_is_of_use(play: Play) -> None:
    assert (
        downstream.post(play(floods(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1000)), b"{}", {}).status
        == 200
    )


def test_a_long_head_that_is_not_too_long_is_read(play: Play) -> None:
    part = body(b"", *(f"X-{n}: {'v' * 100}" for n in range(400)))
    assert downstream.post(play(part), b"{}", {}).status == 200


def test_no_cookie_is_kept(play: Play) -> None:
    with guard.guarded_client(settings.settings().allowed) as web:
        url = play(body(b"", "Set-Cookie: a=b"))
        assert web.get(url).headers["set-cookie"] == "a=b"
        assert list(web.cookies.jar) == []
