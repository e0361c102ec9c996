"""What no log may hold, and the places where one does."""

import json
import re
from collections.abc import Iterable, Iterator

AROUND = 60  # letters before a find that are shown
END = 32  # of a long secret its beginning and its end are looked for
PLAIN = 5  # different letters at least; fewer may stand anywhere
PATTERNS = {
    "an API key": r"plt_[0-9A-Za-z]{20,}",
    "a webhook secret": r"whsec_[0-9A-Za-z+/=_-]{8,}",
    "a callback's token": r"/v1/callback/[^/\s\"]+/[^/\s\"]+/[^/\s\"{}]{8,}",
    "a picture's link": r"/i/tsk_\w+/\d+/[\w-]{16,}",
    "a signed address": r"(?i)X-Amz-(Signature|Credential|Security-Token)(=|%3D)",
    "an Authorization header": r"(?i)bearer [\w.~+/-]{8,}",
    "base64": r"[A-Za-z0-9+/_-]{257,}",
}


def leaks(text: str, secrets: Iterable[str] = ()) -> list[str]:
    """Each kind of secret that a text holds, and each of these secrets, with what is before it."""
    found = [
        f"{what}: {_before(text, match.start())}"
        for what, pattern in PATTERNS.items()
        if (match := re.search(pattern, text))
    ]
    parts = {part: secret for secret in secrets for part in _parts(secret)}
    places = {secret: text.find(part) for part, secret in parts.items() if part in text}
    return found + [f"{secret[:END]!r}: {_before(text, at)}" for secret, at in places.items()]


def _parts(secret: str) -> Iterator[str]:
    """How a secret, or the greater part of it, would be written by what writes logs."""
    if len(set(secret)) < PLAIN:
        return
    for part in {secret[:END], secret[-END:]}:
        plain, short = json.dumps(part)[1:-1], json.dumps(part, ensure_ascii=False)[1:-1]
        yield from {part, plain, short, repr(part)[1:-1]}


def _before(text: str, place: int) -> str:
    return repr(text[max(0, place - AROUND) : place])
