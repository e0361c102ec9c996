"""The region's services of AWS: where each is, and who asks it, as the environment says."""

import os
from urllib.parse import SplitResult, quote, urlsplit

from plantain.sigv4 import Signer

DOMAINS = {"cn": "amazonaws.com.cn", "eusc": "amazonaws.eu"}


def endpoint(service: str, bucket: str = "") -> SplitResult:
    """Where a service is: in the stack's region, unless the environment says another place."""
    variable = service.upper().replace("SECRETSMANAGER", "SECRETS_MANAGER")
    given = os.environ.get(f"AWS_ENDPOINT_URL_{variable}") or os.environ.get("AWS_ENDPOINT_URL")
    if given:
        return urlsplit(f"{given.rstrip('/')}/{bucket}")
    region = _name()
    domain = DOMAINS.get(region.partition("-")[0], "amazonaws.com")
    return urlsplit(f"https://{'.'.join(filter(None, (bucket, service, region, domain)))}/")


def object_url(bucket: str, key: str) -> SplitResult:
    place = endpoint("s3", bucket)
    return place._replace(path=f"{place.path.rstrip('/')}/{quote(key, safe='/-_.~')}")


def signer(service: str) -> Signer:
    return Signer(
        service,
        _name(),
        os.environ["AWS_ACCESS_KEY_ID"],
        os.environ["AWS_SECRET_ACCESS_KEY"],
        os.environ.get("AWS_SESSION_TOKEN", ""),
    )


def _name() -> str:
    return os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]
