"""One task with all that is known of it, and why it failed if it was paid for. Pure."""

import json
from dataclasses import dataclass

from local.chaos.facts import Facts, Json

LOST = "lost on purpose"  # the simulator's word
OURS = ("charge_unknown", "deadline_exceeded", "result_invalid", "result_unavailable")


@dataclass(frozen=True)
class Case:
    """One task with all that is known of it."""

    row: Json
    bills: list[Json]
    events: list[Json]

    @property
    def id(self) -> str:
        return str(self.row["taskId"])

    @property
    def code(self) -> str:
        return str((self.row.get("failure") or {}).get("code", ""))

    @property
    def paid(self) -> list[Json]:
        return [bill for bill in self.bills if bill["charged"]]

    @property
    def images(self) -> list[Json]:
        return list(self.row.get("images", []))


def cases_of(facts: Facts) -> list[Case]:
    bills: dict[str, list[Json]] = {}
    for entry in facts.ledger:
        bills.setdefault(entry["prompt"], []).append(entry)
    return [
        Case(row, bills.get(prompt_of(row), []), facts.events.get(task_id, []))
        for task_id, row in facts.rows.items()
    ]


def prompt_of(row: Json) -> str:
    return str(json.loads(row["request"])["input"]["prompt"])


def explain(case: Case) -> str:
    """Why a task failed that was paid for; empty where there is no excuse."""
    if case.row.get("lateSuccess"):
        return f"{case.code}, late success recorded"
    if case.code not in OURS:
        return f"{case.code}, as the provider said"
    if case.code == "result_invalid":
        return "result_invalid, the picture is none"
    if case.code == "charge_unknown" and not any(map(_rang, case.paid)):
        return "charge_unknown, neither answer nor webhook came"
    if all(bill["state"] not in ("success", "SUCCESS") for bill in case.paid):
        return f"{case.code}, and no picture was made"
    return ""


def _rang(bill: Json) -> bool:
    """Whether a webhook of this job was taken by the doorbell."""
    mine = ("result", "duplicate", "stale", "lying-failure", "lying-success")
    return any(note["kind"] in mine and note.get("status") == 200 for note in bill["webhooks"])
