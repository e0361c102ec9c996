"""What an operation asks of whoever runs it.

An operation is a generator: it yields a call, or a pause, and is sent the response. So each is
written once, and runs the same in sync and in async code.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

READ_SECONDS = 35  # longer than the gateway takes to give up


@dataclass(frozen=True)
class Call:
    """One HTTP request. A path is the API's; a whole URL is another place, and is told no key."""

    method: str
    url: str
    query: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True  # whether sending it twice is the same as once

    @property
    def of_the_api(self) -> bool:
        return self.url.startswith("/")


@dataclass(frozen=True)
class Pause:
    seconds: float


T = TypeVar("T")
Steps = Generator[Call | Pause, Any, T]


def request_of(http: httpx.Client | httpx.AsyncClient, call: Call, key: str) -> httpx.Request:
    """The request as it is sent; the key goes to the API alone."""
    authorization = {"Authorization": f"Bearer {key}"} if call.of_the_api else {}
    return http.build_request(
        call.method,
        call.url,
        params={name: value for name, value in call.query.items() if value is not None} or None,
        json=call.json,
        content=call.content,
        headers={**call.headers, **authorization},
    )
