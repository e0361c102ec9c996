"""A signed URL opens one object, for one method, until its time is over; nothing else does.

SeaweedFS has a signature checker of its own; the emulator would let everybody in here.
"""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import pytest
from botocore.exceptions import ClientError

from plantain import settings, signing
from tests.integration.conftest import Emulator
from tests.integration.world import World
from tools.template import of_type

PICTURE = b"\x89PNG\r\n\x1a\n"
KEY = "alice/tsk_test/picture.png"
PNG = {"Content-Type": "image/png"}
web = httpx.Client(trust_env=False)


@pytest.fixture(autouse=True)
def picture(world: World) -> None:
    bucket = settings.settings().image_bucket
    settings.client("s3").put_object(Bucket=bucket, Key=KEY, Body=PICTURE, ContentType="image/png")


def signed_ago(monkeypatch: pytest.MonkeyPatch, minutes: int, key: str = KEY) -> str:
    then = datetime.now(UTC) - timedelta(minutes=minutes)
    with monkeypatch.context() as past:
        past.setattr(signing, "datetime", SimpleNamespace(now=lambda _: then))
        return signing.reading(key)


def test_it_gives_the_picture() -> None:
    answer = web.get(signing.reading(KEY))
    assert (answer.status_code, answer.content) == (200, PICTURE)
    assert answer.headers["content-type"] == "image/png"
    assert web.head(signing.reading(KEY, "HEAD")).status_code == 200


def test_it_ends_after_a_quarter_of_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    assert web.get(signed_ago(monkeypatch, minutes=10)).status_code == 200
    assert web.get(signed_ago(monkeypatch, minutes=20)).status_code == 403


def test_without_a_signature_nobody_gets_in() -> None:
    url = signing.reading(KEY).partition("?")[0]
    assert web.get(url).status_code == 403
    assert web.put(url, content=PICTURE).status_code == 403
    assert web.get(url.removesuffix(KEY)).status_code == 403


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("picture.png", "another.png"),
        ("X-Amz-Expires=900", "X-Amz-Expires=9000"),
        ("X-Amz-Signature=", "X-Amz-Signature=0"),
        ("Credential=test", "Credential=000000000000"),
    ],
)
def test_nothing_of_it_can_be_changed(said: str, instead: str) -> None:
    url = signing.reading(KEY)
    assert url.count(said) == 1
    assert web.get(url.replace(said, instead)).status_code == 403


def test_it_is_for_one_method() -> None:
    assert web.put(signing.reading(KEY), content=b"mine").status_code == 403
    assert web.delete(signing.reading(KEY)).status_code == 403
    assert web.get(signing.reading(KEY, "HEAD")).status_code == 403
    assert web.get(signing.reading(KEY)).content == PICTURE


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        (PNG, PICTURE, 200),
        (PNG, PICTURE + b"!", 403),
        (PNG, b"", 403),
        ({"Content-Type": "text/html"}, PICTURE, 403),
        ({}, PICTURE, 403),
    ],
)
def test_an_upload_is_of_the_announced_size_and_type(
    headers: dict[str, str], content: bytes, status: int
) -> None:
    url = signing.writing(f"uploads/{status}", "image/png", len(PICTURE))
    assert web.put(url, headers=headers, content=content).status_code == status


def test_the_buckets_policy_refuses_whoever_comes_without_tls(emulator: Emulator) -> None:
    """The template's policy, word for word, in a bucket of its own."""
    storage, name = emulator.client("s3"), "tls-only"
    (policy,) = of_type("BucketPolicy").values()
    text = json.dumps(policy["PolicyDocument"])
    arns = {'{"Fn::GetAtt": "ImageBucket.Arn"}': f'"arn:aws:s3:::{name}"'}
    arns['{"Fn::Sub": "${ImageBucket.Arn}/*"}'] = f'"arn:aws:s3:::{name}/*"'
    for said, meant in arns.items():
        assert said in text
        text = text.replace(said, meant)
    storage.create_bucket(Bucket=name)
    storage.put_object(Bucket=name, Key="a", Body=PICTURE)
    storage.put_bucket_policy(Bucket=name, Policy=text)
    with pytest.raises(ClientError, match="AccessDenied"):
        storage.get_object(Bucket=name, Key="a")
