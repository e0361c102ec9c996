"""Lets an API key in, and says whose it is."""

from plantain.entry import entry_point

from typing import Any

from plantain.keys import bearer
from plantain.owners import admit


@entry_point
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    known = admit(bearer(event.get("headers", {}).get("authorization", "")))
    return {"isAuthorized": known is not None, "context": known or {}}
