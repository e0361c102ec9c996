"""Compare everybody's books with each other. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from local.chaos.case import Case, cases_of, explain, prompt_of
from local.chaos.clients import Said
from local.chaos.facts import Facts, is_over
from local.chaos.tally import count, recoveries

ZEROS = (
    "lost",
    "paid twice",
    "two tasks for one key",
    "images missing",
    "orphans",
    "events missing or with two ids",
    "paid, failed, unexplained",
)


@dataclass
class Audit:
    """What was counted, and what should be zero and is not: task by task, why."""

    counted: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=lambda: {zero: [] for zero in ZEROS})

    @property
    def broken(self) -> bool:
        return any(self.wrong.values())


def audit(facts: Facts, said: Mapping[str, Said], first_check: int, sweep: int) -> Audit:
    result, cases = Audit(), cases_of(facts)
    for zero, task, why in [*_compare_with_clients(facts, said), *_compare(facts, cases)]:
        result.wrong[zero].append(f"{task}: {why}")
    result.counted = count(facts, said, cases) | recoveries(cases, first_check, sweep)
    return result


def _compare_with_clients(facts: Facts, said: Mapping[str, Said]) -> Iterator[tuple[str, str, str]]:
    for prompt, answers in said.items():
        for task_id in answers.ids - facts.rows.keys():
            yield "lost", task_id, "accepted, and has no row"
        if answers.refused:
            yield "lost", prompt, f"refused: {answers.refused[0]}"
        if len(answers.ids) > 1:
            yield "two tasks for one key", prompt, ", ".join(sorted(answers.ids))
    known = {prompt_of(row) for row in facts.rows.values()}
    for entry in facts.ledger:
        if entry["charged"] and entry["prompt"] not in known:
            yield "lost", entry["prompt"], "charged, and has no row"


def _compare(facts: Facts, cases: list[Case]) -> Iterator[tuple[str, str, str]]:
    for case in cases:
        faults = {
            "lost": "" if is_over(case.row) else f"still {case.row['state']}",
            "paid twice": _paid_twice(case),
            "images missing": _missing(case, facts),
            "events missing or with two ids": _untold(case),
            "paid, failed, unexplained": _unexplained(case),
        }
        yield from ((zero, case.id, why) for zero, why in faults.items() if why)
    for key in facts.objects:
        if key.split("/")[-2] not in facts.rows:
            yield "orphans", key, "under no task's prefix"


def _paid_twice(case: Case) -> str:
    jobs = [f"{bill['provider']} {bill['taskId']}" for bill in case.paid]
    return ", ".join(jobs) if len(jobs) > 1 else ""


def _unexplained(case: Case) -> str:
    if case.row["state"] != "failed" or not case.paid or explain(case):
        return ""
    bill = case.paid[0]
    return f"{case.code}, and {bill['provider']} {bill['taskId']} is {bill['state']}"


def _missing(case: Case, facts: Facts) -> str:
    if case.row["state"] != "succeeded":
        return ""
    for image in case.images:
        if facts.objects.get(image["key"]) != (image["contentType"], image["bytes"]):
            return f"{image['key']} is {facts.objects.get(image['key'])}"
    made = max((bill["pictures"] for bill in case.paid), default=0)
    return "" if len(case.images) == made else f"{len(case.images)} of {made} pictures"


def _untold(case: Case) -> str:
    ids = {event["id"] for event in case.events}
    kinds = {event["type"] for event in case.events}
    if len(ids) != 1:
        return f"{len(ids)} event ids"
    return "" if kinds == {f"task.{case.row['state']}"} else f"{kinds} of {case.row['state']}"
