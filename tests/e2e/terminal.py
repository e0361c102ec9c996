"""A command in a terminal of its own: what it draws there, and what somebody types."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

PATIENCE = 120
# The terminal is to be the command's own, so that what is typed reaches it as signals, also where
# whoever runs the tests ignores them, as a shell's background does.
LAUNCH = """
import fcntl, os, signal, sys, termios
signal.signal(signal.SIGINT, signal.SIG_DFL)
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Terminal:
    """So many columns wide, with one command running in it."""

    def __init__(
        self, command: Sequence[str], directory: Path, environ: Mapping[str, str], columns: int = 80
    ) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *command],
            cwd=directory,
            env={"TERM": "xterm", **environ},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._seen = b""

    @property
    def seen(self) -> str:
        return self._seen.decode(errors="ignore")

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while words not in self.seen:
            assert time.monotonic() < deadline, self.seen
            assert self._look(), f"it ended before {words!r}: {self.seen}"

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def end(self) -> int:
        """Wait for the end of the command; its exit code."""
        while self._look():
            pass
        os.close(self._master)
        return self._process.wait(PATIENCE)

    def _look(self) -> bool:
        """See a little more; False once there is nobody left who could draw."""
        ready, _, _ = select.select([self._master], [], [], PATIENCE)
        assert ready, f"nothing is drawn any more: {self.seen}"
        try:
            drawn = os.read(self._master, 65_536)
        except OSError:  # how Linux says that the other side is closed
            return False
        self._seen += drawn
        return bool(drawn)
