"""The functions that may run on a task, and how each is started."""

import json
from typing import NamedTuple

from plantain import removal, rows, tasks
from plantain.limits import Caller
from plantain.models import TaskRequest
from plantain.rings import Ring
from tests.model.clients import TASK_ID
from tests.model.state import Hint, State
from tests.model.stepping import Heard, Point

OWNER = "alice"


class Start(NamedTuple):
    """Which function is started, and with what."""

    name: str
    words: str = ""
    hint: Hint = Hint()

    def __str__(self) -> str:
        said = f"({self.hint.attempt}, {self.hint.job})" if self.hint and self.hint.job else ""
        return f"{self.name}{said}"

    def __call__(self) -> None:
        _CALLS[self.name](self)


SUBMIT, ADVANCE, SWEEP = Start("submit"), Start("advance"), Start("sweep")
CANCEL, DISCARD, REMOVE = Start("cancel"), Start("discard"), Start("remove")


def hinted(hint: Hint) -> Start:
    return Start("advance", hint=hint)


def telling(row: str) -> Start:
    return Start("tell", row)


def _submit(start: Start) -> None:
    pictures = ["https://example.com/a.png"] if start.words == "aigptimage" else None
    sent = {
        "model": "nano-banana",
        "input": {"prompt": "a plantain", **({"imageUrls": pictures} if pictures else {})},
        "callBackUrl": "https://client.test/told",
    }
    request = TaskRequest.model_validate_json(json.dumps(sent))
    tasks.submit(Caller(OWNER), request, "key", "https://api.test")


def _advance(start: Start) -> None:
    attempt, job = start.hint
    tasks.advance(Ring(task_id=TASK_ID, attempt=attempt, hint=job))


def _tell(start: Start) -> None:
    tasks.tell(None, rows.task_of(json.loads(start.words)))


_CALLS = {
    "submit": _submit,
    "advance": _advance,
    "sweep": lambda _: tasks.sweep(),
    "tell": _tell,
    "cancel": lambda _: removal.cancel(OWNER, TASK_ID, discard=False),
    "discard": lambda _: removal.cancel(OWNER, TASK_ID, discard=True),
    "remove": lambda _: removal.remove(OWNER, TASK_ID),
}


class Workers:
    """Those that run: where each stands, and what becomes of the state when one comes or goes."""

    def __init__(self) -> None:
        self._begun: dict[tuple[Start, int], Point] = {}

    def begin(self, start: Start, state: State) -> Point:
        if (start, state.now) not in self._begun:
            self._begun[start, state.now] = Point(start, (Heard("", state.now),))
        return self._begun[start, state.now]

    def joined(self, state: State, worker: Point) -> State:
        workers = sorted((*state.workers, worker), key=lambda one: one.number)
        return state._replace(workers=tuple(workers))

    def ended(self, state: State, worker: Point) -> State:
        left = list(state.workers)
        left.remove(worker)
        return state._replace(workers=tuple(left))

    def killed(self, state: State, worker: Point) -> State:
        """The worker is no more; its message comes back, as far as the sweep does not ring."""
        hint = worker.start.hint
        back = worker.start.name == "advance" and (hint.job or state.has_ended)
        return state._replace(hints=state.hints | {hint}) if back else state

    def all_killed(self, state: State) -> State:
        for worker in state.workers:
            state = self.killed(state, worker)
        return state._replace(workers=())

    def later(self, state: State, now: int, life: int) -> State:
        """Nobody runs for ever, though long enough to outlive a lease."""
        for worker in state.workers:
            if worker.began < state.now or now - worker.began > life:
                state = self.killed(self.ended(state, worker), worker)
        return state._replace(now=now)
