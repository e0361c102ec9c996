"""The way out: connections only to where they may go, and never for longer than they may take."""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

CONNECT_SECONDS = 5.0
MAX_SECONDS = 60.0  # where no deadline says less
PORTS = frozenset({443})

_deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))


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


def forbidden(url: str, allowed: frozenset[str]) -> str | None:
    """Why this URL may not be asked for, as far as its text tells.

    Names are judged later, on connecting.
    """
    if not url.isprintable():
        return "is not a URL"
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "is not a URL"
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme in ("http", "https") and f"{host}:{port}" in allowed:
        return None
    if parts.scheme != "https":
        return "must start with https://"
    if parts.username is not None or parts.password is not None:
        return "must not hold a user name or password"
    if port not in PORTS:
        return "must use port 443"
    if not host or host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return "must name a public host"
    literal = _literal(host)
    return "must not be a private address" if literal and not public(literal) else None


def public(address: str) -> bool:
    """Whether an address is out on the internet, also when it hides another one inside."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip not in _GLOBAL_UNICAST:
            return _public_mapped(ip)
        if ip.teredo or ip.sixtofour:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _public_mapped(ip: ipaddress.IPv6Address) -> bool:
    if ip.ipv4_mapped:
        return public(str(ip.ipv4_mapped))
    if ip in _NAT64:
        return public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return False


_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _literal(host: str) -> str | None:
    """The address that a host stands for without any look-up: 0x7f.1 counts as 127.0.0.1."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


class _Stream(httpcore.NetworkStream):
    """A connection on which every wait is cut to what is left until the deadline."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _cut(timeout, httpcore.ReadTimeout))

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
    """Resolves once, checks every address, connects to a checked one."""

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
        wait = _cut(timeout, httpcore.ConnectTimeout)
        target = host
        if self._guarded and f"{host}:{port}" not in self._allowed:
            target = _checked_address(host, port)
        return _Stream(self._inner.connect_tcp(target, port, wait, local_address, socket_options))


def _checked_address(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host} has no address") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(public(address) for address in addresses):
        raise httpcore.ConnectError(f"{host} is not a public host")
    return addresses[0]


def _cut(timeout: float | None, expired: type[Exception]) -> float | None:
    left = remaining()
    if left <= 0:
        raise expired("the total deadline has passed")
    if left == float("inf"):
        return timeout
    return left if timeout is None else min(timeout, left)


class Transport(httpx.HTTPTransport):
    """httpx's own transport over our network, which its constructor has no way to take."""

    def __init__(self, network: _Network, keep_alive: bool) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_tls(),
            max_connections=20,
            max_keepalive_connections=4 if keep_alive else 0,
            keepalive_expiry=20.0,
            network_backend=network,
        )


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def trusted_client(keep_alive: bool) -> httpx.Client:
    """For hosts that the owner configured."""
    return _client(_Network(guarded=False, allowed=frozenset()), keep_alive)


def guarded_client(allowed: frozenset[str]) -> httpx.Client:
    """For URLs that somebody else wrote."""
    return _client(_Network(guarded=True, allowed=allowed), keep_alive=False)


def _client(network: _Network, keep_alive: bool) -> httpx.Client:
    return httpx.Client(
        transport=Transport(network, keep_alive),
        timeout=httpx.Timeout(MAX_SECONDS, connect=CONNECT_SECONDS),
        trust_env=False,
        follow_redirects=False,
        headers={"User-Agent": "plantain"},
    )
