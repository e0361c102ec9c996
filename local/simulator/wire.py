"""The two ends of a request: its body read under a cap, and its connection cut."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .dialects.base import Refused

LARGEST_BODY = 32 * 1024 * 1024
HUNG_UP = 444


async def read_json(request: Request) -> dict[str, Any]:
    raw = b"".join([chunk async for chunk in _capped(request)])
    try:
        body = json.loads(raw)
        json.dumps(body, ensure_ascii=False).encode()  # a lone surrogate cannot be echoed
    except ValueError:
        raise Refused("invalid", "The body is not valid JSON") from None
    if not isinstance(body, dict):
        raise Refused("invalid", "The body must be a JSON object")
    return body


async def _capped(request: Request) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_BODY:
            raise Refused("too-large")
        yield chunk


def transport_of(request: Request) -> asyncio.Transport:
    transport = getattr(request.state, "transport", None)
    if not isinstance(transport, asyncio.Transport):
        raise ConnectionAbortedError("only the simulator's own server can close a connection")
    return transport


async def drop(request: Request) -> Response:
    """Hang up without a word; nobody gets the response."""
    transport_of(request).abort()
    await asyncio.sleep(0)
    return Response(status_code=HUNG_UP)
