"""Who asks: known by an API key, or by a token of the issuer that this API trusts."""

import hashlib
from typing import Any
from urllib.parse import quote

from plantain import limits
from plantain.errors import NobodyNamed
from plantain.limits import Caller
from plantain.settings import settings

LONGEST_SUBJECT = 128


def caller_of(authorizer: dict[str, Any]) -> Caller:
    """The caller, from what the gateway's authorizer found out."""
    if "jwt" in authorizer:
        owner = owner_in(authorizer["jwt"]["claims"])
        return Caller(owner, owner, settings().default_limits)
    known = authorizer["lambda"]
    own = limits.read(known.get("limits", ""))
    # An answer cached by the release before may name no key yet.
    key = known.get("key", known["owner"])
    return Caller(known["owner"], key, own.over(settings().default_limits))


def owner_in(claims: dict[str, Any]) -> str:
    """An owner that no key can have, since theirs have no dot, and no other issuer's subject."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise NobodyNamed(f"The token needs a sub of 1 to {LONGEST_SUBJECT} characters.")
    issuer = hashlib.sha256(str(claims.get("iss")).encode()).hexdigest()
    return f"jwt.{issuer[:8]}.{quote(subject, safe='')}"
