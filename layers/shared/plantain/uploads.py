"""Reference pictures in the bucket: a way in for clients, and a way out for providers."""

import secrets
import time
from collections.abc import Iterable

from plantain import signing
from plantain.errors import AwsError, InvalidRequest, LinkNotFound
from plantain.lifecycle import iso
from plantain.models import TaskRequest, Upload, UploadRequest
from plantain.references import Picture, file_named, key_of, link_to, named_in
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


def expect(request: TaskRequest, base_url: str) -> None:
    """Nobody is paid to work from a picture that was never put there, or is gone again."""
    missing = [field for field, file in named_in(request, base_url).items() if not _there(file)]
    if missing:
        message = "leads to no picture: it was not uploaded yet, or too long ago"
        allowed = ["the link of an upload that is done"]
        errors = [{"field": one, "message": message, "allowed": allowed} for one in missing]
        raise InvalidRequest("A reference is not there.", errors=errors)


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


def _there(file: str) -> bool:
    try:
        find(file)
    except LinkNotFound:
        return False
    return True
