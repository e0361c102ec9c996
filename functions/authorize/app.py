"""Lets an API key in, and says whose it is."""

from typing import Any

from plantain.owners import owner_of

BEARER = "bearer "


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    header = event.get("headers", {}).get("authorization", "")
    key = header[len(BEARER) :] if header.lower().startswith(BEARER) else ""
    owner = owner_of(key)
    return {"isAuthorized": owner is not None, "context": {"owner": owner or ""}}
