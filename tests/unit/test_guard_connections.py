"""The guarded client against real connections on this machine: deadlines, redirects, allow-list."""

import socket
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest

from plantain import guard

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"


class Peer:
    """Accepts connections and plays its part on each until the test is over."""

    def __init__(self, part: Callable[[socket.socket, threading.Event], None]) -> None:
        self.over = threading.Event()
        self.requests = 0
        self._part = part
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def end(self) -> None:
        self.over.set()
        with socket.create_connection(self._listener.getsockname()):
            self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                if self.over.is_set():
                    return
                self.requests += 1
                connection.recv(65536)
                try:
                    self._part(connection, self.over)
                except OSError:
                    continue  # the client has gone


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    peers: list[Peer] = []

    def start(part: Callable[[socket.socket, threading.Event], None]) -> Peer:
        peers.append(Peer(part))
        return peers[-1]

    yield start
    for one in peers:
        one.end()


def drip(connection: socket.socket, over: threading.Event) -> None:
    """A byte at a time, each well within any time-out for a read."""
    connection.sendall(HEAD)
    while not over.wait(0.01):
        connection.sendall(b"x")


def drip_head(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not over.wait(0.01):
        connection.sendall(b"x")


def stay_silent(connection: socket.socket, over: threading.Event) -> None:
    over.wait()


def answer(text: bytes) -> Callable[[socket.socket, threading.Event], None]:
    return lambda connection, _: connection.sendall(text)


@pytest.mark.parametrize("part", [drip, drip_head, stay_silent])
@pytest.mark.parametrize("guarded", [True, False])
def test_a_slow_peer_is_left_at_the_deadline(
    part: Callable[[socket.socket, threading.Event], None],
    guarded: bool,
    peer: Callable[..., Peer],
) -> None:
    slow = peer(part)
    allowed = frozenset({slow.address})
    web = guard.guarded_client(allowed) if guarded else guard.trusted_client(keep_alive=False)
    with web, guard.deadline(0.15), pytest.raises(httpx.ReadTimeout):
        web.get(f"http://{slow.address}/")


def test_after_the_deadline_nothing_is_even_begun(peer: Callable[..., Peer]) -> None:
    idle = peer(stay_silent)
    with (
        guard.trusted_client(keep_alive=False) as web,
        guard.deadline(0),
        pytest.raises(httpx.ConnectTimeout),
    ):
        web.get(f"http://{idle.address}/")
    assert idle.requests == 0


def test_an_inner_deadline_cannot_outlast_the_outer_one() -> None:
    with guard.deadline(5):
        with guard.deadline(100):
            assert guard.remaining() <= 5
        with guard.deadline(1):
            assert guard.remaining() <= 1
        assert guard.remaining() > 1
    assert guard.remaining() == float("inf")


def test_an_address_of_this_machine_is_refused_unless_its_port_is_allowed(
    peer: Callable[..., Peer],
) -> None:
    inside = peer(answer(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    other = f"127.0.0.1:{int(inside.address.split(':')[1]) + 1}"
    with guard.guarded_client(frozenset({other})) as web, pytest.raises(httpx.ConnectError):
        web.get(f"http://{inside.address}/")
    assert inside.requests == 0
    with guard.guarded_client(frozenset({inside.address})) as web:
        assert web.get(f"http://{inside.address}/").status_code == 200


def test_a_redirect_is_an_answer_and_is_not_followed(peer: Callable[..., Peer]) -> None:
    secret = peer(answer(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    location = f"Location: http://{secret.address}/\r\nContent-Length: 0\r\n\r\n"
    door = peer(answer(b"HTTP/1.1 302 Found\r\n" + location.encode()))
    with guard.guarded_client(frozenset({door.address, secret.address})) as web:
        assert web.get(f"http://{door.address}/").status_code == 302
    assert secret.requests == 0


@pytest.mark.parametrize(
    "body", [HEAD + b"short", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"]
)
def test_a_short_read_is_no_answer(body: bytes, peer: Callable[..., Peer]) -> None:
    cut = peer(answer(body))
    with (
        guard.guarded_client(frozenset({cut.address})) as web,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        web.get(f"http://{cut.address}/")
