"""What the outside may answer to a call, and what each answer makes of the state."""

import json
from collections.abc import Callable, Iterator

from plantain.rows import TASK_ITEM
from tests.model import table
from tests.model.scenarios import Scenario
from tests.model.state import Hint, Job, State, row_in
from tests.model.stepping import Effect

Answer = tuple[str, State]


def answers(state: State, effect: Effect, scenario: Scenario) -> Iterator[Answer]:
    return _OUTSIDE[effect.to](state, effect, scenario)


def _table(state: State, effect: Effect, scenario: Scenario) -> Iterator[Answer]:
    if effect.what in ("Query", "GetItem"):
        yield table.read(state.table, effect.what, effect.words), state
    else:
        yield from _write(state, effect, scenario)


def _provider(state: State, effect: Effect, scenario: Scenario) -> Iterator[Answer]:
    provider, _, words = effect.words.partition(".")
    if effect.what == "buy":
        yield from _buy(state, provider, int(words), scenario)
    else:
        yield from _ask(state, provider, words, scenario)


def _web(state: State, effect: Effect, scenario: Scenario) -> Iterator[Answer]:
    yield from ((picture, state) for picture in scenario.pictures)


def _topic(state: State, effect: Effect, scenario: Scenario) -> Iterator[Answer]:
    yield "", state._replace(told=state.told | {f"{effect.what} {effect.words}"})


def _queue(state: State, effect: Effect, scenario: Scenario) -> Iterator[Answer]:
    """Only a ring that names a job matters: anyone may ring at any time besides."""
    ring = json.loads(effect.words)
    if "hint" in ring:
        state = state._replace(hints=state.hints | {Hint(ring["attempt"], ring["hint"])})
    yield "", state


def _bucket(state: State, effect: Effect, scenario: Scenario) -> Iterator[Answer]:
    match effect.what:
        case "put":
            yield "", state._replace(kept=state.kept | {effect.words})
        case "list":
            yield json.dumps(sorted(state.kept)), state
        case "delete":
            yield "", state._replace(kept=state.kept - set(json.loads(effect.words)))


def _chance(state: State, effect: Effect, scenario: Scenario) -> Iterator[Answer]:
    """The first word that neither a worker nor the row has."""
    heard = {heard.answer for worker in state.workers for heard in worker.heard}
    used = {*heard, row_in(state.table).get("writer")}
    yield next(word for word in ("a", "b", "c", "d") if word not in used), state


def _write(state: State, effect: Effect, scenario: Scenario) -> Iterator[Answer]:
    written, done = table.write(state.table, effect.what, effect.words)
    if not done:
        yield "refused", state
        return
    row = table.rows_of(written).get(TASK_ITEM)
    after = state._replace(table=written)
    if after.has_ended and not state.ended:
        after = after._replace(ended=json.dumps(row, sort_keys=True))
    wanted = '"ReturnValues"' in effect.words
    yield json.dumps({"Attributes": table.pack_row(row)} if wanted and row else {}), after
    if scenario.doubled and '"ConditionExpression"' in effect.words:
        yield "refused", after


def _buy(state: State, provider: str, number: int, scenario: Scenario) -> Iterator[Answer]:
    before = next((job for job in state.jobs if _same_request(job, provider, number)), None)
    for fate in [before.fate] if before else scenario.fates:
        job = before or Job(f"job{len(state.jobs) + 1}", provider, number, fate)
        bought = state if before else state._replace(jobs=(*state.jobs, job))
        yield f"accepted {job.name}", bought
        if scenario.silent:
            yield "unclear", bought
    if scenario.silent:
        yield "unclear", state
    if number < scenario.attempts:
        yield from ((refusal, state) for refusal in scenario.refusals)


def _same_request(job: Job, provider: str, number: int) -> bool:
    return (job.provider, job.attempt, provider) == (provider, number, "aigptimage")


def _ask(state: State, provider: str, name: str, scenario: Scenario) -> Iterator[Answer]:
    job = state.job(name)
    if job is None or job.provider != provider:
        yield "missing", state
        return
    if not job.told:
        yield "pending", state
    yield job.fate, state
    if scenario.down:
        yield "unavailable", state


_OUTSIDE: dict[str, Callable[[State, Effect, Scenario], Iterator[Answer]]] = {
    "table": _table,
    "provider": _provider,
    "web": _web,
    "topic": _topic,
    "queue": _queue,
    "bucket": _bucket,
    "chance": _chance,
}
