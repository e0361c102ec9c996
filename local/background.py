"""A local cloud beside whatever else runs, for as long as a program needs it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.config import HOST, Trouble

PORTS = 6
_PATIENCE = 180

Json = dict[str, Any]


@contextmanager
def running(directory: Path, **settings: object) -> Iterator[tuple[subprocess.Popen[bytes], Json]]:
    """Start a local cloud as a person would, and end it whatever happens."""
    directory = directory.resolve()
    own = {"LOCAL_DIR": directory, "PORT": _free_ports(), **settings}
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "run.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.run"],
            env={**os.environ, **{name: str(value) for name, value in own.items()}},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us; we end it then
        )
    try:
        yield process, _ready(directory, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_PATIENCE)


def _ready(directory: Path, process: subprocess.Popen[bytes]) -> Json:
    file, deadline = directory / "ready.json", time.monotonic() + _PATIENCE
    while not file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            last = (directory / "run.log").read_text().strip().splitlines()[-1:]
            raise Trouble(f"The local cloud does not start: {' '.join(last)}")
        time.sleep(0.1)
    ready: Json = json.loads(file.read_text())
    return ready


def _free_ports() -> int:
    """The first of as many free ports in a row as a local cloud takes."""
    bases = range(10_000 + os.getpid() % 1000 * 20, 32_000, 10)
    return next(b for b in bases if all(_is_free(b + offset) for offset in range(PORTS)))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
