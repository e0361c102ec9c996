"""What a task asks of AWS: calls of our code, and units that its writes are billed as."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench import units
from bench.figure import Figure, Scale
from bench.progress import each
from bench.world import HOOK, World, world

LONG, LONGER = "a plantain " * 60, "a plantain " * 1800
LIMITS = "requests=900000 tasks=900000 active=900 spend=9000"
WITHOUT = "without the authorizer's, once a minute, and those of the client's own looks"
USAGE = "UpdateItem usage"  # a unit each: its rows stay under 1 KB


@dataclass
class Taken:
    """By how much the counters moved, per task."""

    calls: Counter[str] = field(default_factory=Counter)
    first: float = 0  # units of what submit writes first
    later: float = 0
    logged: Counter[str] = field(default_factory=Counter)


def measure(scale: Scale) -> Iterator[Figure]:
    with world() as made:
        plain = run(made, range(scale.tasks), "tasks")
        few = range(max(1, scale.tasks // 10))
        long = run(made, few, "long prompts", prompt=LONG)
        longer = run(made, few, "longer prompts", prompt=LONGER)
        run(made, range(1), "the first of a day, which begins its counts", limits=LIMITS)
        hooked = run(made, few, "limits and a callBackUrl", limits=LIMITS, callBackUrl=HOOK)
        shrunk = thumbnail_alone(made)
        callback = call_back_alone(made)
    yield Figure(
        name="AWS calls of our code for a task with a webhook and one image",
        ours=plain.calls.total(),
        unit="calls",
        goal=9,
        further=8,
        floor="4: a row, a ring, a picture, an end",
        counted=True,
        note=f"{_told(plain.calls)}; {WITHOUT}",
    )
    yield Figure(
        name="AWS calls for its thumbnail, which can be switched off",
        ours=shrunk.calls.total(),
        unit="calls",
        floor="3: a picture, a smaller one, its name",
        counted=True,
        note=f"{_told(shrunk.calls)}; write units {shrunk.later:g}",
    )
    yield Figure(
        name="Write units of its row and its indexes",
        ours=plain.first + plain.later,
        unit="units",
        goal=8,
        further=7,
        floor="3: one write, in the table and in two indexes",
        counted=True,
    )
    yield Figure(
        name="Write units after the first write, with a prompt of 19,800 characters",
        ours=longer.later,
        unit="units",
        goal=long.later,
        counted=True,
        note=f"with 660 characters {long.later:g}, with ten {plain.later:g}: the row holds the "
        "head of a long prompt, the rest is written once and never again",
    )
    yield Figure(
        name="More write units with every limit and a delivered callBackUrl",
        ours=hooked.first + hooked.later + hooked.calls[USAGE] - plain.first - plain.later,
        unit="units",
        goal=6,
        counted=True,
        note=_told(hooked.calls),
    )
    yield Figure(
        name="AWS calls of one acknowledged callback",
        ours=callback.total(),
        unit="calls",
        goal=1,
        floor="1: a durable ring",
        counted=True,
        note=_told(callback) + "; no table is read",
    )


def run(made: World, tasks: range, what: str, **order: str) -> Taken:
    """Tasks one after the other from the order to the last word; what they took, per task."""
    made.stream()
    with _taking(made, len(tasks)) as taken:
        for _ in each(tasks, what):
            made.submit(**order)
            taken.first += _units(made)
            made.call_back()
            made.receive("advance", "advance")
            taken.later += _units(made)
            made.receive("deliver", "deliver")
            taken.later += _units(made)
    return taken


def thumbnail_alone(made: World) -> Taken:
    run(made, range(1), "a task, for its thumbnail")
    keys = {"taskId": {"S": made.ordered}}
    with _taking(made) as taken:
        made.run("thumbnail", {"Records": [{"dynamodb": {"Keys": keys}}]})
        taken.later = _units(made)
    return taken


def call_back_alone(made: World) -> Counter[str]:
    made.submit()
    before = Counter(made.calls)
    made.call_back()
    return made.calls - before


@contextmanager
def _taking(made: World, count: int = 1) -> Iterator[Taken]:
    taken, calls, logged = Taken(), Counter(made.calls), Counter(made.logged)
    yield taken
    taken.calls = _shared(made.calls - calls, count)
    taken.logged = _shared(made.logged - logged, count)
    taken.first, taken.later = taken.first / count, taken.later / count


def _units(made: World) -> int:
    """Of all that was written since; ends are announced on the way, and what that writes counts."""
    total = 0
    while records := made.stream():
        made.announce(records)
        total += sum(map(units.of_record, records))
    return total


def _shared(counted: Counter[str], count: int) -> Counter[str]:
    return Counter({name: round(n / count, 2) for name, n in counted.items()})


def _told(calls: Counter[str]) -> str:
    return ", ".join(f"{name} {n:g}" for name, n in sorted(calls.items()))
