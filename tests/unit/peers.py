"""Peers on this machine that play their part, and count who comes."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress

Part = Callable[[socket.socket, threading.Event], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"


class Peer:
    """Accepts connections and plays its part on each until the test is over."""

    def __init__(self, part: Part, tls: ssl.SSLContext | None = None) -> None:
        self.over = threading.Event()
        self.connections = 0
        self.heard: list[bytes] = []
        self.part = part
        self._tls = tls
        self._open: socket.socket | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.at: tuple[str, int] = self._listener.getsockname()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"{self.at[0]}:{self.at[1]}"

    def end(self) -> None:
        self.over.set()
        with suppress(OSError):
            if self._open:  # or who keeps it open would keep us waiting
                self._open.shutdown(socket.SHUT_RDWR)
        with socket.socket() as knock:
            knock.connect(self.at)
            self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                if self.over.is_set():
                    return
                self.connections += 1
                with suppress(OSError):  # the client has gone
                    self._receive(connection)

    def _receive(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        if self._tls:
            with self._tls.wrap_socket(connection, server_side=True) as secured:
                return self._talk(secured)
        return self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        self._open = connection
        self.heard.append(connection.recv(65_536))
        self.part(connection, self.over)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):  # or what is unread would cut our answer off
            pass


def says(answer: bytes) -> Part:
    return lambda connection, _: connection.sendall(answer)


def drips(begin: bytes, drop: bytes = b"x") -> Part:
    """A little at a time, each well within any time-out for a read."""

    def part(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(begin)
        while not over.wait(0.01):
            connection.sendall(drop)

    return part


def floods(begin: bytes, wave: bytes) -> Part:
    """As fast as it can, for ever."""

    def part(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(begin)
        while not over.is_set():
            connection.sendall(wave)

    return part


def stays_silent(connection: socket.socket, over: threading.Event) -> None:
    over.wait()
