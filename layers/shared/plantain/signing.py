"""URLs by which anyone who holds them reads or writes one object of the bucket, for a while."""

from plantain.settings import client, settings

SECONDS = 900
_READING = {"GET": "get_object", "HEAD": "head_object"}  # a signature holds for one method


def reading(key: str, method: str = "GET") -> str:
    return _sign(_READING[method], Key=key)


def writing(key: str, content_type: str, size: int) -> str:
    """For exactly as many bytes, sent as exactly this type."""
    return _sign("put_object", Key=key, ContentType=content_type, ContentLength=size)


def _sign(operation: str, **parameters: object) -> str:
    url: str = client("s3").generate_presigned_url(
        operation,
        Params={"Bucket": settings().image_bucket, **parameters},
        ExpiresIn=SECONDS,
    )
    return url
