"""Asking again, where that is safe and may help."""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from plantain_client.errors import (
    ApiError,
    Conflict,
    NotAuthorized,
    NotFound,
    Refused,
    Unavailable,
    Unreachable,
)
from plantain_client.steps import Call, Pause, Steps

TRIES = 6
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
MOST_PATIENCE = 60.0  # a longer Retry-After is the caller's to keep
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
PERMANENT = {"no_provider", "no_price"}
KINDS = {
    HTTPStatus.UNAUTHORIZED: NotAuthorized,
    HTTPStatus.FORBIDDEN: NotAuthorized,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.CONFLICT: Conflict,
    HTTPStatus.TOO_MANY_REQUESTS: Unavailable,
}


def attempt(call: Call) -> Steps[httpx.Response]:
    """The answer to a call, asked for as often as it takes, within bounds."""
    for number in range(1, TRIES + 1):
        trouble: Unreachable | ApiError
        try:
            response: httpx.Response = yield call
        except httpx.RequestError as error:
            trouble = Unreachable(f"{_place(call, error)} did not answer: {_said(error)}")
            again = call.repeatable or isinstance(error, NEVER_SENT)
        else:
            if response.is_success:
                return response
            trouble = error_of(response, call)
            again = isinstance(trouble, Unavailable) and trouble.code not in PERMANENT
            again &= call.repeatable or response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        trouble.tries = number
        pause = _pause(number, trouble.retry_after)
        if not again or pause > MOST_PATIENCE or number == TRIES:
            raise trouble
        yield Pause(pause)
    raise AssertionError("the last try returns or raises")


def error_of(response: httpx.Response, call: Call) -> ApiError:
    """What an answer says is wrong: a problem document, the gateway's word, or neither."""
    told = json_of(response)
    told = told if isinstance(told, dict) else {}
    status = response.status_code
    kind = KINDS.get(HTTPStatus(status)) if status in set(HTTPStatus) else None
    whose = "" if call.of_the_api else f"{response.url.host}: "
    return (kind or (Unavailable if status >= 500 else Refused))(
        whose + str(told.get("detail") or told.get("message") or response.reason_phrase or status),
        status=status,
        code=str(told.get("code") or ""),
        errors=told.get("errors"),
        retry_after=_seconds(response.headers.get("retry-after")),
        request_id=response.headers.get("x-request-id"),
    )


def json_of(response: httpx.Response) -> Any:
    """The body; None if it is not JSON."""
    try:
        return response.json()
    except ValueError:
        return None


def _pause(number: int, retry_after: float | None) -> float:
    """A growing pause, of which chance takes up to half; never shorter than was asked for."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (number - 1))
    # Chance keeps clients apart here; nobody gains from guessing it.
    return max(random.uniform(longest / 2, longest), retry_after or 0)  # noqa: S311


def _seconds(text: str | None) -> float | None:
    """Retry-After, as seconds or as a date."""
    if text is None:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _place(call: Call, error: httpx.RequestError) -> str:
    try:
        return error.request.url.netloc.decode()
    except RuntimeError:  # it never came to a request
        return call.url


def _said(error: httpx.RequestError) -> str:
    return str(error) or type(error).__name__
