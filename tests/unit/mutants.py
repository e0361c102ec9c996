"""The guard with one of its rules removed: each time, the corpus must get through somewhere."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import httpx

from plantain import destinations, guard
from tests.unit.hostile_urls import BEHIND, NAMES, PLACES, PUBLIC
from tests.unit.internet import Internet, trusting
from tests.unit.peers import says


@dataclass(frozen=True)
class Ways:
    """The two modules that decide where requests may go."""

    destinations: ModuleType
    guard: ModuleType


@dataclass(frozen=True)
class Mutant:
    rule: str
    module: ModuleType
    was: str
    becomes: str

    def ways(self) -> Ways:
        if self.module is destinations:
            judging = _changed(destinations, self.was, self.becomes)
            return Ways(judging, _changed(guard, "", "", judging))
        return Ways(destinations, _changed(guard, self.was, self.becomes))


def _changed(
    module: ModuleType, was: str, becomes: str, judging: ModuleType = destinations
) -> ModuleType:
    source = Path(module.__file__ or "").read_text()
    assert not was or source.count(was) == 1, f"{was!r} is not there once"
    changed = ModuleType(module.__name__)
    exec(
        compile(source.replace(was, becomes) if was else source, module.__name__, "exec"),
        changed.__dict__,
    )
    if module is guard:
        trusted = SimpleNamespace(context=trusting)
        vars(changed).update(tls=trusted, forbidden=judging.forbidden, public=judging.public)
    return changed


def escapes(ways: Ways, internet: Internet) -> Iterator[str]:
    """What of the corpus gets past: by its text, by an address, or all the way to a listener."""
    yield from (url for url in PLACES if not ways.destinations.forbidden(url, frozenset()))
    yield from (address for address in BEHIND if ways.destinations.public(address))
    with ways.guard.guarded_client(frozenset()) as web:
        for url in (*PLACES, *NAMES):
            internet.forget()
            _ask(web, url)
            yield from (url for there in internet.connected if there != (PUBLIC, 443))
        yield from _led_on(web, internet)


def _led_on(web: httpx.Client, internet: Internet) -> list[str]:
    """A redirect that is followed, and a cookie that is told to the next who asks."""
    internet.forget()
    internet.outside.heard.clear()
    cookie = "Set-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n"
    internet.outside.part = says(f"HTTP/1.1 302 Found\r\nLocation: /\r\n{cookie}".encode())
    for _ in range(2):
        _ask(web, "https://public.example/")
    told = [heard.decode() for heard in internet.outside.heard if b"Cookie: a=b" in heard]
    return told + [str(there) for there in internet.connected[2:]]


def _ask(web: httpx.Client, url: str) -> None:
    with suppress(httpx.HTTPError, httpx.InvalidURL, UnicodeError):
        web.get(url, timeout=2)


MUTANTS = [
    Mutant(rule, module, was, becomes)
    for module, rule, was, becomes in [
        (destinations, "plain text only", "if url.isprintable() else None", ""),
        (destinations, "no user name", 'if shape["user"]:', "if False:"),
        (destinations, "https only", "if not secure:", "if False:"),
        (destinations, "port 443 only", "if port in PORTS else", "if True else"),
        (destinations, "a port of 0 is one", "if parts.port is not None else", "or"),
        (destinations, "an exact exception", 'f"{host}:{port}" in allowed', "secure"),
        (destinations, "digits only in a port", r"(:\d{1,5})?", r"(:[^/]*)?"),
        (destinations, "numbers are addresses", "None if public(address)", "None if address"),
        (destinations, "a name ends in letters", "+[a-z][a-z0-9-]{0,62}", "+[a-z0-9-]{1,63}"),
        (destinations, "a name has a dot", "{0,62}\\.)+[a-z]", "{0,62}\\.)*[a-z]"),
        (destinations, "a name is plain", "([a-z0-9_][a-z0-9_-]{0,62}", "([^.]{1,63}"),
        (destinations, "no name from nearby", "if near or not", "if not"),
        (destinations, "an inner address is judged", "return public(str(inner))", "return True"),
        (destinations, "global only", "return ip.is_global and", "return"),
        (destinations, "no multicast", "and not ip.is_multicast", ""),
        (destinations, "no ranges without hosts", "and not _hostless(ip)", ""),
        (destinations, "no ISATAP", "if tunnel or", "if"),
        (destinations, "global unicast only", "or ip not in _GLOBAL_UNICAST", ""),
        (destinations, "no relays", '"192.88.99.0/24", ', '"192.0.0.0/24", '),
        (destinations, "no anycast of protocols", ', "192.0.0.0/24"', ', "192.88.99.0/24"'),
        (destinations, "no assignments to protocols", '"2001::/23", ', ""),
        (destinations, "no 6bone", '"3ffe::/16", ', ""),
        (destinations, "no documentation", ', "3fff::/20"', ""),
        (
            guard,
            "the text is judged",
            "if reason := forbidden(str(request.url), self._allowed):",
            "if reason := '':",
        ),
        (guard, "addresses are judged", "(judged and not all(map(public, addresses)))", "False"),
        (guard, "every address is judged", "all(map(public, addresses))", "public(addresses[0])"),
        (guard, "judged all, not any", "not all(map(public", "not any(map(public"),
        (
            guard,
            "a name is asked for once",
            "self._inner.connect_tcp(address,",
            "self._inner.connect_tcp(host,",
        ),
        (guard, "no redirects", "follow_redirects=False", "follow_redirects=True"),
        (guard, "no cookies", "cookies=_Forgetful(),", ""),
        (guard, "guarded at all", "_Network(guarded=True,", "_Network(guarded=False,"),
    ]
]
