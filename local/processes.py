"""Start, watch and end the processes of one local cloud, those a crash left behind too."""

import fcntl
import os
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil

from local.config import Trouble

# Every process started here inherits this mark, the emulator's Lambda workers included, so all of
# them can be found again whatever became of their parents.
MARK = "PLANTAIN_LOCAL_CLOUD"
_PATIENCE = 20  # seconds until killed processes must be gone


def lock(directory: Path) -> IO[str]:
    """Claim the directory until this process ends, however it ends."""
    directory.mkdir(parents=True, exist_ok=True)
    holder = (directory / "lock").open("a+")
    deadline = time.monotonic() + 5
    while not _locked(holder):
        ending = not (directory / "ready.json").exists()  # or still starting
        if not ending or time.monotonic() > deadline:
            holder.seek(0)
            raise Trouble(
                f"A local cloud already runs here (process {holder.read().strip()}): "
                "end it, or choose another PORT and LOCAL_DIR"
            )
        time.sleep(0.05)
    holder.truncate(0)
    holder.write(str(os.getpid()))
    holder.flush()
    return holder


def _locked(holder: IO[str]) -> bool:
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def start(
    command: list[str], directory: Path, log: Path, environ: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start a marked process in a session of its own, its output in a log file."""
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**environ, MARK: str(directory)},
        )


def marked(directory: Path) -> list[psutil.Process]:
    """The living processes of this directory's local cloud, but for this one."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK) == str(directory):
                found.append(process)
        except (psutil.Error, OSError):
            continue  # gone meanwhile, or another user's
    return found


def workers(directory: Path, function: str = "") -> list[psutil.Process]:
    """The living Lambda workers, of one function, such as Advance, or of all."""
    found = []
    for process in marked(directory):
        with suppress(psutil.Error):
            if any(f"{function}Function-" in word for word in process.cmdline()):
                found.append(process)
    return found


def end_workers(directory: Path) -> None:
    """Kill the Lambda workers, which outlive the emulator that started them."""
    for worker in workers(directory):
        with suppress(psutil.NoSuchProcess):
            worker.kill()


def end_all(directory: Path) -> None:
    """Kill every marked process; nothing of theirs is worth a graceful end."""
    deadline = time.monotonic() + _PATIENCE
    ending: set[psutil.Process] = set()
    while ending := {process for process in ending if alive(process)} | {*marked(directory)}:
        for process in ending:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if time.monotonic() > deadline:
            raise Trouble(f"Processes would not end: {[process.pid for process in ending]}")
        time.sleep(0.02)


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
