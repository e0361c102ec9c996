"""URLs by which anyone who holds them reads or writes one object of the bucket, for a while."""

from datetime import UTC, datetime

from plantain import region
from plantain.settings import settings

SECONDS = 900


def reading(key: str, method: str = "GET") -> str:
    """A signature holds for one method."""
    return _sign(method, key)


def writing(key: str, content_type: str, size: int) -> str:
    """For exactly as many bytes, sent as exactly this type."""
    headers = {"content-type": content_type, "content-length": str(size)}
    return _sign("PUT", key, **headers)


def _sign(method: str, key: str, **headers: str) -> str:
    url = region.object_url(settings().image_bucket, key)
    return region.signer("s3").url(method, url, headers, SECONDS, datetime.now(UTC))
