"""Reference pictures in the bucket: a way in for clients, and a way out for providers."""

import secrets
import time
from collections.abc import Iterable

from plantain import signing
from plantain.errors import AwsError, LinkNotFound
from plantain.lifecycle import iso
from plantain.models import Upload, UploadRequest
from plantain.references import Picture, file_named, key_of, link_to
from plantain.settings import client, settings

# Who may not list the bucket is told 403 of what is not there.
ABSENT = (403, 404)


def invite(request: UploadRequest, base_url: str) -> Upload:
    """Where one picture of this type and size may be put, and its link once it is there."""
    file = file_named(secrets.token_bytes(20), request.content_type)
    return Upload(
        upload_url=signing.writing(key_of(file), request.content_type, request.bytes),
        headers={"Content-Type": request.content_type, "Content-Length": str(request.bytes)},
        link=link_to(file, base_url),
        expires_at=iso(time.time() + signing.SECONDS),
    )


def keep(pictures: Iterable[Picture]) -> None:
    for picture in pictures:
        client("s3").put_object(
            Bucket=settings().image_bucket,
            Key=key_of(picture.file),
            Body=picture.content,
            ContentType=picture.content_type,
        )


def find(file: str) -> str:
    """The key of an uploaded picture, if it is (still) there."""
    key = key_of(file)
    try:
        client("s3").head_object(Bucket=settings().image_bucket, Key=key)
    except AwsError as error:
        if error.status in ABSENT:
            raise LinkNotFound from error
        raise
    return key
