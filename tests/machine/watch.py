"""Sees what a function does outside, plays clock and network, and kills where it is told to."""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Lock
from types import FrameType
from typing import Any

import botocore.client
import httpx
from botocore import xform_name

from plantain import aws
from tests.machine.points import Way, beyond_the_function
from tests.machine.source import ENTRY, FUNCTIONS, PACKAGE, ROOT, Place, is_read

OUTSIDE = str(aws.__file__)  # what it does for others is theirs
OURS = tuple(str(ROOT / folder) for folder in (PACKAGE, FUNCTIONS))


class Watch:
    """Sees every call to the outside, and kills the process after the one that is its doom."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._lock = connection, Lock()

    def expect(self, call: dict[str, Any]) -> None:
        self.now: float = call["now"]
        self.web: str = call["web"]
        self._doom = call["doom"]  # how many calls, or how often a way is gone; None: it lives
        self._pause = call["pause"]  # after how many calls others go on first
        self._ways: list[Way] = []

    def begin(self) -> None:
        if not self._ways and self._doom == 0:
            _die()

    def end(self, operation: str, **details: Any) -> None:
        way = _way()
        with self._lock:
            self._ways.append(way)
            tell(self._connection, way=way, operation=operation, **details)
            times = [[list(place) for place in way], self._ways.count(way)]
            if self._doom in (len(self._ways), times):
                _die()
            if self._pause == len(self._ways):
                self._connection.recv(1)


def tell(connection: socket.socket, **words: Any) -> None:
    connection.sendall(json.dumps(words).encode() + b"\n")


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def put_between(watch: Watch) -> None:
    """All through which anything leaves has one method that everything goes through."""
    asked, sent = aws.Service.ask, httpx.Client.send
    asked_sdk = botocore.client.BaseClient._make_api_call

    def ask(client: Any, name: str, params: dict[str, Any]) -> Any:
        return seen(client.name, name, params, partial(asked, client, name))

    def ask_sdk(client: Any, name: str, params: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        return seen(service, name, params, partial(asked_sdk, client, name))

    def seen(
        service: str, name: str, params: dict[str, Any], asked: Callable[[dict[str, Any]], Any]
    ) -> Any:
        operation = f"{service}.{xform_name(name)}"
        if is_read(operation):
            return asked(params)
        watch.begin()
        answer = asked(_dated(params))
        queue = params.get("QueueUrl", "").rpartition("/")[2]
        watch.end(operation, queue=queue, hidden=params.get("VisibilityTimeout"))
        return answer

    def send(client: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        watch.begin()
        try:
            return _SCRIPTED[watch.web](partial(sent, client, request, **options))
        finally:  # it has gone out, whatever comes back
            watch.end("web")

    time.time = lambda: watch.now
    aws.Service.ask = ask  # type: ignore[method-assign]
    botocore.client.BaseClient._make_api_call = ask_sdk
    httpx.Client.send = send  # type: ignore[method-assign]


def _dated(params: dict[str, Any]) -> dict[str, Any]:
    """The emulator's clock cannot be set: a message comes at once, and says for when it is."""
    if "DelaySeconds" not in params:
        return params
    delay = {"DataType": "Number", "StringValue": str(params["DelaySeconds"])}
    return {**params, "DelaySeconds": 0, "MessageAttributes": {"delay": delay}}


def _way() -> Way:
    """The calls in our own code that have led here, the outermost first."""
    places = []
    frame: FrameType | None = sys._getframe(1)
    while frame and frame.f_code.co_qualname != ENTRY:
        if frame.f_code.co_filename.startswith(OURS) and frame.f_code.co_filename != OUTSIDE:
            file = str(Path(frame.f_code.co_filename).relative_to(ROOT))
            at = list(frame.f_code.co_positions())[frame.f_lasti // 2]
            places.append(Place(file, *at))
        frame = frame.f_back
    return beyond_the_function(tuple(places[::-1]))


# ── what the network does ────────────────────────────────────────────────────────────────────────


def _hang(send: Callable[[], httpx.Response]) -> httpx.Response:
    raise httpx.ReadTimeout("no answer")


def _surprise(send: Callable[[], httpx.Response]) -> httpx.Response:
    raise LookupError("nobody thought of this")


_SCRIPTED: dict[str, Callable[[Callable[[], httpx.Response]], httpx.Response]] = {
    "works": lambda send: send(),
    "hangs": _hang,
    "surprises": _surprise,
}
