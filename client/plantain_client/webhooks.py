"""Is it us? Webhooks as Standard Webhooks signs them."""

import base64
import hmac
import json
import time
from collections.abc import Mapping

from plantain_client.answers import Event
from plantain_client.errors import WebhookInvalid
from plantain_client.reading import read

TOLERANCE = 300  # seconds that a clock may be wrong, or a request be on its way
LONGEST_MOMENT = 12  # digits


def verify_webhook(
    headers: Mapping[str, str],
    body: bytes | str,
    secret: str,
    *,
    tolerance: float = TOLERANCE,
    now: float | None = None,
) -> Event:
    """The event, if somebody who has the secret signed it just now; else WebhookInvalid.

    `body` is the request's own, before anything has parsed it. The same event may come twice:
    remember its `id`.
    """
    content = body.encode() if isinstance(body, str) else body
    given = {name.lower(): value for name, value in headers.items()}
    try:
        named, sent, signatures = (
            given[f"webhook-{name}"] for name in ("id", "timestamp", "signature")
        )
    except KeyError as missing:
        raise WebhookInvalid(f"The header {missing} is missing.") from None
    if not (sent.isdecimal() and len(sent) <= LONGEST_MOMENT):
        raise WebhookInvalid("The time of the webhook is not a number.")
    if abs((time.time() if now is None else now) - int(sent)) > tolerance:
        raise WebhookInvalid("The webhook is too old, or from the future.")
    _check(_key(secret), f"{named}.{sent}.".encode() + content, signatures)
    try:
        return read(Event, json.loads(content))
    except (ValueError, TypeError) as error:
        raise WebhookInvalid(f"The webhook is signed, but no event: {error}") from None


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        raise WebhookInvalid("The secret is not one: it begins with whsec_.") from None


def _check(key: bytes, signed: bytes, signatures: str) -> None:
    """One good signature is enough: while the secret is being changed there are two."""
    expected = b"v1," + base64.b64encode(hmac.digest(key, signed, "sha256"))
    given = [each.encode(errors="replace") for each in signatures.split(" ")]
    if not any(hmac.compare_digest(expected, each) for each in given):
        raise WebhookInvalid("None of the signatures was made with this secret.")
