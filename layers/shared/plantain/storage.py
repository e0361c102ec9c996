"""Pictures: fetched into a file, verified there, and kept in the bucket under their hash."""

import hashlib
from functools import cache
from typing import IO

import httpx

from plantain import guard, patience
from plantain.errors import AwsError, ImageInvalid, ImageUnfetchable
from plantain.models import ENDINGS, Image
from plantain.settings import client, settings

MAX_BYTES = 64 * 1024 * 1024
FETCH_SECONDS = 40.0
CHUNK = 64 * 1024


def source_of(url: str) -> str:
    """Tells a provider's pictures apart, without keeping a URL that may hold a signature."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def keep(url: str, prefix: str) -> Image:
    """Bring one picture home. Doing it twice, or by two workers at once, does no harm."""
    # Most functions have no layer that decodes pictures, and need no files.
    import tempfile

    from plantain.imaging import inspect

    with tempfile.TemporaryFile() as file:
        size, sha256 = _fetch(url, file)
        file.seek(0)
        content_type, width, height = inspect(file)
        image = Image(
            key=f"{prefix}/{sha256}.{ENDINGS[content_type]}",
            source=source_of(url),
            content_type=content_type,
            width=width,
            height=height,
            bytes=size,
            sha256=sha256,
        )
        file.seek(0)
        _put(image, file)
    return image


def empty(prefix: str) -> None:
    """Delete every object under a task's prefix."""
    bucket = settings().image_bucket
    pages = client("s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=bucket, Prefix=f"{prefix}/", Delimiter="/"):
        keys = [{"Key": item["Key"]} for item in page.get("Contents", [])]
        if keys:
            client("s3").delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})


def _fetch(url: str, file: IO[bytes]) -> tuple[int, str]:
    try:
        with (
            guard.deadline(FETCH_SECONDS),
            patience.asking(httpx.URL(url).host),
            _web().stream("GET", url) as response,
        ):
            if response.status_code == 200:
                return _copy(response, file)
    except guard.Forbidden as error:
        raise ImageUnfetchable(f"the result's URL {error}") from error
    except patience.LeftAlone as error:
        raise ImageUnfetchable("its host hangs, and was not asked", error.seconds) from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise ImageUnfetchable(type(error).__name__) from error
    # Said out here, because a refusal is an answer too: whoever gave it does not hang.
    raise ImageUnfetchable(f"HTTP {response.status_code}")


def _copy(response: httpx.Response, file: IO[bytes]) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    if int(response.headers.get("Content-Length", 0)) > MAX_BYTES:
        raise ImageInvalid(f"more than {MAX_BYTES} bytes")
    for chunk in response.iter_raw(CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            raise ImageInvalid(f"more than {MAX_BYTES} bytes")
        digest.update(chunk)
        file.write(chunk)
    return size, digest.hexdigest()


def _put(image: Image, file: IO[bytes]) -> None:
    try:
        client("s3").put_object(
            Bucket=settings().image_bucket,
            Key=image.key,
            Body=file,
            Sha256=image.sha256,
            ContentLength=image.bytes,
            ContentType=image.content_type,
            CacheControl="private, max-age=31536000, immutable",
        )
    except AwsError as error:
        raise ImageUnfetchable(f"the bucket: {error.code}") from error


@cache
def _web() -> httpx.Client:
    return guard.guarded_client(settings().allowed)
