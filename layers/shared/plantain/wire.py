"""Connections to AWS that are kept, as long as the other side keeps them."""

import http.client
import select
from collections.abc import Mapping
from contextlib import suppress
from typing import IO, NamedTuple
from urllib.parse import SplitResult

from plantain import tls

CONNECT_SECONDS = 3
READ_SECONDS = 10
PIECE = 64 * 1024  # of a file that is sent
FAILURES = (OSError, http.client.HTTPException)

Connection = http.client.HTTPConnection


class Answer(NamedTuple):
    status: int
    content: bytes


class Wire:
    """Several threads may use it at once: each has a connection of its own meanwhile."""

    def __init__(self) -> None:
        self._idle: dict[str, list[Connection]] = {}

    def exchange(
        self, method: str, url: SplitResult, headers: Mapping[str, str], body: bytes | IO[bytes]
    ) -> Answer:
        """Whatever is answered; one of `FAILURES` where nothing is."""
        idle = self._idle.setdefault(url.netloc, [])
        connection = _taken(idle) or _made(url)
        try:
            answer = _ask(connection, method, url.path, headers, body)
        except FAILURES:
            connection.close()
            _forget(idle)  # whatever befell this one has perhaps befallen them
            raise
        idle.append(connection)
        return answer


def _forget(idle: list[Connection]) -> None:
    with suppress(IndexError):
        while True:
            idle.pop().close()


def _taken(idle: list[Connection]) -> Connection | None:
    """One that is still open: many are closed while a function sleeps."""
    try:
        while is_dropped(connection := idle.pop()):
            connection.close()
    except IndexError:
        return None
    return connection


def is_dropped(connection: Connection) -> bool:
    """Whether there is something to read, which can only be its end: nothing was asked."""
    if connection.sock is None:
        return False
    waiting = select.poll()
    waiting.register(connection.sock, select.POLLIN)
    return bool(waiting.poll(0))


def _made(url: SplitResult) -> Connection:
    host, port = str(url.hostname), url.port
    if url.scheme == "http":  # a local cloud
        return Connection(host, port, CONNECT_SECONDS, blocksize=PIECE)
    return http.client.HTTPSConnection(
        host, port, timeout=CONNECT_SECONDS, context=tls.context(), blocksize=PIECE
    )


def _ask(
    connection: Connection,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes | IO[bytes],
) -> Answer:
    if connection.sock is None:
        connection.connect()
        connection.sock.settimeout(READ_SECONDS)  # type: ignore[attr-defined]
    with suppress(BrokenPipeError):  # perhaps it has answered before it was told everything
        connection.request(method, path, body, dict(headers))
    response = connection.getresponse()
    return Answer(response.status, response.read())
