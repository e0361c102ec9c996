"""A place for a reference: signed for one type and size, found again while it is there."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from plantain import references, signing, uploads
from plantain.errors import AwsError, LinkNotFound
from plantain.models import MAX_REFERENCE_BYTES, Upload, UploadRequest
from tests.unit.conftest import Clients
from tools.keys import create_key
from tools.stack import Refused

API = "https://api.test"
FILE = f"{'a' * 32}.png"


def a_request(**fields: Any) -> UploadRequest:
    sent = {"contentType": "image/png", "bytes": 12, **fields}
    return UploadRequest.model_validate_json(json.dumps(sent))


@pytest.fixture
def bucket(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("IMAGE_BUCKET", "plantain-images")


def invite(**fields: Any) -> Upload:
    return uploads.invite(a_request(**fields), API)


def test_a_signed_put_holds_for_one_type_and_length(bucket: None) -> None:
    upload = invite(contentType="image/webp", bytes=345)
    query = parse_qs(urlsplit(upload.upload_url).query)
    assert query["X-Amz-SignedHeaders"] == ["content-length;content-type;host"]
    assert query["X-Amz-Expires"] == [str(signing.SECONDS)]
    assert upload.method == "PUT"
    assert upload.headers == {"Content-Type": "image/webp", "Content-Length": "345"}


def test_a_signature_differs_with_the_type_and_the_length(bucket: None) -> None:
    signed = {
        signing.writing("uploads/x", kind, size).rpartition("=")[2]
        for kind in ("image/png", "image/jpeg")
        for size in (1, 2)
    }
    assert len(signed) == 4


@pytest.mark.usefixtures("bucket")
def test_a_signed_url_names_the_buckets_own_host_which_never_redirects() -> None:
    for url in (signing.reading("a"), signing.writing("a", "image/png", 1)):
        assert urlsplit(url).hostname == "plantain-images.s3.eu-west-1.amazonaws.com"


@pytest.mark.usefixtures("bucket")
def test_each_method_has_a_signature_of_its_own() -> None:
    assert signing.reading("a", "GET") != signing.reading("a", "HEAD")


@pytest.mark.parametrize(
    ("kind", "ending"), [("image/png", "png"), ("image/jpeg", "jpg"), ("image/webp", "webp")]
)
def test_an_upload_has_a_link_that_nobody_guesses(bucket: None, kind: str, ending: str) -> None:
    first, second = invite(contentType=kind), invite(contentType=kind)
    assert first.link != second.link
    assert first.link.endswith(f".{ending}")
    assert references.is_link(first.link, API)
    key = references.key_of(first.link.rpartition("/")[2])
    assert urlsplit(first.upload_url).path == f"/{key}"


def test_an_upload_says_until_when_it_may_be_made(bucket: None) -> None:
    left = datetime.fromisoformat(invite().expires_at) - datetime.now(UTC)
    assert timedelta(0) < left <= timedelta(seconds=signing.SECONDS)


@pytest.mark.parametrize(
    "fields",
    [
        {"bytes": 0},
        {"bytes": -1},
        {"bytes": MAX_REFERENCE_BYTES + 1},
        {"bytes": "12"},
        {"bytes": 1.5},
        {"bytes": None},
        {"contentType": "image/gif"},
        {"contentType": "image/svg+xml"},
        {"contentType": None},
        {"name": "x.png"},
    ],
)
def test_what_may_not_be_uploaded_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_request(**fields)


def test_the_largest_upload_is_allowed() -> None:
    assert a_request(bytes=MAX_REFERENCE_BYTES).bytes == MAX_REFERENCE_BYTES


def test_a_kept_picture_has_its_type(clients: Clients, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("IMAGE_BUCKET", "images")
    put: list[dict[str, Any]] = []
    clients["s3"] = SimpleNamespace(put_object=lambda **given: put.append(given))
    uploads.keep([references.Picture(FILE, "image/png", b"...")])
    assert put == [
        {
            "Bucket": "images",
            "Key": f"uploads/{FILE}",
            "Body": b"...",
            "ContentType": "image/png",
        }
    ]


def _head(clients: Clients, status: int = 0) -> list[dict[str, Any]]:
    asked: list[dict[str, Any]] = []

    def head_object(**given: Any) -> None:
        asked.append(given)
        if status:
            raise AwsError(str(status), "HeadObject", status)

    clients["s3"] = SimpleNamespace(head_object=head_object)
    return asked


def test_an_upload_is_found_while_it_is_there(clients: Clients) -> None:
    asked = _head(clients)
    assert uploads.find(FILE) == f"uploads/{FILE}"
    assert [each["Key"] for each in asked] == [f"uploads/{FILE}"]


@pytest.mark.parametrize("status", [403, 404])
def test_an_upload_that_is_not_there_is_not_found(clients: Clients, status: int) -> None:
    _head(clients, status)
    with pytest.raises(LinkNotFound):
        uploads.find(FILE)


def test_a_failure_of_the_bucket_is_not_called_absence(clients: Clients) -> None:
    _head(clients, 503)
    with pytest.raises(AwsError):
        uploads.find(FILE)


def test_a_name_that_we_never_give_is_not_even_looked_for(clients: Clients) -> None:
    asked = _head(clients)
    with pytest.raises(LinkNotFound):
        uploads.find("../alice/tsk_a/b.png")
    assert asked == []


def test_no_owner_is_called_like_the_folder_whose_content_expires() -> None:
    with pytest.raises(Refused, match="another name"):
        create_key(None, references.FOLDER)
