"""Patience: who lets us wait in vain twice in a row is left alone for a while.

Otherwise the tasks of a provider that hangs would keep every worker from the others' tasks.
Held in a worker's memory, where it costs nothing: each worker finds out for itself.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

SLOW = 2.0  # seconds of waiting that are held against whoever gave no answer
LONGEST_PAUSE = 120.0


class LeftAlone(httpx.ConnectError):
    """Nothing was sent, and nothing will be for so many seconds."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass
class _Silence:
    times: int = 0
    until: float = 0.0


_silent: dict[str, _Silence] = {}


@contextmanager
def asking(whom: str) -> Iterator[None]:
    """Ask inside; raises `LeftAlone` where asking has been in vain too lately."""
    began = time.monotonic()
    if whom in _silent and began < _silent[whom].until:
        raise LeftAlone(f"{whom} gave no answer a moment ago", _silent[whom].until - began)
    try:
        yield
    except httpx.TransportError:
        wasted = time.monotonic() - began
        if wasted >= SLOW:
            _remember(_silent.setdefault(whom, _Silence()), wasted)
        raise
    _silent.pop(whom, None)


def forget() -> None:
    _silent.clear()


def _remember(silence: _Silence, wasted: float) -> None:
    """Once is chance; from then on, the pause is what was wasted, doubled each time."""
    silence.times += 1
    if silence.times > 1:
        pause = min(wasted * 2 ** min(silence.times - 1, 9), LONGEST_PAUSE)
        silence.until = time.monotonic() + pause
