"""How far a run is: one line that changes on a terminal, a line now and then elsewhere."""

import sys
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

PLAIN_SECONDS = 10  # between lines where nobody watches


class Progress:
    def __init__(self, tasks: int) -> None:
        self._tasks, self._began = tasks, time.monotonic()
        self._live = sys.stdout.isatty()
        self._next = 0.0

    def show(self, placed: int, rows: Mapping[str, dict[str, Any]], killed: int) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (0.2 if self._live else PLAIN_SECONDS)
        states = Counter(row["state"] for row in rows.values())
        parts = [f"{placed}/{self._tasks} ordered"]
        parts += [f"{number} {state}" for state, number in sorted(states.items())]
        parts += [f"{killed} workers killed", f"{now - self._began:.0f} s"]
        line = " · ".join(parts)
        print(f"\r\033[K{line}" if self._live else line, end="" if self._live else "\n", flush=True)

    def end(self) -> None:
        if self._live:
            print("\r\033[K", end="", flush=True)
