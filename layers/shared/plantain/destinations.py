"""Where requests may go: by the text of a URL, and by the address behind its name. Pure."""

import ipaddress
import re
import socket

import httpx

PORTS = frozenset({443})

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # how the lower half of such an address begins
# Ways to another address, and ranges for no host, that Python's own tables call global.
_NO_HOST: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = [
    *map(ipaddress.IPv4Network, ("192.88.99.0/24", "192.0.0.0/24")),
    *map(ipaddress.IPv6Network, ("2001::/23", "3ffe::/16", "3fff::/20")),
]

_URL = re.compile(
    r"https?://(?P<user>[^/?#]*@)?(\[[\da-f:.]+\]|[^][:@/?#]+)(:\d{1,5})?([/?#].*)?",
    re.ASCII | re.IGNORECASE,
)
# The last label of a name begins with a letter: all else is an address, or taken for one.
_NAME = re.compile(r"([a-z0-9_][a-z0-9_-]{0,62}\.)+[a-z][a-z0-9-]{0,62}\.?", re.ASCII)
_NEARBY = (".localhost", ".localdomain", ".local", ".internal", ".home.arpa")


# ── by its text ──────────────────────────────────────────────────────────────────────────────────


def forbidden(url: str, allowed: frozenset[str]) -> str | None:
    """Why this URL may not be asked for, as far as its text tells.

    Names are judged later, on connecting.
    """
    shape, parts = _URL.fullmatch(url) if url.isprintable() else None, _parsed(url)
    if shape is None or parts is None:
        http = url.lower().startswith(("https://", "http://"))
        return "is not a URL" if http else "must start with https://"
    if shape["user"]:
        return "must not hold a user name or password"
    host, secure = parts.raw_host.decode("ascii"), parts.scheme == "https"
    port = parts.port if parts.port is not None else (443 if secure else 80)
    if f"{host}:{port}" in allowed:
        return None
    if not secure:
        return "must start with https://"
    return _unfit(host) if port in PORTS else "must use port 443"


def _parsed(url: str) -> httpx.URL | None:
    """As it will be read on asking for it."""
    try:
        parts = httpx.URL(url)
        host = parts.host  # fails for what is no name in any alphabet
    except (httpx.InvalidURL, ValueError):
        return None
    return parts if host else None


def _unfit(host: str) -> str | None:
    address = literal(host)
    if address:
        return None if public(address) else "must not be a private address"
    near = host.removesuffix(".").endswith(_NEARBY)
    return "must name a public host" if near or not _NAME.fullmatch(host) else None


# ── by its address ───────────────────────────────────────────────────────────────────────────────


def public(address: str) -> bool:
    """Whether a host on the internet may have this address: whoever it leads to is judged."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = _ipv4_within(ip)
    if inner is not None:
        return public(str(inner))
    return ip.is_global and not ip.is_multicast and not _hostless(ip)


def literal(host: str) -> str | None:
    """The address that a host stands for without any look-up: 0x7f.1 counts as 127.0.0.1."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def _ipv4_within(ip: Address) -> ipaddress.IPv4Address | None:
    """The address that is meant, where this is only another way to write it."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in _NAT64 else ip.ipv4_mapped


def _hostless(ip: Address) -> bool:
    if isinstance(ip, ipaddress.IPv6Address):
        tunnel = (int(ip) >> 32) & 0xFFFF_FFFF in _ISATAP
        if tunnel or ip not in _GLOBAL_UNICAST:
            return True
    return any(ip in network for network in _NO_HOST)
