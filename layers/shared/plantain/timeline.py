"""Everything that happened to a task, in order: its trail, and what was told of it. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from plantain.lifecycle import iso
from plantain.models import Task
from plantain.notices import Delivery, Try

Step = dict[str, Any]


def timeline(task: Task, deliveries: Iterable[Delivery]) -> dict[str, Any]:
    began = datetime.fromisoformat(task.created_at).timestamp()
    marks = [mark.split(" ", 2) for mark in task.trail]
    steps = [_step(began, began + float(after), what, *why) for after, what, *why in marks]
    steps += [
        _step(began, _moment(late.seen_at), "late", late.provider) for late in task.late_successes
    ]
    for delivery in deliveries:
        steps += [_step(began, _moment(one.at), "told", _outcome(one)) for one in delivery.tries]
    return {"taskId": task.task_id, "steps": sorted(steps, key=lambda step: step["after"])}


def _step(began: float, at: float, what: str, why: str = "") -> Step:
    return {"at": iso(at), "after": round(at - began, 3), "what": what, "why": why or None}


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _outcome(one: Try) -> str:
    return one.error or (f"HTTP {one.status}" if one.status else "on its way")
