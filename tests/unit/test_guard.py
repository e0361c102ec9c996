"""Where requests may go by the text of their URL, and by the address behind it."""

import socket
from typing import Any

import httpx
import pytest

from plantain import guard

ALLOWED = frozenset({"127.0.0.1:9910", "images.test:80"})


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.png",
        "https://example.com:443/a.png?x=1",
        "https://EXAMPLE.com./a.png",
        "https://93.184.215.14/a.png",
        "https://[2606:4700::1111]/a.png",
        "https://xn--bcher-kva.example/a.png",
        "http://127.0.0.1:9910/a.png",
        "http://images.test/a.png",
    ],
)
def test_a_public_or_allowed_url_may_be_asked_for(url: str) -> None:
    assert guard.forbidden(url, ALLOWED) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.png",
        "ftp://example.com/a.png",
        "file:///etc/passwd",
        "//example.com/a.png",
        "https://",
        "https://:443/",
        "https://example.com:8443/",
        "https://example.com:99999/",
        "https://user@example.com/",
        "https://:secret@example.com/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://a.localhost/",
        "https://printer.local/",
        "https://vault.internal/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://2130706433/",
        "https://0/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[fe80::1%25eth0]/",
        "https://[::1",
        "https://a\x00b/",
        "http://127.0.0.1:9911/a.png",
        "http://127.0.0.1/a.png",
        "http://127.0.0.1.:9911/a.png",
        "http://images.test:81/",
        "http://images.test.evil.com/",
        "http://images.test@evil.com/",
        "ftp://127.0.0.1:9910/",
    ],
)
def test_any_other_url_may_not(url: str) -> None:
    assert guard.forbidden(url, ALLOWED)


PRIVATE = [
    *("0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.255", "169.254.169.254"),
    *("172.16.0.1", "172.31.255.255", "192.0.0.1", "192.168.0.1", "198.18.0.1", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
    *("::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1"),
    *("2001::1", "2001:db8::1", "2002:7f00:1::", "2002:5db8:d70e::1", "fc00::1", "fd00:ec2::254"),
    *("fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_out_there_is_not_public(address: str) -> None:
    assert not guard.public(address)


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_an_address_on_the_internet_is_public(address: str) -> None:
    assert guard.public(address)


class Resolver:
    """A name service of the test's own, which counts."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked.append(host)
        return [(0, 0, 0, "", (address, port)) for address in self.addresses]


@pytest.mark.parametrize("addresses", [[a] for a in PRIVATE] + [["8.8.8.8", "127.0.0.1"], []])
def test_a_name_is_judged_by_every_address_it_has(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(*addresses))
    with (
        guard.guarded_client(frozenset()) as web,
        pytest.raises(httpx.ConnectError, match="not a public host"),
    ):
        web.get("https://innocent.example/")


def test_a_name_is_resolved_once_and_its_checked_address_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolver, connected = Resolver("8.8.8.8"), []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> None:
        connected.append(address)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    monkeypatch.setattr(socket, "create_connection", connect)
    with guard.guarded_client(frozenset()) as web, pytest.raises(httpx.ConnectError):
        web.get("https://rebinding.example/")
    assert (resolver.asked, connected) == (["rebinding.example"], [("8.8.8.8", 443)])


def test_a_name_that_does_not_exist_is_a_failed_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with (
        guard.guarded_client(frozenset()) as web,
        pytest.raises(httpx.ConnectError, match="has no address"),
    ):
        web.get("https://nowhere.example/")


def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver = Resolver("127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    with guard.guarded_client(frozenset()) as web, pytest.raises(httpx.ConnectError):
        web.get("https://innocent.example/")
    assert resolver.asked == ["innocent.example"]
