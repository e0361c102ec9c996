"""How quick an endpoint is: one that timed out twice in a row waits where it delays no other."""

import hashlib
import time
from typing import Any
from urllib.parse import urlsplit

from plantain.notices import Answer
from plantain.rows import key_of, pack, unpack_row
from plantain.settings import client, settings

PATIENCE = 2  # time-outs in a row
MEMORY_SECONDS = 14 * 24 * 3600


def timeouts(owner: str, url: str) -> int:
    """How often in a row it has timed out."""
    answer = client("dynamodb").get_item(TableName=settings().task_table, Key=_key(owner, url))
    count: int = unpack_row(answer.get("Item", {})).get("timeouts", 0)
    return count


def note(owner: str, url: str, before: int, answer: Answer) -> None:
    """Remember a time-out; forget them all as soon as it answers, whatever it says."""
    if answer.error == "timeout":
        _update(owner, url, "ADD timeouts :n SET expires = :expires", 1)
    elif answer.status is not None and before:
        _update(owner, url, "SET timeouts = :n, expires = :expires", 0)


def _update(owner: str, url: str, expression: str, number: int) -> None:
    expires = int(time.time()) + MEMORY_SECONDS
    client("dynamodb").update_item(
        TableName=settings().task_table,
        Key=_key(owner, url),
        UpdateExpression=expression,
        ExpressionAttributeValues={":n": pack(number), ":expires": pack(expires)},
    )


def _key(owner: str, url: str) -> dict[str, Any]:
    named = f"{owner} {urlsplit(url).netloc.lower()}"
    digest = hashlib.sha256(named.encode()).hexdigest()[:32]
    return key_of(f"endpoint#{digest}", "health")
