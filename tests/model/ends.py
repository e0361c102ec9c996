"""Where it all leads when nothing goes wrong any more: the fair ways on from a state.

Everybody who runs is killed and the queue is lost, but for what names a job. From there on only
the sweep rings. Either the providers stay silent for ever, or each of their jobs succeeds and is
told of: at once, or when the task has already ended.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from plantain.providers import provider_named
from plantain.rows import TASK_ITEM
from tests.model import laws
from tests.model.outside import answers
from tests.model.scenarios import Scenario
from tests.model.state import Hint, State, row_in
from tests.model.workers import ADVANCE, SWEEP, Start, Workers, hinted, telling

LATER = (3000, 4000, 5000, 6000, 90_000, 91_000, 92_000)
SILENT = {"accepted", "pending", "good"}  # the answers that are preferred, where there is a choice
HEARD = {"accepted", "succeeded", "good"}


@dataclass
class Ends:
    scenario: Scenario
    workers: Workers
    _rest: dict[tuple[State, bool], State] = field(default_factory=dict)

    def broken(self, state: State) -> Iterator[tuple[str, list[str]]]:
        if not row_in(state.table):
            return
        silent = self._settled(state, heard=False)
        for way, end in (
            ("and silence", silent),
            ("and a late word", self._hear(silent)),
            ("and a word", self._settled(self._hear(state), heard=True)),
        ):
            found = laws.broken(state, end, self.scenario)
            for law in (*found, *laws.broken_at_the_end(end, late=way != "and silence")):
                yield law, [f"… {way}: {row_in(end.table)}", f"… jobs: {end.jobs}"]

    # ── fair ways on ─────────────────────────────────────────────────────────────────────────────

    def _settled(self, state: State, heard: bool) -> State:
        """Sweeps only, until nothing is due any more or it is very late."""
        key = (state, heard)
        if key not in self._rest:
            later = [now for now in (*self.scenario.clock, *LATER) if now > state.now]
            if "due" not in row_in(state.table) or not later:
                return state
            swept = self._sweep(state._replace(now=later[0]), heard)
            self._rest[key] = self._settled(swept, heard)
        return self._rest[key]

    def _sweep(self, state: State, heard: bool) -> State:
        row, (state, rang) = row_in(state.table), self._run(SWEEP, state, heard)
        if rang:
            return self._run(ADVANCE, state, heard)[0]
        if state.has_ended and row_in(state.table) != row:
            return self._run(telling(dict(state.table)[TASK_ITEM]), state, heard)[0]
        return state

    def _hear(self, state: State) -> State:
        """Each webhook that never got through does now; what the queue still has is taken."""
        for job in state.jobs:
            if job.fate == "succeeded" and not job.told and provider_named(job.provider).webhooks:
                hint = Hint(job.attempt, job.name)
                state = state.with_job(job._replace(told="after"))
                state = state._replace(hints=state.hints | {hint})
        for _ in range(8):
            for hint in sorted(state.hints, key=str):
                state = state._replace(hints=state.hints - {hint}, now=state.now + 5)
                state, _ = self._run(hinted(hint), state, heard=True)
        return state

    def _run(self, start: Start, state: State, heard: bool) -> tuple[State, bool]:
        """A whole function, and whether it rang."""
        preferred, rang = HEARD if heard else SILENT, False
        point = self.workers.begin(start, state)
        while point.asks:
            choices = list(answers(state, point.asks, self.scenario))
            fair = [one for one in choices if one[0].partition(" ")[0] in preferred]
            rang |= point.asks.to == "queue"
            answer, state = (fair or choices)[0]
            point = point.after(answer, state.now)
        if point.stumbled:
            raise point.stumbled
        return state, rang
