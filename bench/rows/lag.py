"""How long a finished picture waits to be noticed, and how often a provider is asked for that.

On a simulated clock with the built package's own pauses, and for a webhook that is lost the
template's; the network adds to each alike.
"""

import random
from collections.abc import Callable, Iterator
from itertools import count

from bench.artifacts import median
from bench.figure import Figure, Scale
from plantain import lifecycle
from plantain.models import State
from plantain.providers import provider_named
from tests.unit.samples import NOW, a_task
from tools.template import PARAMETERS

TASKS = 300
Looks = Iterator[float]
FIRST_CHECK = PARAMETERS["FirstCheckSeconds"]["Default"]
SWEEP = 60 * PARAMETERS["SweepMinutes"]["Default"]


def measure(_: Scale) -> Iterator[Figure]:
    dice = random.Random(20)  # noqa: S311 - the same tasks each time
    skewed = [dice.triangular(10, 40, 12) for _ in range(TASKS)]
    even = [dice.uniform(10, 40) for _ in range(TASKS)]
    yield from _figures("most near the 12 s that the provider names", skewed)
    yield from _figures("all times alike", even)
    _middle, late, asked = _simulate(lambda: _sweeps(dice.uniform(0, SWEEP)), even)
    yield Figure(
        "Lag where the webhook is lost, p95",
        round(late, 1),
        "s",
        counted=True,
        note=f"{asked:.1f} requests a task",
    )


def _figures(what: str, ends: list[float]) -> Iterator[Figure]:
    middle, late, asked = _simulate(_ours, ends)
    every = asked_every(3, ends)
    backing = _simulate(_backing_off, ends)
    best = min(
        (found[2], found[1])
        for first in range(8, 20)
        for gap in (2, 2.5, 3, 3.5)
        if (found := _simulate(lambda f=first, g=gap: _every(g, f), ends))[1] <= 3  # type: ignore[misc]
    )
    yield Figure(
        name=f"Lag by delayed checks, 10–40 s, {what}, p95",
        ours=round(late, 2),
        unit="s",
        goal=3,
        floor="0 s: a webhook",
        others={"asked every 3 s": round(every[1], 2), "1.5 × back-off": round(backing[1], 2)},
        counted=True,
        note=f"p50 {middle:.1f} s",
    )
    yield Figure(
        name=f"Status requests for that, {what}",
        ours=round(asked, 2),
        unit="requests a task",
        goal=4,
        further=3,
        floor=f"{best[0]:.2f}: the best even pauses for these very tasks with a p95 of 3 s",
        others={"asked every 3 s": round(every[2], 2), "1.5 × back-off": round(backing[2], 2)},
        counted=True,
    )


def asked_every(seconds: float, ends: list[float]) -> tuple[float, float, float]:
    return _simulate(lambda: _every(seconds), ends)


def _simulate(looks: Callable[[], Looks], ends: list[float]) -> tuple[float, float, float]:
    """Lag p50 and p95 in seconds, and requests a task."""
    lags, asked = [], 0
    for end in ends:
        for look in looks():
            asked += 1
            if look >= end:
                lags.append(look - end)
                break
    ordered = sorted(lags)
    return median(ordered), ordered[int(0.95 * len(ordered))], asked / len(ends)


def _ours() -> Looks:
    provider = provider_named("aigptimage")
    task, age = a_task(State.SUBMITTED, provider=provider.name), 0.0
    while True:
        age += lifecycle.next_check(task, NOW + age, provider.first_look)
        yield age


def _every(pause: float, first: float | None = None) -> Looks:
    yield from count(pause if first is None else first, pause)


def _backing_off() -> Looks:
    age, pause = 2.0, 2.0
    while True:
        yield age
        pause = min(pause * 1.5, 30)
        age += pause


def _sweeps(phase: float) -> Looks:
    yield from (at for at in count(phase, SWEEP) if at >= FIRST_CHECK)
