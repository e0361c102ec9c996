"""One POST to a client's endpoint: what comes back, and never more than its time."""

from collections.abc import Callable, Iterator
from email.utils import formatdate

import pytest

from plantain import downstream, settings
from tests.unit.peers import OK, Part, Peer, drips, says


@pytest.fixture
def endpoint(environment: pytest.MonkeyPatch) -> Iterator[Callable[[Part], str]]:
    """Starts a peer that does with each connection what it is told, and gives its URL."""
    peers: list[Peer] = []

    def start(part: Part) -> str:
        peers.append(Peer(part))
        environment.setenv("ALLOW_HOSTS", peers[-1].address)
        settings.forget()
        downstream._web.cache_clear()
        return f"http://{peers[-1].address}/hook"

    yield start
    for peer in peers:
        peer.end()
    downstream._web.cache_clear()


def test_a_2xx_is_an_acknowledgement(endpoint: Callable[[Part], str]) -> None:
    answer = downstream.post(endpoint(says(OK)), b"{}", {"webhook-id": "evt_1"})
    assert (answer.status, answer.error) == (200, None)


@pytest.mark.parametrize(
    ("status", "error"),
    [("302 Found\r\nLocation: /", "redirect"), ("410 Gone", "gone"), ("500 Oh", "refused")],
)
def test_another_status_is_none(endpoint: Callable[[Part], str], status: str, error: str) -> None:
    answer = downstream.post(endpoint(says(f"HTTP/1.1 {status}\r\n\r\n".encode())), b"{}", {})
    assert (answer.status, answer.error) == (int(status[:3]), error)


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX: ", OK.replace(b": 0", b": 999")])
def test_a_peer_that_drips_has_no_more_time_than_any_other(
    endpoint: Callable[[Part], str], monkeypatch: pytest.MonkeyPatch, head: bytes
) -> None:
    monkeypatch.setattr(downstream, "SECONDS", 0.5)
    answer = downstream.post(endpoint(drips(head)), b"{}", {})
    assert (answer.status, answer.error) == (None, "timeout")


def test_an_answer_that_breaks_off_is_none(endpoint: Callable[[Part], str]) -> None:
    answer = downstream.post(endpoint(says(OK.replace(b": 0", b": 9"))), b"{}", {})
    assert answer.error == "unreachable"


def test_nobody_there(endpoint: Callable[[Part], str]) -> None:
    url = endpoint(says(b""))
    assert downstream.post(url, b"{}", {}).error == "unreachable"
    assert downstream.post("https://name.invalid/hook", b"{}", {}).error == "unreachable"


@pytest.mark.parametrize("url", ["http://client.test/", "https://10.0.0.1/", "https://localhost/"])
def test_where_nothing_may_be_sent_nothing_is(url: str) -> None:
    assert downstream.post(url, b"{}", {}).error == "forbidden"


def test_retry_after_is_seconds_or_a_date() -> None:
    now = 1_800_000_000.0
    assert downstream._retry_after("120", now) == 120
    assert downstream._retry_after(formatdate(now + 90, usegmt=True), now) == 90
    assert downstream._retry_after(formatdate(now - 90, usegmt=True), now) == 0
    assert downstream._retry_after("", now) is downstream._retry_after("soon", now) is None
