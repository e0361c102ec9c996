"""The guarded client against real connections on this machine: deadlines and short reads."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from plantain import guard
from tests.unit.peers import HEAD, Part, Peer, drips, says, stays_silent


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    peers: list[Peer] = []

    def start(part: Part) -> Peer:
        peers.append(Peer(part))
        return peers[-1]

    yield start
    for one in peers:
        one.end()


@pytest.mark.parametrize("part", [drips(HEAD), drips(b"HTTP/1.1 200 OK\r\nX-Slow: "), stays_silent])
@pytest.mark.parametrize("guarded", [True, False])
def test_a_slow_peer_is_left_at_the_deadline(
    part: Part,
    guarded: bool,
    peer: Callable[..., Peer],
) -> None:
    slow = peer(part)
    allowed = frozenset({slow.address})
    web = guard.guarded_client(allowed) if guarded else guard.trusted_client(keep_alive=False)
    with web, guard.deadline(0.15), pytest.raises(httpx.ReadTimeout):
        web.get(f"http://{slow.address}/")


def test_after_the_deadline_nothing_is_even_begun(peer: Callable[..., Peer]) -> None:
    idle = peer(stays_silent)
    with (
        guard.trusted_client(keep_alive=False) as web,
        guard.deadline(0),
        pytest.raises(httpx.ConnectTimeout),
    ):
        web.get(f"http://{idle.address}/")
    assert idle.connections == 0


def test_an_inner_deadline_cannot_outlast_the_outer_one() -> None:
    with guard.deadline(5):
        with guard.deadline(100):
            assert guard.remaining() <= 5
        with guard.deadline(1):
            assert guard.remaining() <= 1
        assert guard.remaining() > 1
    assert guard.remaining() == float("inf")


@pytest.mark.parametrize(
    "body", [HEAD + b"short", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"]
)
def test_a_short_read_is_no_answer(body: bytes, peer: Callable[..., Peer]) -> None:
    cut = peer(says(body))
    with (
        guard.guarded_client(frozenset({cut.address})) as web,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        web.get(f"http://{cut.address}/")
