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
import traceback
from typing import Any, NoReturn

import plantain.imaging  # noqa: F401
from plantain import aws, settings, tls
from plantain.providers import all_providers
from tests.machine.source import FUNCTIONS, ROOT
from tests.machine.watch import Watch, put_between, tell
from tests.unit.gateway import function

SERVICES = ("dynamodb", "s3", "secretsmanager", "sns", "sqs")


def main(address: str) -> NoReturn:
    verbs = [path.parent.name for path in (ROOT / FUNCTIONS).glob("*/app.py")]
    handlers = {verb: function(verb).handler for verb in sorted(verbs)}
    for service in SERVICES:
        settings.client(service)
    aws.sdk("s3")
    tls.context()
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
            tell(connection, ended=os.waitstatus_to_exitcode(status))


# ── in a process of its own ──────────────────────────────────────────────────────────────────────


def _run(handlers: dict[str, Any], connection: socket.socket) -> NoReturn:
    """One event after the other, as long as it is let live: like any function, it stays warm."""
    watch = Watch(connection)
    put_between(watch)
    environment = dict(os.environ)
    for line in connection.makefile():
        call = json.loads(line)
        os.environ.clear()
        os.environ.update(environment | call["environment"])
        settings.settings.cache_clear()
        settings._secrets.cache_clear()
        watch.expect(call)
        try:
            tell(connection, answer=handlers[call["function"]](call["event"], None))
        except BaseException as error:  # noqa: BLE001 - it is the test that judges
            traceback.print_exc()
            tell(connection, error=repr(error))
        sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
