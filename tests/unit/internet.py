"""An internet of the test's own: its names, one host that is public, and one that is all the rest.

Nothing leaves this machine. Whoever connects to a public address reaches `outside`; whoever
connects to any other, by whichever port, reaches `inside`, where nobody may ever come.
"""

import socket
import ssl
from functools import cache
from typing import Any

import pytest
import trustme

from tests.unit.hostile_urls import PUBLIC, ZONE
from tests.unit.peers import OK, Part, Peer, says

OUT_THERE = {PUBLIC, "2606:4700::1111", "8.8.8.8"}

_look_up = socket.getaddrinfo
_connect = socket.create_connection


@cache
def authority() -> trustme.CA:
    return trustme.CA()


def trusting() -> ssl.SSLContext:
    """As the guard trusts, but the test's own authority."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context


def serving(*names: str, by: trustme.CA | None = None, **dates: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (by or authority()).issue_cert(*names, **dates).configure_cert(context)
    return context


class Internet:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.inside = Peer(says(OK))
        self.outside = Peer(says(OK), serving("public.example", PUBLIC))
        self.connected: list[tuple[str, int]] = []
        self.zone: dict[str, list[list[str]]] = {}
        self.refuses: set[str] = set()
        self.forget()
        monkeypatch.setattr(socket, "getaddrinfo", self._answer)
        monkeypatch.setattr(socket, "create_connection", self._lead)

    def forget(self) -> None:
        """Every name answers from the beginning, and nobody has been seen."""
        self.zone = {name: list(answers) for name, answers in ZONE.items()}
        self.connected.clear()

    def secure(self, context: ssl.SSLContext, part: Part | None = None) -> None:
        """Another host in the public one's place."""
        self.outside.end()
        self.outside = Peer(part or says(OK), context)

    def end(self) -> None:
        self.inside.end()
        self.outside.end()

    def _answer(self, host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        answers = self.zone.get(host.removesuffix("."))
        if answers is None:
            # Numbers in every form that the system's resolver knows; no name is asked for.
            kwargs["flags"] = socket.AI_NUMERICHOST
            return _look_up(_nearby(host), port, *args, **kwargs)
        now = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in now]

    def _lead(self, address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        host, port = address
        for found in self._answer(host, port):  # a name here would be asked for a second time
            host = found[4][0]
        self.connected.append((host, port))
        if host in self.refuses:
            raise ConnectionRefusedError
        peer = self.outside if host in OUT_THERE else self.inside
        return _connect(peer.at, *args, **kwargs)


def _nearby(host: str) -> str:
    """What /etc/hosts and a search list may make of a name."""
    label = host.lower().rstrip(".")
    return "127.0.0.1" if label.endswith(("localhost", "internal", "local")) else host
