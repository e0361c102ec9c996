"""Whatever happens, in whichever order, and whoever is killed: the model's promises hold."""

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.machine.cloud import Cloud
from tests.machine.conftest import Site
from tests.machine.judge import problems, seen
from tests.machine.walks import BY_CHAIN
from tests.model import laws
from tests.model.scenarios import WIDE, Scenario
from tests.model.state import State

TASKS = 3
TURNS = ("busy", "account_refused", "refused", "lost", "charged and lost")
TURN = st.sampled_from(["accepted"] * len(TURNS) + [*TURNS])
KEYS = st.sampled_from(["a", "b", None])
# Most live; the others are killed after as many calls to the outside.
DOOMS = st.sampled_from([None] * 5 + [0, 1, 2, 3, 4, 5, 6])
WEBS = st.sampled_from(["works"] * 6 + ["hangs", "surprises"])
# Seconds for which the outside makes up its answer, while others go on.
PAUSES = st.sampled_from([None] * 3 + [0, 60, 140])
NUMBERS = st.integers(0, 5)


def one_of[T](things: list[T], number: int) -> list[T]:
    """The one with that number, counted round and round; none, if there are none."""
    return [things[number % len(things)]] if things else []


class Machine(RuleBasedStateMachine):
    """Clients, providers, time and death, in any order.

    Any rule may be chosen at any time, and then find nothing to do: what is chosen must not hang
    on what has come of it, or else a run could not be had again.
    """

    def __init__(self, site: Site) -> None:
        super().__init__()
        self.site = site
        self.states: dict[str, State] = {}

    @initialize(policy=st.sampled_from(["never", "once"]), chained=st.booleans(), turn=TURN)
    def begin(self, policy: str, chained: bool, turn: str) -> None:
        self.scenario = Scenario("machine", policy)
        self.cloud: Cloud = self.site.cloud(RESUBMIT_POLICY=policy, DEADLINE_SECONDS="300")
        self.submit("first", chained, turn, None, None)

    # ── clients ──────────────────────────────────────────────────────────────────────────────────

    @rule(key=KEYS, chained=st.booleans(), turn=TURN, doom=DOOMS, pause=PAUSES)
    def submit(
        self, key: str | None, chained: bool, turn: str, doom: int | None, pause: int | None
    ) -> None:
        if len(self.states) >= TASKS:
            return
        self.cloud.outside.turns.append(turn)
        with self._weather(doom, "works", pause):
            self.cloud.submit(key and f"{key}{chained}", **(BY_CHAIN if chained else {}))

    @rule()
    def submit_again(self) -> None:
        """The last request once more: with its key, the same task."""
        if len(self.states) < TASKS:
            self.cloud.submit_again()

    @rule(number=NUMBERS, discard=st.booleans(), doom=DOOMS)
    def cancel(self, number: int, discard: bool, doom: int | None) -> None:
        self.cloud.doom = doom
        for task_id in one_of(list(self.states), number):
            self.cloud.cancel(task_id, discard)

    @rule(number=NUMBERS, doom=DOOMS)
    def remove(self, number: int, doom: int | None) -> None:
        self.cloud.doom = doom
        for task_id in one_of(list(self.states), number):
            self.cloud.remove(task_id)

    # ── providers ────────────────────────────────────────────────────────────────────────────────

    @rule(number=NUMBERS, hint=st.sampled_from([None, None, "stranger"]), doom=DOOMS)
    def webhook(self, number: int, hint: str | None, doom: int | None) -> None:
        self.cloud.doom = doom
        for job in one_of([job for job in self.cloud.outside.jobs.values() if job.token], number):
            self.cloud.webhook(job, hint)

    @rule(fate=st.sampled_from(["succeeded", "failed", "unpaid"]), slow=st.booleans())
    def decide(self, fate: str, slow: bool) -> None:
        """What becomes of the next job, and whether it takes its time."""
        self.cloud.outside.fates.append(fate)
        self.cloud.outside.slow = slow

    @rule(
        down=st.booleans(),
        turns=st.lists(st.sampled_from(TURNS), max_size=2),
        pictures=st.lists(st.sampled_from(["good", "gone", "broken"]), max_size=3),
        answers=st.lists(st.sampled_from([204, 500, 410]), max_size=2),
    )
    def misbehave(
        self, down: bool, turns: list[str], pictures: list[str], answers: list[int]
    ) -> None:
        self.cloud.outside.down = down
        self.cloud.outside.turns.extend(turns)
        self.cloud.outside.pictures.extend(pictures)
        self.cloud.outside.endpoint.extend(answers)

    @rule()
    def finish(self) -> None:
        self.cloud.outside.down = False
        self.cloud.finish()

    def _meanwhile(self, seconds: int) -> None:
        """While the outside makes up its next answer, others go on."""
        self.cloud.now += seconds
        self.cloud.sweep()
        if self.cloud.queues.next() <= self.cloud.now:
            self.cloud.take()

    # ── the cloud ────────────────────────────────────────────────────────────────────────────────

    @rule(doom=DOOMS, web=WEBS, pause=PAUSES)
    def step(self, doom: int | None, web: str, pause: int | None) -> None:
        """Whatever comes next, when it is due."""
        with self._weather(doom, web, pause):
            self.cloud.step()

    @rule(count=st.integers(1, 6))
    def live(self, count: int) -> None:
        """For a while, nobody dies."""
        self.cloud.doom = None
        for _ in range(count):
            self.cloud.step()

    @rule(doom=DOOMS, web=WEBS, pause=PAUSES, twice=st.booleans())
    def take(self, doom: int | None, web: str, pause: int | None, twice: bool) -> None:
        """A message, early or late, or again."""
        if twice:
            self.cloud.queues.repeat()
        with self._weather(doom, web, pause):
            self.cloud.take()

    @contextmanager
    def _weather(self, doom: int | None, web: str, pause: int | None) -> Iterator[None]:
        self.cloud.doom, self.cloud.web = doom, web
        if pause is not None:
            self.cloud.outside.meanwhile = lambda: self._meanwhile(pause)
        yield
        self.cloud.web, self.cloud.outside.meanwhile = "works", None

    @rule(doom=DOOMS)
    def stream(self, doom: int | None) -> None:
        self.cloud.doom = doom
        self.cloud.stream()

    @rule()
    def stream_again(self) -> None:
        if self.cloud.brought:
            self.cloud.bring(self.cloud.brought)

    @rule(doom=DOOMS)
    def sweep(self, doom: int | None) -> None:
        self.cloud.doom = doom
        self.cloud.sweep()

    @rule(seconds=st.sampled_from([1, 40, 140, 500]))
    def pass_time(self, seconds: int) -> None:
        self.cloud.now += seconds

    # ── what must hold ───────────────────────────────────────────────────────────────────────────

    @invariant()
    def promises_hold(self) -> None:
        states = seen(self.cloud)
        for task_id, after in states.items():
            before = self.states.get(task_id, after)
            assert list(laws.broken(before, after, self.scenario)) == []
        assert self.cloud.stumbles == []
        self.states = states

    def teardown(self) -> None:
        """When nobody dies any more, everything comes to its end."""
        cloud = self.cloud
        cloud.doom, cloud.web, cloud.outside.down = None, "works", False
        for _ in range(2):
            cloud.finish()
            cloud.ring()
            cloud.settle()
        assert problems(cloud, self.scenario.policy) == []


def test_whatever_happens_the_promises_hold(site: Site) -> None:
    run_state_machine_as_test(
        lambda: Machine(site),
        settings=settings(
            max_examples=200 if WIDE else 25,
            stateful_step_count=60 if WIDE else 40,
            derandomize=not WIDE,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
