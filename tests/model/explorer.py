"""Walks every interleaving: from each state, whatever may happen next."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from plantain.errors import ApiError
from plantain.providers import provider_named
from tests.model import laws
from tests.model.ends import Ends
from tests.model.outside import answers
from tests.model.scenarios import Scenario
from tests.model.state import Hint, State, row_in
from tests.model.stepping import Point
from tests.model.table import write
from tests.model.workers import (
    ADVANCE,
    CANCEL,
    DISCARD,
    REMOVE,
    SUBMIT,
    SWEEP,
    Start,
    Workers,
    hinted,
    telling,
)

Step = tuple[object, ...]  # whose, what, and the answer to it; and what followed at once
Move = tuple[Step, State]


class Broken(Exception):
    """A law does not hold; and how it came to that."""

    def __init__(self, law: str, trace: list[str]) -> None:
        super().__init__("\n  ".join([law, *trace]))
        self.law, self.trace = law, trace


@dataclass
class Explorer:
    scenario: Scenario
    workers: Workers = field(default_factory=Workers)
    seen: dict[State, Move | None] = field(default_factory=dict)
    cores: set[State] = field(default_factory=set)
    moves: int = 0

    def explore(self, limit: int = 10**9) -> "Explorer":
        """Every state that can be reached, the nearest first; raises where a law is broken."""
        first = State(self.scenario.clock[0])
        self.ends = Ends(self.scenario, self.workers)
        self.seen[first], waiting = None, deque([first])
        while waiting and len(self.seen) < limit:
            state = waiting.popleft()
            for step, after in self._moves(state):
                self.moves += 1
                if after not in self.seen:
                    self.seen[after] = (step, state)
                    self._judge(state, after)
                    waiting.append(after)
        return self

    def _judge(self, state: State, after: State) -> None:
        core = self.workers.all_killed(after)
        for law in laws.broken(state, after, self.scenario):
            raise Broken(law, self._trace(after))
        if core not in self.cores:
            self.cores.add(core)
            for law, trace in self.ends.broken(core):
                raise Broken(law, self._trace(after) + trace)

    def _trace(self, state: State) -> list[str]:
        labels = []
        while move := self.seen[state]:
            labels.append(_said(move[0]))
            state = move[1]
        return labels[::-1]

    # ── what may happen next ─────────────────────────────────────────────────────────────────────

    def _moves(self, state: State) -> Iterator[Move]:
        alone = [worker for worker in state.workers if self._is_private(state, worker)]
        if not alone:
            for later in [then for then in self.scenario.clock if then > state.now][:1]:
                yield (f"it is {later}",), self.workers.later(state, later, self.scenario.life)
            alone = [worker for worker in state.workers if _is_buying(worker)]
        for worker in alone[:1] or dict.fromkeys(state.workers):
            yield from self._steps(state, worker)
        if not alone and len(state.workers) < self.scenario.workers:
            for start, before in self._starts(state):
                point = self.workers.begin(start, before)
                yield from self._steps(self.workers.joined(before, point), point)

    def _is_private(self, state: State, worker: Point) -> bool:
        """Whether it is all the same to everybody else when this is done: then it is done now."""
        if worker.start is SWEEP and not self.scenario.stepwise:
            return True
        match worker.asks:
            case ("table", "Query", _):
                return state.has_ended and worker.start.name != "sweep"
            case ("table", "UpdateItem", words):
                return state.has_ended and not write(state.table, "UpdateItem", words)[1]
            case ("table", _, _) | ("provider", "buy", _):
                return False
            case ("bucket", _, _):
                return not self.scenario.removes
        return True

    def _steps(self, state: State, worker: Point) -> Iterator[Move]:
        """One step of a worker, each way it may end; and each time it may be killed right then."""
        assert worker.asks
        without = self.workers.ended(state, worker)
        for answer, after in answers(without, worker.asks, self.scenario):
            step, further = (worker.start, worker.asks, answer), worker.after(answer, state.now)
            if further.asks is None:
                self._check_end(state, further, step)
                yield step, after
                continue
            if after != without:
                yield (*step, "and is killed"), self.workers.killed(after, worker)
            on = self.workers.joined(after, further)
            if self._is_private(on, further):
                yield from (((*step, *more), last) for more, last in self._steps(on, further))
            else:
                yield step, on

    def _check_end(self, state: State, worker: Point, step: Step) -> None:
        told = worker.start.name in ("cancel", "discard", "remove")  # and sees how things stand
        if worker.stumbled and not (told and isinstance(worker.stumbled, ApiError)):
            raise Broken(laws.STUMBLES, [_said(step), repr(worker.stumbled)])

    def _starts(self, state: State) -> Iterator[tuple[Start, State]]:
        """Who may come in now; of all but the workers, and the clients' repeats, one at a time."""
        running = [worker.start.name for worker in state.workers]
        for start, before in self._calls(state):
            most = {"advance": 2, "submit": self.scenario.submits}.get(start.name, 1)
            if running.count(start.name) < most:
                yield start, before

    def _calls(self, state: State) -> Iterator[tuple[Start, State]]:
        can, row = self.scenario, row_in(state.table)
        if state.now == can.clock[0] and (can.submits > 1 or not row):
            yield SUBMIT._replace(words=can.providers[0]), state
        if row:
            yield ADVANCE, state._replace(hints=state.hints - {Hint()})
        if row.get("due", state.now + 1) <= state.now:
            yield SWEEP, state
        if state.ended:
            yield telling(state.ended), state
        if state.task:
            yield from ((start, state) for start in (CANCEL, DISCARD) * can.cancels)
            yield from ((start, state) for start in (REMOVE,) * can.removes)
            yield from self._hints(state)

    def _hints(self, state: State) -> Iterator[tuple[Start, State]]:
        for hint in state.hints - {Hint()}:
            yield hinted(hint), state._replace(hints=state.hints - {hint})
        for job in state.jobs:
            if provider_named(job.provider).webhooks:
                told = job.told or ("after" if state.has_ended else "before")
                after = state.with_job(job._replace(told=told))
                yield hinted(Hint(job.attempt, job.name)), after
        if self.scenario.forged:
            yield hinted(Hint(1, "stranger")), state


def _is_buying(worker: Point) -> bool:
    """Nobody else is concerned, but its answer may be long in coming, and find the lease over."""
    return worker.asks is not None and worker.asks[:2] == ("provider", "buy")


def _said(step: Step) -> str:
    return " · ".join(str(word)[:24] for word in step)
