"""What a run is counted in: tasks, charges, events, and how long lost webhooks took. Pure."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from local.chaos.case import LOST, Case, explain
from local.chaos.clients import Said
from local.chaos.facts import Facts, Json, is_over

RESCUE_SECONDS = 30  # in which, and in one sweep, a lost webhook is made good


def count(facts: Facts, said: Mapping[str, Said], cases: list[Case]) -> dict[str, str]:
    states = Counter(case.row["state"] for case in cases)
    codes = Counter(case.code for case in cases if case.row["state"] == "failed")
    excuses = Counter(explain(c) for c in cases if c.row["state"] == "failed" and c.paid)
    providers = {entry["provider"] for entry in facts.ledger}
    told = sum(len(case.events) for case in cases)
    return {
        "tasks": f"{len(cases)}, by {len(providers)} providers",
        "orders without an answer": str(sum(not each.ids for each in said.values())),
        "requests without an answer": str(sum(each.unanswered for each in said.values())),
        "requests turned away (429)": str(sum(each.busy for each in said.values())),
        "submissions": _listed(Counter(entry["outcome"] for entry in facts.ledger)),
        "webhooks": _listed(Counter(map(_answer, _notes(facts.ledger)))),
        "charged": str(sum(len(case.paid) for case in cases)),
        "succeeded": str(states["succeeded"]),
        "failed": f"{states['failed']}: {_listed(codes)}",
        "of these charged": f"{sum(excuses.values())}: {_listed(excuses)}",
        "images stored": str(len(facts.objects)),
        "events": f"{told}, {told - len(facts.events)} of them repetitions",
        "messages left": f"{facts.later} for a later look, {facts.dead} among the dead letters",
    }


def recoveries(cases: list[Case], first_check: int, sweep: int) -> dict[str, str]:
    """From when a lost webhook should have come, or the first look was due, to the end."""
    lost = [case for case in cases if _lost(case) and is_over(case.row)]
    hopeless = [case for case in lost if case.code == "charge_unknown"]  # so was the answer
    seconds = sorted(_seconds(case, first_check) for case in lost if case not in hopeless)
    good = sum(each <= sweep + RESCUE_SECONDS for each in seconds)
    told = f"{len(lost)}: {good} made good within a sweep and 30 s, {len(seconds) - good} later"
    found = {"webhooks lost": f"{told}, {len(hopeless)} with the answer too, so never"}
    if seconds:
        found["recovery, 95 of 100"] = _in_sweeps(seconds[int(0.95 * (len(seconds) - 1))], sweep)
        found["recovery, longest"] = _in_sweeps(seconds[-1], sweep)
    return found


def _seconds(case: Case, first_check: int) -> float:
    first_look = _moment(case.row["createdAt"]) + first_check
    return max(0.0, _moment(case.row["finishedAt"]) - max(*_lost(case), first_look))


def _in_sweeps(seconds: float, sweep: int) -> str:
    return f"{seconds:.1f} s, {seconds / sweep:.1f} sweeps"


def _lost(case: Case) -> list[float]:
    return [note["at"] for note in _notes(case.paid) if note.get("error") == LOST]


def _notes(bills: list[Json]) -> list[Json]:
    return [note for bill in bills for note in bill["webhooks"]]


def _answer(note: Json) -> str:
    if note.get("error") == LOST:
        return "lost"
    return f"answered {note['status']}" if "status" in note else "cut off"


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _listed(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {what}" for what, number in sorted(numbers.items())) or "none"
