"""A client's endpoint that does as it is told: answers, hangs, drips, and remembers it all."""

import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import sleep

Answer = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


def says(status: int, **headers: object) -> Answer:
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()]
    head = f"HTTP/1.1 {status} So\r\nContent-Length: 2\r\n{''.join(lines)}\r\n"
    return lambda connection: connection.sendall(head.encode() + b"{}")


def hangs(connection: socket.socket) -> None:
    """Say nothing until the other side is tired of it."""
    connection.recv(1)


def drips(connection: socket.socket) -> None:
    """Begin an answer, and give one byte of it at a time."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n")
    while True:
        sleep(0.5)
        connection.sendall(b"x")


class Receiver:
    """Answers the first request of each event with the first answer, and so on; then the last."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = answers
        self.received: list[Received] = []
        self.most_open = 0
        self._open = 0
        self._changing = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/hook"

    def of(self, event_id: str) -> list[Received]:
        return [one for one in self.received if one.id == event_id]

    def close(self) -> None:
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):  # closed
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._meet, args=(connection,), daemon=True).start()

    def _meet(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            request = _read(connection)
            answer = self._enter(request)
            try:
                answer(connection)
            finally:
                with self._changing:
                    self._open -= 1

    def _enter(self, request: Received) -> Answer:
        with self._changing:
            self.received.append(request)
            self._open += 1
            self.most_open = max(self.most_open, self._open)
            turn = Counter(one.id for one in self.received)[request.id]
        return self.answers[min(turn, len(self.answers)) - 1]


def _read(connection: socket.socket) -> Received:
    content = b""
    while b"\r\n\r\n" not in content:
        content += connection.recv(65_536) or _cut()
    head, _, body = content.partition(b"\r\n\r\n")
    lines = [line.decode().partition(": ") for line in head.split(b"\r\n")[1:]]
    headers = {name.lower(): value for name, _, value in lines}
    while len(body) < int(headers["content-length"]):
        body += connection.recv(65_536) or _cut()
    return Received(headers, body)


def _cut() -> bytes:
    raise ConnectionError("the request broke off")
