"""A local cloud beside whatever else runs, for as long as a program needs it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.config import Trouble
from local.ports import free_ports

_PATIENCE = 180

Json = dict[str, Any]


@contextmanager
def running(directory: Path, **settings: object) -> Iterator[tuple[subprocess.Popen[bytes], Json]]:
    """Start a local cloud as a person would, and end it whatever happens."""
    directory = directory.resolve()
    own = {"LOCAL_DIR": directory, "PORT": free_ports(), **settings}
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
