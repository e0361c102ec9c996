"""What stands before the emulator: calls that are throttled, and a gate that closes at the end."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]

RUN = 20  # calls in a row, so that asking again does not always hide it
OWN = b"Credential=local/"  # who asks is not a function, but local/ itself
THROTTLED = {
    "__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
    "message": "The level of configured provisioned throughput for the table was exceeded.",
}


class Throttle:
    """Refuses some percent of the functions' DynamoDB calls; a seed always refuses the same."""

    def __init__(self, app: App, percent: int, seed: str) -> None:
        self._app, self._percent, self._seed = app, percent, seed
        self._seen = self._refused = 0

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope.get("path") == "/_local/throttled":
            await respond(send, 200, self._refused)
        elif _is_for_tables(scope) and self._refuses():
            await respond(send, 400, THROTTLED)
        else:
            await self._app(scope, receive, send)

    def _refuses(self) -> bool:
        self._seen += 1
        dice = random.Random(f"throttle {self._seed} {self._seen // RUN}")  # noqa: S311
        refuses = dice.random() * 100 < self._percent
        self._refused += refuses
        return refuses


def _is_for_tables(scope: Scope) -> bool:
    headers = dict(scope.get("headers", ()))
    target: bytes = headers.get(b"x-amz-target", b"")
    return target.startswith(b"DynamoDB_") and OWN not in headers.get(b"authorization", b"")


class Gate:
    """Lets requests through until it is closed; from then on nothing changes any more."""

    def __init__(self, app: App, port: int) -> None:
        self._app, self._port = app, port
        self._closed, self._inside = False, 0

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._closed:
            await respond(send, 503, {"message": "Service Unavailable"})
        elif (
            scope["server"][1] != self._port
        ):  # an API's: it waits for a function, which waits here
            await self._app(scope, receive, send)
        else:
            self._inside += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._inside -= 1

    async def close(self) -> None:
        """Return once whoever was let through has been answered."""
        self._closed = True
        while self._inside:
            await asyncio.sleep(0.01)


async def respond(send: Any, status: int, content: object) -> None:
    body = json.dumps(content).encode()
    headers = [
        (b"content-type", b"application/x-amz-json-1.0"),
        (b"content-length", b"%d" % len(body)),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
