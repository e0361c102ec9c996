"""Pictures inside a request are taken out of it, or refused; only links stay."""

import base64
import json
from typing import Any

import pytest
from pydantic import ValidationError

from plantain import references
from plantain.errors import InvalidRequest, LinkNotFound
from plantain.intake import fingerprint_of
from plantain.models import MAX_REFERENCE_BYTES, MAX_URL, TaskRequest

API = "https://api.test"
PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 300
JPEG = b"\xff\xd8\xff\xe0" + b"j" * 300
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"w" * 300
ELSEWHERE = "https://example.com/a.png"


def uri(content: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def a_request(*urls: str, **fields: Any) -> TaskRequest:
    sent = {"model": "nano-banana", "input": {"prompt": "p", "imageUrls": list(urls), **fields}}
    return TaskRequest.model_validate_json(json.dumps(sent))


def lift(*urls: str, seed: bytes = b"alice") -> tuple[list[str], list[references.Picture]]:
    request, pictures = references.lift(seed, a_request(*urls), API)
    return request.input.image_urls or [], pictures


@pytest.mark.parametrize(
    ("content", "kind", "ending"),
    [(PNG, "image/png", "png"), (JPEG, "image/jpeg", "jpg"), (WEBP, "image/webp", "webp")],
)
def test_a_data_uri_becomes_a_link_that_ends_like_its_type(
    content: bytes, kind: str, ending: str
) -> None:
    urls, (picture,) = lift(ELSEWHERE, uri(content, kind))
    assert (picture.content, picture.content_type) == (content, kind)
    assert urls == [ELSEWHERE, f"{API}/u/{picture.file}"]
    assert picture.file.endswith(f".{ending}")
    assert references.is_link(urls[1], API)
    assert references.key_of(picture.file) == f"uploads/{picture.file}"


def test_nothing_of_the_picture_stays_in_the_request() -> None:
    request, _ = references.lift(b"alice", a_request(uri(PNG), uri(JPEG, "image/jpeg")), API)
    assert "base64" not in request.model_dump_json()
    assert request.input.prompt == "p"


def test_a_request_without_pictures_is_left_as_it_is() -> None:
    for request in (a_request(ELSEWHERE), a_request()):
        assert references.lift(b"alice", request, API) == (request, [])


def test_the_same_picture_of_the_same_order_has_one_name() -> None:
    assert lift(uri(PNG)) == lift(uri(PNG))
    urls, pictures = lift(uri(PNG), uri(PNG))
    assert urls == [urls[0]] * 2
    assert len(pictures) == 1
    assert lift(uri(PNG)) != lift(uri(PNG), seed=b"bob")
    assert lift(uri(PNG)) != lift(uri(PNG + b"!"))


def test_the_fingerprint_is_of_what_was_sent() -> None:
    sent = a_request(uri(PNG))
    lifted, _ = references.lift(b"alice", sent, API)
    assert fingerprint_of(sent) == fingerprint_of(a_request(uri(PNG)))
    assert fingerprint_of(sent) != fingerprint_of(lifted)
    assert fingerprint_of(sent) != fingerprint_of(a_request(uri(JPEG)))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (uri(PNG, "image/gif"), "is not a PNG, JPEG or WebP"),
        (uri(PNG, "image/svg+xml"), "is not a PNG, JPEG or WebP"),
        (uri(PNG, "image/jpg"), "is not a PNG, JPEG or WebP"),
        (uri(PNG, "image/png;charset=x"), "is not a PNG, JPEG or WebP"),
        ("data:image/png,plain", "is not a PNG, JPEG or WebP"),
        ("data:;base64,aaaa", "is not a PNG, JPEG or WebP"),
        ("data:image/png;base64", "does not begin like image/png"),
        ("data:image/png;base64,", "does not begin like image/png"),
        (uri(JPEG), "does not begin like image/png"),
        (uri(PNG, "image/webp"), "does not begin like image/webp"),
        (uri(WEBP, "image/jpeg"), "does not begin like image/jpeg"),
        (uri(b"RIFF____WAVE", "image/webp"), "does not begin like image/webp"),
        (uri(PNG)[:-1], "is not valid base64"),
        (uri(PNG) + "=", "is not valid base64"),
        (uri(PNG).replace(",", ",-"), "is not valid base64"),
        (uri(PNG).replace(",", ",é"), "is not valid base64"),
        (uri(PNG + bytes(MAX_REFERENCE_BYTES)), "has more than 10000000 bytes"),
    ],
    ids=range(17),
)
def test_a_data_uri_that_cannot_be_used_is_named_and_not_quoted(url: str, reason: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        lift(ELSEWHERE, url)
    (error,) = caught.value.errors
    assert error["field"] == "input.imageUrls.1"
    assert error["message"].startswith(reason)
    assert len(json.dumps(error)) < 400


@pytest.mark.parametrize("url", ["ftp://a.test/b", "data:image/png;base64,a b", "data:", "x"])
def test_what_is_neither_a_url_nor_a_data_uri_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        a_request(url)


def test_a_url_is_short_though_a_data_uri_is_long() -> None:
    a_request(uri(PNG * 1000))
    with pytest.raises(ValidationError, match=str(MAX_URL)):
        a_request("https://a.test/" + "a" * MAX_URL)


@pytest.mark.parametrize(
    "file",
    [
        "",
        "a.png",
        f"{'a' * 32}",
        f"{'a' * 32}.gif",
        f"{'a' * 32}.jpeg",
        f"{'a' * 32}.png\n",
        f"{'A' * 32}.png",
        f"{'1' * 32}.png",
        f"{'a' * 31}.png",
        f"../{'a' * 29}.png",
        f"{'a' * 32}.png?x",
    ],
)
def test_only_names_that_we_give_are_links_and_keys(file: str) -> None:
    assert not references.is_link(f"{API}/u/{file}", API)
    with pytest.raises(LinkNotFound):
        references.key_of(file)


def test_a_link_is_ours_only_at_our_own_address() -> None:
    file = f"{'a' * 32}.png"
    assert references.is_link(f"{API}/u/{file}", API)
    for other in (f"https://evil.test/u/{file}", f"{API}.evil.test/u/{file}", f"{API}/i/{file}"):
        assert not references.is_link(other, API)
