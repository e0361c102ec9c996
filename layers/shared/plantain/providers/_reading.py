"""Answers of others, who may write anything: read as what they are meant to be, or as nothing."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

MAX_IMAGES = 16


def message_of(envelope: Mapping[str, Any]) -> str:
    words = envelope.get("msg") or envelope.get("message")
    return text(words or as_object(envelope.get("error")).get("message"))[:500]


def retry_after(response: httpx.Response) -> int | None:
    """Seconds, where the answer names them; dates are rare enough to be waited out blindly."""
    value = response.headers.get("Retry-After", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else None


def parse_object(content: bytes | str) -> dict[str, Any]:
    try:
        return as_object(json.loads(content))
    except (ValueError, RecursionError):
        return {}


def as_object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    """A text that can be written anywhere: what no encoding knows is replaced."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""


def as_id(value: object) -> str:
    """A job's id, also where it is written as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value)


def as_number(value: object) -> int | None:
    """A whole number, also where it is written as a text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 7:
        return int(value)
    return value if isinstance(value, int) else None


def usable_urls(value: object) -> list[str]:
    """The distinct http(s) URLs in a list, in order."""
    if not isinstance(value, list):
        return []
    urls = [url for url in map(text, value) if _is_url(url)]
    return list(dict.fromkeys(urls))[:MAX_IMAGES]


def _is_url(value: str) -> bool:
    try:
        return urlsplit(value).scheme in ("http", "https") and value.isprintable()
    except ValueError:
        return False
