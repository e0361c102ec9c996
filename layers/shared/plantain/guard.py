"""The way out: connections only to where they may go, and never for longer than they may take."""

import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from http.cookiejar import CookieJar
from typing import Any

import httpcore
import httpx

from plantain import tls
from plantain.destinations import forbidden, public

CONNECT_SECONDS = 5.0
MAX_SECONDS = 60.0  # where no deadline says less
MAX_HEAD_BYTES = 64 * 1024
MAX_ADDRESSES = 3  # of a name, tried one after the other

_deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))
_head: ContextVar[float] = ContextVar("head", default=float("inf"))


class Forbidden(httpx.RequestError):
    """Nothing was sent: the message says what is wrong with the URL."""


# ── how long it may take ─────────────────────────────────────────────────────────────────────────


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Everything read or written inside ends by then, however slowly the peer drips."""
    token = _deadline.set(min(time.monotonic() + seconds, _deadline.get()))
    try:
        yield
    finally:
        _deadline.reset(token)


def remaining() -> float:
    return _deadline.get() - time.monotonic()


def _cut(timeout: float | None, expired: type[Exception]) -> float | None:
    left = remaining()
    if left <= 0:
        raise expired("the total deadline has passed")
    if left == float("inf"):
        return timeout
    return left if timeout is None else min(timeout, left)


# ── httpx's own transport over our network ───────────────────────────────────────────────────────


class _Stream(httpcore.NetworkStream):
    """A connection on which every wait is cut to what is left until the deadline."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if _head.get() <= 0:
            raise httpcore.RemoteProtocolError("the head of the answer is too long")
        data = self._inner.read(max_bytes, _cut(timeout, httpcore.ReadTimeout))
        _head.set(_head.get() - len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _cut(timeout, httpcore.WriteTimeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        wait = _cut(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, wait))

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Network(httpcore.NetworkBackend):
    """Looks a name up once and connects to what it found; guarded, only if all of it is public."""

    def __init__(self, guarded: bool, allowed: frozenset[str]) -> None:
        self._inner = httpcore.SyncBackend()
        self._guarded = guarded
        self._allowed = allowed

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _addresses(host, port, _cut(timeout, httpcore.ConnectTimeout))
        judged = self._guarded and f"{host}:{port}" not in self._allowed
        if not addresses or (judged and not all(map(public, addresses))):
            raise httpcore.ConnectError(f"{host} is not a public host")
        failed: Exception | None = None
        for address in addresses[:MAX_ADDRESSES]:
            wait = _cut(timeout, httpcore.ConnectTimeout)
            try:
                found = self._inner.connect_tcp(address, port, wait, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _Stream(found)
        raise failed or httpcore.ConnectError


def _addresses(host: str, port: int, seconds: float | None) -> list[str]:
    """What a name stands for. In a thread, because nothing else ends a look-up that hangs."""
    clerk = ThreadPoolExecutor(max_workers=1)
    try:
        asked = clerk.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = asked.result(seconds)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(f"looking up {host} takes too long") from error
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host} has no address") from error
    finally:
        clerk.shutdown(wait=False)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Transport(httpx.HTTPTransport):
    """httpx's own transport over our network, which its constructor has no way to take."""

    def __init__(self, network: _Network, keep_alive: bool) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls.context(),
            max_connections=20,
            max_keepalive_connections=4 if keep_alive else 0,
            keepalive_expiry=20.0,
            network_backend=network,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Until the head of the answer is here, only so much is read."""
        token = _head.set(MAX_HEAD_BYTES)
        try:
            return super().handle_request(request)
        finally:
            _head.reset(token)


class Guard(httpx.BaseTransport):
    """Sends nothing to where it may not go, whoever asks and however the URL was come by."""

    def __init__(self, inner: httpx.BaseTransport, allowed: frozenset[str]) -> None:
        self._inner = inner
        self._allowed = allowed

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if reason := forbidden(str(request.url), self._allowed):
            raise Forbidden(reason)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


class _Forgetful(CookieJar):
    """What one peer wants remembered would be told to the next caller."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Not even looked at."""


def trusted_client(keep_alive: bool) -> httpx.Client:
    """For hosts that the owner configured."""
    return _client(Transport(_Network(guarded=False, allowed=frozenset()), keep_alive))


def guarded_client(allowed: frozenset[str]) -> httpx.Client:
    """For URLs that somebody else wrote. `allowed`: host:port pairs that are exempt."""
    network = _Network(guarded=True, allowed=allowed)
    return _client(Guard(Transport(network, keep_alive=False), allowed))


def _client(transport: httpx.BaseTransport) -> httpx.Client:
    return httpx.Client(
        transport=transport,
        timeout=httpx.Timeout(MAX_SECONDS, connect=CONNECT_SECONDS),
        trust_env=False,
        follow_redirects=False,
        cookies=_Forgetful(),
        headers={"User-Agent": "plantain", "Accept-Encoding": "identity"},
    )
