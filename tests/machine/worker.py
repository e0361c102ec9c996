"""Runs the functions in processes that kill themselves where they are told to.

The first process has everything imported and every client made, none of them connected; it forks
for whoever connects. What the fork does outside is told line by line; if it ends, so is how.
"""

import encodings.idna  # noqa: F401 - what is imported late is imported before the forks
import gc
import json
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import botocore.client
import httpx
from botocore import xform_name

import plantain.imaging  # noqa: F401
from plantain import guard, settings
from plantain.providers import all_providers
from tests.machine.points import Way, beyond_the_function
from tests.machine.source import FUNCTIONS, PACKAGE, ROOT, Place, is_read
from tests.unit.gateway import function

SERVICES = ("dynamodb", "s3", "secretsmanager", "sns", "sqs")
OURS = tuple(str(ROOT / folder) for folder in (PACKAGE, FUNCTIONS))


def main(address: str) -> NoReturn:
    verbs = [path.parent.name for path in (ROOT / FUNCTIONS).glob("*/app.py")]
    handlers = {verb: function(verb).handler for verb in sorted(verbs)}
    for service in SERVICES:
        settings.client(service)
    guard._tls()
    all_providers()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        _serve(listener, handlers)


def _serve(listener: socket.socket, handlers: dict[str, Any]) -> NoReturn:
    running: dict[int, socket.socket] = {}
    woken, wake = socket.socketpair()
    wake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([listener, woken], [], [])
        if woken in ready:
            woken.recv(4096)
            _bury(running)
        if listener in ready:
            connection, _ = listener.accept()
            child = os.fork()
            if child == 0:
                signal.set_wakeup_fd(-1)
                _run(handlers, connection)
            running[child] = connection


def _bury(running: dict[int, socket.socket]) -> None:
    """Tell of each process that has ended how it did."""
    while running:
        child, status = os.waitpid(-1, os.WNOHANG)
        if child == 0:
            return
        with running.pop(child) as connection:
            _tell(connection, ended=os.waitstatus_to_exitcode(status))


# ── in a process of its own ──────────────────────────────────────────────────────────────────────


def _run(handlers: dict[str, Any], connection: socket.socket) -> NoReturn:
    """One event after the other, as long as it is let live: like any function, it stays warm."""
    watch = Watch(connection)
    _put_between(watch)
    environment = dict(os.environ)
    for line in connection.makefile():
        call = json.loads(line)
        os.environ.clear()
        os.environ.update(environment | call["environment"])
        settings.settings.cache_clear()
        settings._secrets.cache_clear()
        watch.expect(call)
        try:
            watch.tell(answer=handlers[call["function"]](call["event"], None))
        except BaseException as error:  # noqa: BLE001 - it is the test that judges
            traceback.print_exc()
            watch.tell(error=repr(error))
        sys.stdout.flush()
    os._exit(0)


class Watch:
    """Sees every call to the outside, and kills the process after the one that is its doom."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def expect(self, call: dict[str, Any]) -> None:
        self.now: float = call["now"]
        self.web: str = call["web"]
        self._doom = call["doom"]  # how many calls, or how often a way is gone; None: it lives
        self._ways: list[Way] = []

    def begin(self) -> None:
        if not self._ways and self._doom == 0:
            _die()

    def end(self, operation: str, **details: Any) -> None:
        way = _way()
        self._ways.append(way)
        self.tell(way=way, operation=operation, **details)
        times = [[list(place) for place in way], self._ways.count(way)]
        if self._doom in (len(self._ways), times):
            _die()

    def tell(self, **words: Any) -> None:
        _tell(self._connection, **words)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _put_between(watch: Watch) -> None:
    """Both libraries through which anything leaves have one method that everything goes through."""
    asked, sent = botocore.client.BaseClient._make_api_call, httpx.Client.send

    def ask(client: Any, name: str, params: dict[str, Any]) -> Any:
        operation = f"{client.meta.service_model.service_name}.{xform_name(name)}"
        if is_read(operation):
            return asked(client, name, params)
        watch.begin()
        answer = asked(client, name, _dated(params))
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
    botocore.client.BaseClient._make_api_call = ask
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
    while frame:
        if frame.f_code.co_filename.startswith(OURS):
            file = str(Path(frame.f_code.co_filename).relative_to(ROOT))
            at = list(frame.f_code.co_positions())[frame.f_lasti // 2]
            places.append(Place(file, *at))
        frame = frame.f_back
    return beyond_the_function(tuple(places[::-1]))


def _tell(connection: socket.socket, **words: Any) -> None:
    connection.sendall(json.dumps(words).encode() + b"\n")


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


if __name__ == "__main__":
    main(sys.argv[1])
