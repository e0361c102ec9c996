"""A local cloud of the tests' own, started and ended as a person would."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.ports import are_free, free_ports
from local.processes import marked
from tests.e2e.secrets import secrets_of
from tests.leaks import leaks

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Running:
    """One `python -m local.run`, and where its state is."""

    directory: Path
    port: int
    process: subprocess.Popen[str]

    def ready(self) -> dict[str, Any]:
        file = self.directory / "ready.json"
        deadline = time.monotonic() + 120
        while not file.exists():
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline, "the local cloud does not start"
            time.sleep(0.1)
        ready: dict[str, Any] = json.loads(file.read_text())
        return ready

    def end(self) -> None:
        """Ask for the end; whatever is still there afterwards, or was ever logged, is an error."""
        secrets = secrets_of(self.ready())
        self.process.send_signal(signal.SIGTERM)
        _, errors = self.process.communicate(timeout=240)
        assert (self.process.returncode, errors) == (0, "")
        assert not (self.directory / "ready.json").exists()
        assert marked(self.directory) == []
        assert are_free(self.port)
        self.check_logs(secrets)

    def check_logs(self, secrets: Iterable[str]) -> None:
        """Nothing that was secret in this cloud stands in what it and its functions logged."""
        logs = {log.name: log.read_text(errors="replace") for log in self.logs}
        assert logs["functions.log"], "the functions have logged nothing at all"
        found = {name: leaks(text, secrets) for name, text in logs.items()}
        assert not any(found.values()), found

    @property
    def logs(self) -> list[Path]:
        return sorted((self.directory / "logs").glob("*.log"))


def start(directory: Path, **settings: object) -> Running:
    port = free_ports()
    own = {"LOCAL_DIR": str(directory), "PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "local.run"],
        cwd=ROOT,
        env={**os.environ, **own, **{name: str(value) for name, value in settings.items()}},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Running(directory, port, process)
