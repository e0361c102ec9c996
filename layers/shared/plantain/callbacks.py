"""The doorbell: a good token rings for its task, and of the body only a hint is kept."""

import base64
import json
from typing import Any

from plantain import bell, tokens
from plantain.ids import is_task_id
from plantain.log import log
from plantain.rings import Ring
from plantain.settings import FRESH_SECONDS, SECRET_SECONDS, secrets

MAX_BODY = 1_000_000
MAX_HINT = 200


def ring(task_id: str, attempt: str, token: str, body: bytes) -> bool:
    """Whether the token is one that we gave out for this attempt; if so, the bell has rung."""
    # What stands in the place of an id may be a token, and is not logged.
    if not is_task_id(task_id):
        log.warning("a callback for no task")
        return False
    if not _is_ours(task_id, attempt, token):
        log.warning("a callback with a wrong token", extra={"task": task_id})
        return False
    bell.ring(Ring(task_id=task_id, attempt=int(attempt), hint=hint_in(body)))
    return True


def _is_ours(task_id: str, attempt: str, token: str) -> bool:
    """Made with a key that we know, or with one that is so new that only others know it yet."""
    ages = (SECRET_SECONDS, FRESH_SECONDS)
    return any(tokens.verify(token, task_id, attempt, secrets(age).callback_keys) for age in ages)


def body_of(event: dict[str, Any]) -> bytes:
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return text.encode(errors="replace")
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""


def hint_in(body: bytes) -> str | None:
    """The provider's id for the job, where all of them write it; None if it is not there."""
    try:
        hint = json.loads(body)["data"]["taskId"] if len(body) <= MAX_BODY else None
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    name = str(hint) if isinstance(hint, str | int) and not isinstance(hint, bool) else ""
    # Dots alone would lead elsewhere than to a job.
    good = 0 < len(name) <= MAX_HINT and name.isprintable() and name.strip(".")
    return name if good else None
