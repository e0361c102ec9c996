"""Only the host that is meant is spoken to: certificates are checked against the name asked for."""

import datetime
import ssl
from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import pytest
import trustme

from plantain import guard, tls
from tests.unit.hostile_urls import PUBLIC
from tests.unit.internet import Internet, serving, trusting

URL = "https://public.example/"
YEARS = datetime.timedelta(days=3650)


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    internet = Internet(monkeypatch)
    monkeypatch.setattr(guard, "tls", SimpleNamespace(context=trusting))
    yield internet
    internet.end()


def expired() -> ssl.SSLContext:
    long_ago = datetime.datetime.now(datetime.UTC) - YEARS
    soon_after = long_ago + datetime.timedelta(days=90)
    return serving("public.example", not_before=long_ago, not_after=soon_after)


def not_yet_valid() -> ssl.SSLContext:
    return serving("public.example", not_before=datetime.datetime.now(datetime.UTC) + YEARS / 10)


def outdated() -> ssl.SSLContext:
    context = serving("public.example")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


CERTIFICATES = {
    "another name": lambda: serving("evil.example"),
    "its own address, not its name": lambda: serving(PUBLIC),
    "a name below": lambda: serving("a.public.example"),
    "a star one level too deep": lambda: serving("*.a.public.example"),
    "no authority that is known": lambda: serving("public.example", by=trustme.CA()),
    "expired": expired,
    "not yet valid": not_yet_valid,
    "a protocol of yesterday": outdated,
}


@pytest.mark.parametrize("why", CERTIFICATES)
@pytest.mark.parametrize("guarded", [True, False])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_a_host_that_cannot_show_who_it_is_hears_nothing(
    why: str, guarded: bool, internet: Internet
) -> None:
    internet.secure(CERTIFICATES[why]())
    client = guard.guarded_client(frozenset()) if guarded else guard.trusted_client(False)
    with client as web, pytest.raises(httpx.ConnectError):
        web.get(URL)
    assert internet.outside.heard == []


def test_it_is_asked_for_by_its_name_though_connected_to_by_its_address(internet: Internet) -> None:
    names: list[str | None] = []
    context = serving("public.example")
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    internet.secure(context)
    with guard.guarded_client(frozenset()) as web:
        assert web.get(URL).status_code == 200
    assert (names, internet.connected) == (["public.example"], [(PUBLIC, 443)])
    assert b"\r\nHost: public.example\r\n" in internet.outside.heard[0]


def test_an_address_needs_a_certificate_of_its_own(internet: Internet) -> None:
    with guard.guarded_client(frozenset()) as web:
        assert web.get(f"https://{PUBLIC}/").status_code == 200
        with pytest.raises(httpx.ConnectError):
            web.get("https://8.8.8.8/")


def test_the_authorities_are_the_worlds_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says of others, and never none."""
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    tls.context.cache_clear()
    context = tls.context()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    issuers = {str(authority["subject"]) for authority in context.get_ca_certs()}
    assert len(issuers) > 50
    assert not any("trustme" in issuer for issuer in issuers)
