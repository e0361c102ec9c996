"""One emulator, one outside and the functions' own process for all; a cloud for each run."""

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.processes import start
from tests.emulator import Emulator, running_emulator
from tests.machine.cloud import Cloud
from tests.machine.functions import Functions
from tests.machine.outside import Outside
from tests.machine.resources import Resources
from tests.machine.source import PACKAGE, ROOT


@dataclass
class Site:
    """Where clouds are built."""

    functions: Functions
    resources: Resources
    outside: Outside

    def cloud(self, **environment: str) -> Cloud:
        self.resources.new_table()
        return Cloud(self.functions, self.resources, self.outside, **environment)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("machine")
    outside = Outside()
    with running_emulator(directory) as emulator:
        functions = _functions(directory, emulator)
        yield Site(functions, Resources(emulator, outside.host), outside)
    outside.end()


def _functions(directory: Path, emulator: Emulator) -> Functions:
    """Their process ends with the emulator's: both bear the directory's mark."""
    address, log = directory / "functions", directory / "worker.log"
    command = [sys.executable, "-m", "tests.machine.worker", str(address)]
    path = os.pathsep.join(str(ROOT / folder) for folder in (".", "local", PACKAGE))
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": path, **emulator.environment}
    process = start(command, directory, log, environment)
    deadline = time.monotonic() + 30
    while not address.exists():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)
    return Functions(address, {})
