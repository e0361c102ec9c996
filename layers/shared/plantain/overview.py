"""An owner's latest tasks, summed up: how it goes, how long it takes, what needs a look. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from math import ceil
from typing import Any

from plantain.lifecycle import STATUS, TERMINAL, iso
from plantain.models import Prices, State, Task
from plantain.providers import all_providers

MOST = 500  # tasks that are read at most
LONGEST = 168  # hours
SPANS = 24  # parts of the time, for a chart
SHOWN = 10
SLOW_SECONDS = 120
# Failures that are the request's own, and nobody else's to mend.
REQUESTS_OWN = frozenset({"content_moderation", "invalid_input", "invalid_image"})


def sum_up(tasks: Sequence[Task], since: float, now: float, prices: Prices) -> dict[str, Any]:
    providers = sorted({task.provider for task in tasks if task.provider})
    return {
        "since": iso(since),
        "tasks": len(tasks),
        "status": {word: _count(tasks, word) for word in dict.fromkeys(STATUS.values())},
        **_how_well(tasks),
        "providers": [_provider(name, tasks, prices) for name in providers],
        "failures": [
            {"code": code, "tasks": number} for code, number in Counter(_codes(tasks)).most_common()
        ],
        "spans": _spans(tasks, since, now),
        "attention": _attention(tasks, now)[:SHOWN],
    }


def _provider(name: str, every: Sequence[Task], prices: Prices) -> dict[str, Any]:
    tasks = [task for task in every if task.provider == name]
    costs = [prices.get((name, task.request.model)) for task in _made(tasks)]
    known = [cost for cost in costs if cost is not None]
    return {
        "provider": name,
        "tasks": len(tasks),
        **_how_well(tasks),
        "cost": round(sum(known), 6) if len(known) == len(costs) else None,
    }


def _how_well(tasks: Sequence[Task]) -> dict[str, Any]:
    made, failed = _made(tasks), _count(tasks, "failed")
    times = sorted(_seconds(task) for task in made)
    rung = [_was_rung_for(task) for task in made if all_providers()[task.provider or ""].webhooks]
    return {
        "successRate": round(len(made) / (len(made) + failed), 4) if made or failed else None,
        "seconds": {"p50": _rank(times, 0.5), "p95": _rank(times, 0.95)} if times else None,
        "webhooks": {"expected": len(rung), "arrived": sum(rung)},
    }


def _made(tasks: Iterable[Task]) -> list[Task]:
    return [task for task in tasks if task.state is State.SUCCEEDED]


def _count(tasks: Iterable[Task], status: str) -> int:
    return sum(STATUS[task.state] == status for task in tasks)


def _codes(tasks: Iterable[Task]) -> list[str]:
    return [task.failure.code for task in tasks if task.failure]


def _was_rung_for(task: Task) -> bool:
    """Whether it was the provider that said so; if not, the sweep or a check found it."""
    return any(mark.split(" ")[1:2] == ["webhook"] for mark in task.trail)


def _seconds(task: Task) -> float:
    return round(_moment(task.finished_at or task.updated_at) - _moment(task.created_at), 3)


def _rank(ordered: Sequence[float], share: float) -> float:
    return ordered[ceil(share * len(ordered)) - 1]


def _spans(tasks: Iterable[Task], since: float, now: float) -> list[dict[str, Any]]:
    """How many were ordered in each part of the time, by what became of them."""
    length = (now - since) / SPANS
    counts = [Counter[str]() for _ in range(SPANS)]
    for task in tasks:
        place = int((_moment(task.created_at) - since) / length)
        status = STATUS[task.state]
        counts[min(max(place, 0), SPANS - 1)][status if task.state in TERMINAL else "open"] += 1
    words = ("succeeded", "failed", "cancelled", "open")
    return [
        {"from": iso(since + n * length), **{word: count[word] for word in words}}
        for n, count in enumerate(counts)
    ]


def _attention(tasks: Iterable[Task], now: float) -> list[dict[str, Any]]:
    """Paid for and not there, failed for no fault of the request, or slow: the worst first."""
    found = [(task, why) for task in tasks if (why := _why(task, now))]
    found.sort(key=lambda each: WORST.get(each[1], len(WORST)))
    return [
        {"taskId": task.task_id, "why": why, "createdAt": task.created_at} for task, why in found
    ]


WORST = {"late_success": 0, "charge_unknown": 1, "result_unavailable": 2, "slow": 3}


def _why(task: Task, now: float) -> str | None:
    if task.late_successes:
        return "late_success"
    if task.failure:
        code = str(task.failure.code)
        return None if code in REQUESTS_OWN else code
    open_ = task.state not in TERMINAL
    return "slow" if open_ and now - _moment(task.created_at) > SLOW_SECONDS else None


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
