"""Runs the product's functions one call to the outside at a time.

A function that waits for the outside is what it was started with and what it has been told so
far: to go on, it is run again from its beginning and told the same. Nothing of it is ever copied,
so it can be left, killed, or gone on with in as many ways as there are answers.
"""

from collections.abc import Callable
from itertools import count
from time import perf_counter
from typing import NamedTuple


class Effect(NamedTuple):
    """A call to the outside: to whom, what, and with which words."""

    to: str
    what: str = ""
    words: str = ""

    def __str__(self) -> str:
        return f"{self.to} {self.what}"


class Heard(NamedTuple):
    """An answer from the outside, and the time at which it came."""

    answer: str
    now: int


class Waits(BaseException):
    """The function has come to a call that is not answered yet: nothing in it may catch this."""


class Point:
    """A function that has come this far. The same way there leads to the same point."""

    _numbers = count()

    def __init__(self, start: Callable[[], None], heard: tuple[Heard, ...]) -> None:
        self.start, self.heard = start, heard
        self.number = next(self._numbers)
        self.asks: Effect | None = None  # None: it has ended
        self.stumbled: Exception | None = None
        self._after: dict[Heard, Point] = {}
        self._run()

    @property
    def began(self) -> int:
        return self.heard[0].now

    def after(self, answer: str, now: int) -> "Point":
        told = Heard(answer, now)
        if told not in self._after:
            self._after[told] = Point(self.start, (*self.heard, told))
        return self._after[told]

    def _run(self) -> None:
        _running.append((self, list(self.heard[::-1])))
        try:
            self.start()
        except Waits:
            pass
        except Exception as error:  # noqa: BLE001 - it is the explorer that judges
            self.stumbled = error
        finally:
            _running.pop()


_running: list[tuple[Point, list[Heard]]] = []


def ask(effect: Effect) -> str:
    """What all of the package's calls to the outside come down to."""
    point, left = _running[-1]
    if len(left) == 1:
        point.asks = effect
        raise Waits
    left.pop()
    return left[-1].answer


def clock() -> float:
    """The time, as far as the function that runs can know it."""
    return float(_running[-1][1][-1].now) if _running else perf_counter()


def mark() -> str:
    """What nobody else comes up with at random."""
    return ask(Effect("chance"))
