"""Standard Webhooks: secrets, and the headers by which a receiver knows that it was us. Pure."""

import base64
import hmac
import secrets as randomness
from collections.abc import Sequence

from plantain.errors import SettingInvalid

PREFIX = "whsec_"


def new_secret() -> str:
    return PREFIX + base64.b64encode(randomness.token_bytes(32)).decode()


def headers_of(event_id: str, sent: int, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """One signature for each secret: while an old one still counts, either is enough."""
    if not secrets:
        raise SettingInvalid("the owner has no webhook secret; making an API key makes one")
    signed = f"{event_id}.{sent}.".encode() + body
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(sent),
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
