"""What is fed with hostile bytes: whatever comes, nothing but what is meant comes of it."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest import mock

import httpcore
import httpx

from plantain import downstream, guard, storage, upstream
from plantain.destinations import forbidden, literal, public
from plantain.errors import ImageInvalid, ImageUnfetchable
from plantain.imaging import inspect
from plantain.models import State
from plantain.providers import Account, all_providers
from tests.unit.hostile_pictures import KEPT, REFUSED
from tests.unit.hostile_urls import PLACES
from tests.unit.samples import a_task, recording

PEER = "http://peer.test/"
ALLOWED = frozenset({"peer.test:80"})
PROVIDERS = [provider for _, provider in sorted(all_providers().items())]
STATUSES = (200, 201, 204, 302, 400, 402, 404, 408, 409, 429, 500, 503)
TASK = a_task(State.SUBMITTING)
BIG = 100_000  # bytes: the larger ones tell a fuzzer nothing more


def picture(data: bytes) -> None:
    """A picture is known by its type and size, or refused."""
    try:
        content_type, width, height = inspect(io.BytesIO(data))
    except ImageInvalid:
        return
    assert content_type.startswith("image/")
    assert width * height > 0


def answer(data: bytes) -> None:
    """A provider's answer: two bytes choose who says it and how, a line the time to wait."""
    chosen, wait, content = data[:2].ljust(2, b"\0"), *_line(data[2:])
    provider = PROVIDERS[chosen[0] % len(PROVIDERS)]
    status = STATUSES[chosen[1] % len(STATUSES)]
    response = httpx.Response(status, headers={b"retry-after": wait}, content=content)
    receipt, update = provider.read_receipt(response), provider.read_update(response)
    for told in (receipt, update):
        assert told.retry_after is None or told.retry_after >= 0
        json.loads(told.model_dump_json().encode())  # can be written down
    assert receipt.kind != "accepted" or receipt.provider_task_id
    for url in update.urls:
        forbidden(url, frozenset())


def wire(data: bytes) -> None:
    """Whatever a peer sends, from the first byte of its head."""
    with _playing(data):
        with suppress(ImageUnfetchable, ImageInvalid):
            storage._fetch(PEER, io.BytesIO())
        downstream.post(PEER, b"{}", {}).model_dump_json()
        upstream.submit(TASK).model_dump_json()
        upstream.status(TASK, "job").model_dump_json()


def url(data: bytes) -> None:
    """What may be asked for is, for who asks, where it seemed to lead."""
    text = data.decode("utf-8", "surrogateescape")
    if forbidden(text, frozenset()) is None:
        asked = httpx.URL(text)
        host = asked.raw_host.decode("ascii")
        assert (asked.scheme, asked.port, asked.userinfo) == ("https", None, b"")
        assert "." in host or ":" in host
        assert public(literal(host) or "8.8.8.8")
        assert httpx.Request("GET", text).headers["host"].strip("[]") == host


def _line(data: bytes) -> tuple[bytes, bytes]:
    line, _, rest = data.partition(b"\n")
    return bytes(byte for byte in line if 0x20 <= byte < 0x7F), rest


class _Played(httpcore.NetworkBackend):
    def __init__(self, data: bytes) -> None:
        self._data = data

    def connect_tcp(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        return guard._Stream(httpcore.MockStream([self._data]))


@contextmanager
def _playing(data: bytes) -> Iterator[None]:
    transport = guard.Guard(guard.Transport(_Played(data), keep_alive=False), ALLOWED)
    client = guard._client(transport)
    with (
        mock.patch.object(storage, "_web", return_value=client),
        mock.patch.object(downstream, "_web", return_value=client),
        mock.patch.object(upstream, "_buying", return_value=client),
        mock.patch.object(upstream, "_asking", return_value=client),
        mock.patch.object(upstream, "_account", return_value=Account("key", PEER)),
        mock.patch.object(upstream, "_hidden", return_value=[b"k" * 32]),
        mock.patch.object(upstream, "_callback_url", return_value="https://callback.test/"),
        mock.patch.object(upstream, "log"),
    ):
        yield


# ── where they begin: made by code ───────────────────────────────────────────────────────────────


def _answers() -> Iterator[bytes]:
    for number, provider in enumerate(PROVIDERS):
        told = recording(provider.name)
        for exchange in (*told["receipts"], *told["updates"]):
            body = exchange["body"]
            text = body if isinstance(body, str) else json.dumps(body)
            yield bytes((number, 0)) + b"7\n" + text.encode()


def _wires() -> Iterator[bytes]:
    ok = b"HTTP/1.1 200 OK\r\n"
    yield ok + b"Content-Length: 2\r\n\r\n{}"
    yield ok + b"Transfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nA: b\r\n\r\n"
    yield ok + b"Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n\x1f\x8b\x08" + bytes(17)
    yield b"HTTP/1.1 100 Continue\r\n\r\n" + ok + b"Set-Cookie: a=b; Path=/\r\n\r\n"
    yield b"HTTP/1.1 302 Found\r\nLocation: //a:b@[::1]:x/\xff\r\nContent-Length: 0\r\n\r\n"
    yield b"HTTP/1.1 429 Wait\r\nRetry-After: Mon, 01 Jan 2035 00:00:00 +2359\r\n\r\n"
    yield b"HTTP/1.0 503 No\r\nRetry-After: 12\r\nContent-Type: text/x; charset=utf-7\r\n\r\nx"
    yield b"HTTP/1.1 101 Up\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nmore"


Target = Callable[[bytes], None]
TARGETS: dict[str, tuple[Target, list[bytes]]] = {
    "picture": (
        picture,
        [
            content
            for named in (*REFUSED.values(), KEPT)
            for content in named.values()
            if len(content) < BIG
        ],
    ),
    "answer": (answer, list(_answers())),
    "wire": (wire, list(_wires())),
    "url": (url, [place.encode("utf-8", "surrogatepass") for place in PLACES]),
}
