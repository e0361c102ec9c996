"""One measured number, beside its goal, what it cannot be less than, and what others take."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figure:
    """Less is always better. A count is the same on every machine, so a check can hold us to it."""

    name: str
    ours: float
    unit: str
    goal: float | None = None
    further: float | None = None
    floor: str = ""
    others: dict[str, float] = field(default_factory=dict)
    counted: bool = False
    slack: float = 0.0  # the part by which a count may differ: archives grow by some bytes
    note: str = ""

    @property
    def reached(self) -> bool | None:
        return None if self.goal is None else self.ours <= self.goal


@dataclass(frozen=True)
class Scale:
    """How much of everything: a check takes little, and finds the same counts."""

    tasks: int = 200
    pairs: int = 15
    finished_rows: int = 100_000
    due_rows: int = 1_000
    burst: int = 10_000
    workers: int = 5
    real: int = 300


SMALL = Scale(tasks=12, finished_rows=200, due_rows=100, burst=300, workers=1)

Measure = Callable[[Scale], Iterator[Figure]]
