"""Killed at any crash point, a function leaves a task that ends right, is told, and paid once."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from tests.machine.cloud import Cloud
from tests.machine.conftest import Site
from tests.machine.judge import problems
from tests.machine.points import POINTS, Point, Way, crash_points
from tests.machine.source import sources
from tests.machine.walks import WALKS, Walk

# Ways that are written down in the code, but not open.
CLOSED = {
    "_ask_by_request_id > _follow#1": "it is submitted then, and not queued",
    "_writer_died > _settle > _ask_by_request_id > bell.chain": "chains end with their attempt",
    "_settle > _follow#2": "it is queued or failed then, and not submitted",
    "_give_up > _follow#2": "it is queued or failed then, and not submitted",
    "hindsight.confirm > _heed#1 > store.replace": "it is not queued, as its answer is unknown",
    "_tidy > usage.give_back#1": "nobody knows what an order without a task has reserved",
    "describe: ": "no key is asked for there, so that nothing counts",
    "show: ": "no key is asked for there, so that nothing counts",
    "console: ": "no key is asked for there, so that nothing counts",
    "translate: before anything": "nothing is there yet, as at submit's door",
}
# Another door to the same way: beyond it, what is killed at submit's is killed at the same line.
SUBMITTED = {point.way for point in POINTS if point.function == "submit" and point.way}
OPEN = [
    point
    for point in POINTS
    if not any(part in str(point) for part in CLOSED)
    and not (point.function == "translate" and point.way in SUBMITTED)
]
Step = tuple[str, Way]  # a function, and the way to what it does
By = dict[Step, tuple[Walk, int]]  # a walk that comes by, and how often in one run of the function


def walked(
    site: Site, walk: Walk, doomed: Point | None = None, time: int = 1, late: bool = False
) -> Cloud:
    """A walk to its end; if the doomed dies, all webhooks may be late from then on."""
    cloud = site.cloud(**walk.environment)
    cloud.late = late
    if doomed:
        cloud.doomed, cloud.doom = doomed.function, (doomed.way, time) if doomed.way else 0
    walk.go(cloud)
    cloud.settle()
    return cloud


def recover(cloud: Cloud) -> None:
    """Whoever has something to say says it again, and a client that got no answer asks again."""
    if cloud.killed == "submit":
        cloud.submit_again()
    cloud.late = False
    cloud.finish()
    cloud.ring()
    cloud.settle()


@dataclass(frozen=True)
class Lived:
    """A walk on which nobody died."""

    seen: Counter[Step]
    problems: list[str]


@pytest.fixture(scope="session")
def lives(site: Site) -> dict[str, Lived]:
    found = {}
    for walk in WALKS:
        cloud = walked(site, walk)
        steps = Counter[Step]()
        for name, ran in cloud.ran:
            steps |= Counter((name, effect.way) for effect in ran.effects)
            steps |= Counter([(name, ())] if ran.effects else [])
        recover(cloud)
        found[walk.name] = Lived(steps, problems(cloud, walk.payments))
    return found


@pytest.fixture(scope="session")
def by(lives: dict[str, Lived]) -> By:
    """For each point that any walk comes by, the one that does most often in a run."""
    found: By = {}
    for walk in WALKS:
        for step, times in lives[walk.name].seen.items():
            if step not in found or found[step][1] < times:
                found[step] = (walk, times)
    return found


def unwalked(points: Iterable[Point], by: By) -> list[str]:
    """Points at which nobody can be killed, since no walk comes by."""
    return [str(point) for point in points if (point.function, point.way) not in by]


def test_every_crash_point_is_come_by(by: By) -> None:
    assert not unwalked(OPEN, by), "Let one of tests/machine/walks come by."


def test_a_new_call_to_the_outside_is_missed_by_name(by: By) -> None:
    file = "layers/shared/plantain/events.py"
    files = sources()
    new = '    client("sns").publish(TopicArn="", Message="once more")\n'
    assert {
        "publish: tasks.tell > announce > events.publish#2 > sns.publish",
        "publish: tasks.tell > events.publish#2 > sns.publish",
    } <= {*unwalked(crash_points({**files, file: files[file] + new}), by)}


def test_no_walk_does_what_is_not_in_the_list(by: By) -> None:
    assert by.keys() <= {(point.function, point.way) for point in POINTS}


def test_what_is_said_to_be_closed_is(by: By) -> None:
    closed = [point for point in POINTS if point not in OPEN]
    assert unwalked(closed, by) == [str(point) for point in closed]
    assert [part for part in CLOSED if not any(part in str(point) for point in closed)] == []


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
def test_a_walk_ends_right_when_nobody_dies(walk: Walk, lives: dict[str, Lived]) -> None:
    assert lives[walk.name].problems == []


@pytest.mark.parametrize("point", OPEN, ids=str)
def test_killed_there_it_ends_right(point: Point, site: Site, by: By) -> None:
    assert (point.function, point.way) in by, "no walk of tests/machine/walks comes by"
    walk, times = by[point.function, point.way]
    for time in range(1, times + 1):
        for late in (False, True) if hears_later(point) else (False,):
            cloud = walked(site, walk, point, time, late)
            assert cloud.killed == point.function
            recover(cloud)
            assert problems(cloud, walk.payments) == []


def hears_later(point: Point) -> bool:
    """Whether it matters if webhooks come at once, or only when all is over."""
    return point.function in ("submit", "callback") or "purchase.buy" in point.name
