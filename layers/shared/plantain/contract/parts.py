"""What the whole document shares: words, headers, the key, parameters in paths."""

import re
from typing import Any

from pydantic import BaseModel

from plantain.contract.route import Json

INFO: Json = {
    "title": "Plantain",
    "version": "1",
    "summary": "Pictures from a prompt, kept in the owner's own bucket.",
    "description": "Order a picture with `POST /v1/tasks`; then wait for it, be told of it, or ask "
    "for it. All bodies are JSON and all times ISO 8601 in UTC. Errors of ours are problem "
    "documents with a stable `code`; what the gateway says before any of our code runs is "
    '`{"message": …}`.',
}
TAGS: list[Json] = [
    {"name": "Tasks", "description": "Orders for pictures, and what became of them."},
    {"name": "Models", "description": "What can be made."},
    {"name": "Webhooks", "description": "Being told."},
    {"name": "Pictures", "description": "Links that stay, and references to start from."},
    {"name": "About", "description": "This description, and the console."},
]
SECURITY: Json = {
    "apiKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key: `plt_…`; at an address for browsers, their user's token.",
    }
}
HEADERS: dict[str, Json] = {
    "X-Request-Id": {"description": "Names this request in our logs."},
    "Location": {"description": "Where to look next."},
    "Retry-After": {"description": "Seconds until another try makes sense."},
    "ETag": {"description": "Changes when the content does."},
    "Cache-Control": {"description": "For how long it may be kept."},
}
for _header in HEADERS.values():
    _header["schema"] = {"type": "string"}

PATH: dict[str, Json] = {
    "taskId": {"description": "As `POST /v1/tasks` gave it."},
    "model": {"description": "The model's name."},
    "number": {"description": "Which of its pictures, counted from 0."},
    "file": {"description": "The rest of the link: a token and an ending."},
}


def ref(shape: type[BaseModel]) -> Json:
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def headers(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def path_parameters(path: str) -> list[dict[str, Any]]:
    """In a path, anything is a string; what is not known is not found."""
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, **PATH[name]}
        for name in re.findall(r"{(\w+)}", path)
    ]
