"""Who asks: known by an API key."""

from typing import Any

from plantain import limits
from plantain.limits import Caller
from plantain.settings import settings


def caller_of(authorizer: dict[str, Any]) -> Caller:
    """The caller, from what the gateway's authorizer found out."""
    known = authorizer["lambda"]
    own = limits.read(known.get("limits", ""))
    # An answer cached by the release before may name no key yet.
    key = known.get("key", known["owner"])
    return Caller(known["owner"], key, own.over(settings().default_limits))
