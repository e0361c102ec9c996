"""Lets an API key in, and says whose it is."""

from typing import Any

from plantain.owners import admit

BEARER = "bearer "


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    header = event.get("headers", {}).get("authorization", "")
    key = header[len(BEARER) :] if header.lower().startswith(BEARER) else ""
    known = admit(key)
    return {"isAuthorized": known is not None, "context": known or {}}
