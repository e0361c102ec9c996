"""Posts to the clients' endpoints. An answer always comes back: what went wrong is part of it."""

import time
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import cache

import httpx

from plantain import guard
from plantain.notices import Answer
from plantain.settings import settings

SECONDS = 15.0
ENOUGH_BYTES = 4096


def post(url: str, content: bytes, headers: dict[str, str]) -> Answer:
    """One try. An answer counts once it is here: its head and its body, as far as we read it."""
    begun = time.monotonic()
    try:
        answer = _post(url, content, headers)
    except guard.Forbidden:
        answer = Answer(error="forbidden")
    except httpx.TimeoutException:
        answer = Answer(error="timeout")
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
        answer = Answer(error="unreachable")
    return answer.model_copy(update={"duration_ms": int(1000 * (time.monotonic() - begun))})


def _post(url: str, content: bytes, headers: dict[str, str]) -> Answer:
    sent = {**headers, "Content-Type": "application/json"}
    with (
        guard.deadline(SECONDS),
        _web().stream("POST", url, content=content, headers=sent) as response,
    ):
        _read(response)
    wait = _retry_after(response.headers.get("Retry-After", ""), time.time())
    return Answer(status=response.status_code, error=_error(response), retry_after=wait)


def _read(response: httpx.Response) -> None:
    """Let the peer say its piece, within reason: nothing of it is kept."""
    size = 0
    for chunk in response.iter_raw():
        size += len(chunk)
        if size > ENOUGH_BYTES:
            return


def _error(response: httpx.Response) -> str | None:
    if response.is_success:
        return None
    if response.status_code == 410:
        return "gone"
    return "redirect" if response.is_redirect else "refused"


def _retry_after(value: str, now: float) -> int | None:
    """Seconds, written as such or as a date."""
    if value.isascii() and value.isdigit():
        return int(value[:9])
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0, int(aware.timestamp() - now))


@cache
def _web() -> httpx.Client:
    return guard.guarded_client(settings().allowed)
