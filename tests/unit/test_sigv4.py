"""Our signatures are the ones that the SDK makes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import botocore.auth
import botocore.session
import pytest
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from plantain import region, signing
from plantain.sigv4 import Signer

NOW = datetime(2026, 11, 20, 8, 9, 10, tzinfo=UTC)
VISIBLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)
TOKENS = st.sampled_from(["", "token/with+signs=="])
KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40) | st.text(
    "/.a +%~?#é", min_size=1, max_size=20
)


@pytest.fixture(autouse=True)
def _(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("IMAGE_BUCKET", "images-7f3a")


def then(*_: object, **__: object) -> datetime:
    return NOW.replace(tzinfo=None)


@given(body=st.binary(max_size=200), secret=VISIBLE, token=TOKENS, target=VISIBLE)
def test_a_request_is_signed_as_the_sdk_signs_it(
    body: bytes, secret: str, token: str, target: str
) -> None:
    url = "https://dynamodb.eu-west-1.amazonaws.com/"
    headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": target}
    request = AWSRequest("POST", url, headers, body)
    credentials = Credentials("id", secret, token or None)
    with mock.patch.object(botocore.auth, "get_current_datetime", then):
        botocore.auth.SigV4Auth(credentials, "dynamodb", "eu-west-1").add_auth(request)
    signer = Signer("dynamodb", "eu-west-1", "id", secret, token)
    ours = signer.headers("POST", urlsplit(url), headers, sha256(body).hexdigest(), NOW)
    theirs = {name.lower(): value for name, value in request.headers.items()}
    assert {**theirs, "host": urlsplit(url).netloc} == ours


@given(key=KEYS, body=st.binary(max_size=200), token=TOKENS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_an_object_is_asked_for_as_the_sdk_signs_it(
    method: str, key: str, body: bytes, token: str
) -> None:
    url, headers = region.object_url("images-7f3a", key), {"content-type": "image/png"}
    request = AWSRequest(method, url.geturl(), headers, body)
    with mock.patch.object(botocore.auth, "get_current_datetime", then):
        credentials = Credentials("id", "secret", token or None)
        botocore.auth.S3SigV4Auth(credentials, "s3", "eu-west-1").add_auth(request)
    digest = sha256(body).hexdigest()
    ours = Signer("s3", "eu-west-1", "id", "secret", token).headers(
        method, url, {**headers, "x-amz-content-sha256": digest}, digest, NOW
    )
    theirs = {name.lower(): value for name, value in request.headers.items()}
    assert {**theirs, "host": url.netloc} == ours


@settings(deadline=None)  # the first makes an SDK
@given(key=KEYS, token=TOKENS)
@pytest.mark.parametrize("place", ["", "http://127.0.0.1:4566"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_a_url_is_signed_as_the_sdk_signs_it(place: str, method: str, key: str, token: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_SESSION_TOKEN", token)
        if place:
            patch.setenv("AWS_ENDPOINT_URL", place)
        patch.setattr(botocore.auth, "get_current_datetime", then)
        patch.setattr(signing, "datetime", mock.Mock(now=lambda _: NOW))
        sized = {"ContentType": "image/png", "ContentLength": 12} if method == "PUT" else {}
        ours = signing.writing(key, "image/png", 12) if sized else signing.reading(key, method)
        operation = {"GET": "get_object", "HEAD": "head_object", "PUT": "put_object"}[method]
        theirs = _sdk(place, token).generate_presigned_url(
            operation, Params={"Bucket": "images-7f3a", "Key": key, **sized}, ExpiresIn=900
        )
    assert sorted(_parts(ours)) == sorted(_parts(theirs))


@cache
def _sdk(place: str, token: str) -> Any:
    config = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
    session = botocore.session.Session()
    session.set_credentials("id", "secret", token or None)
    return session.create_client("s3", "eu-west-1", endpoint_url=place or None, config=config)


def _parts(url: str) -> list[str]:
    place, _, query = url.partition("?")
    return [place, *query.split("&")]


def regions() -> Iterator[tuple[str, str]]:
    """Each with its domain, but for those that are cut off from the world."""
    for partition in botocore.session.Session().get_data("partitions")["partitions"]:
        if "iso" not in partition["id"]:
            domain = partition["outputs"]["dnsSuffix"]
            yield from ((name, domain) for name in partition["regions"] if "global" not in name)


def test_a_service_is_where_the_stack_is(environment: pytest.MonkeyPatch) -> None:
    found = dict(regions())
    assert {"us-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"} <= found.keys()
    for name, domain in found.items():
        environment.setenv("AWS_REGION", name)
        assert region.endpoint("sqs").geturl() == f"https://sqs.{name}.{domain}/"
        assert region.endpoint("s3", "b").geturl() == f"https://b.s3.{name}.{domain}/"


def test_the_environment_may_say_another_place(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    environment.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:2/")
    assert region.endpoint("secretsmanager").geturl() == "http://127.0.0.1:2/"
    url = region.object_url("images", "a/b c.png").geturl()
    assert url == "http://127.0.0.1:1/images/a/b%20c.png"
