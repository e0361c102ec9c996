"""How far a task is: one line that is redrawn on a terminal, a line for each change elsewhere."""

import os
import sys
import threading
import time
from types import TracebackType

from plantain_client.answers import Task
from plantain_client.command.text import columns, cut, note, plain

SPINNER, ASCII_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "|/-\\"
REDRAW_SECONDS = 0.2
CLEAR = "\r\033[K"


def words_of(task: Task) -> str:
    """Exactly as much as the API tells."""
    match task.status:
        case "processing" if task.provider:
            words = f"{task.provider} is making it"
        case "queued" if task.attempts > 1:
            words = f"queued again, after {task.attempts} attempts"
        case status:
            words = status
    return plain(words)


class Progress:
    """A block within which it is told how far the task is."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        unicode = (sys.stderr.encoding or "").lower().startswith("utf")
        self._spinner = SPINNER if unicode else ASCII_SPINNER
        self._began = time.monotonic()
        self._words = ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._turn, daemon=True)

    def __enter__(self) -> "Progress":
        if self._live:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._live:
            self._thread.join()
            self._draw(CLEAR)

    @property
    def seconds(self) -> int:
        return int(time.monotonic() - self._began)

    def say(self, words: str) -> None:
        if words != self._words and not self._live:
            note(words)
        self._words = words

    def look(self, task: Task) -> None:
        if not task.ended:
            self.say(words_of(task))

    def _turn(self) -> None:
        turn = 0
        while not self._over.wait(REDRAW_SECONDS):
            turn += 1
            sign = self._spinner[turn % len(self._spinner)]
            room = (columns(sys.stderr) or 80) - 1
            self._draw(CLEAR + cut(f"{sign} {self.seconds} s · {self._words}", room))

    def _draw(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
