"""The trail of a task: what happened to it and when, for whoever asks later. Pure.

It rides along with writes that happen anyway, so it costs none; what changes nothing about a
task, such as a look at a job that is not done, leaves no mark.
"""

from datetime import datetime

from plantain.models import Task
from plantain.rings import Ring

FIRST, LAST = 10, 30  # marks that are kept of a long trail
MAX_MARK = 120


def mark(task: Task, now: float, what: str, why: str = "") -> Task:
    """Seconds since the task was created, what happened then, and perhaps why."""
    after = now - datetime.fromisoformat(task.created_at).timestamp()
    trail = [*task.trail, f"{max(after, 0):.3f} {what} {why}".strip()[:MAX_MARK]]
    if len(trail) > FIRST + LAST:
        trail = trail[:FIRST] + trail[-LAST:]
    return task.model_copy(update={"trail": trail})


def rung(task: Task, ring: Ring, now: float) -> Task:
    """Who had reason to look at the task."""
    if ring.chain:
        return mark(task, now, "check")
    return mark(task, now, "sweep" if ring.attempt is None else "webhook")
