"""Where requests may go; where they may not is in the corpus of hostile URLs."""

import pytest

from plantain.destinations import forbidden, public

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
    assert forbidden(url, ALLOWED) is None


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_an_address_on_the_internet_is_public(address: str) -> None:
    assert public(address)
