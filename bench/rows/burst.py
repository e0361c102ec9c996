"""Many tasks that are due at once, because all their webhooks were lost, on a simulated clock.

Each minute the workers answer only half of the rings that the sweep takes them to be able to
answer, so that rings stay behind: for those nobody may ring again and again. What ends is announced
before the next sweep, which would else spend itself on that.
"""

import os
import time
from collections.abc import Iterator
from unittest import mock

from bench.figure import Figure, Scale
from bench.progress import each
from bench.rows.poller import fill
from bench.world import World, world
from plantain.bell import RINGS_A_MINUTE
from plantain.settings import forget, settings
from tests.unit.samples import NOW

SWEEP = 60


def measure(scale: Scale) -> Iterator[Figure]:
    with world() as made:
        os.environ["ADVANCE_CONCURRENCY"] = str(scale.workers)
        forget()
        answered = settings().advance_concurrency * RINGS_A_MINUTE // 2
        fill(made, 0, scale.burst)
        minutes, rings = _drain(made, scale.burst, answered)
        asked = len(made.providers.questions)
    needed = scale.burst / answered
    yield Figure(
        name="Needless rings for many tasks that are due at once",
        ours=(rings - scale.burst) / answered,
        unit="× what is answered in a minute",
        goal=2,
        floor="0",
        counted=True,
        note=f"{scale.burst:,} tasks; the oldest waits {minutes} minutes, with {answered} a minute",
    )
    yield Figure(
        name="Status requests for each of them",
        ours=asked / scale.burst,
        unit="requests",
        goal=1,
        floor="1",
        counted=True,
    )
    yield Figure(
        name="Minutes until all are done",
        ours=minutes / needed,
        unit="× what the workers need for them",
        goal=1.2,
        floor="1 ×",
    )


def _drain(made: World, tasks: int, answered: int) -> tuple[int, int]:
    """Minutes until no task is left, and all the rings that there were for them."""
    rings = 0
    most = 3 * tasks // answered + 3
    for minute in each(range(1, most), f"minutes at most, until {tasks:,} tasks are done"):
        with mock.patch.object(time, "time", return_value=NOW + minute * SWEEP):
            made.announce(made.stream())
            made.run("poll", {})
            rings += made.receive("advance", "advance", answered)
            if len(made.providers.questions) >= tasks:
                return minute, rings + made.receive("advance", "advance")
    raise AssertionError(f"{tasks} tasks are not done after {most} minutes")
