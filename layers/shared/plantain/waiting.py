"""Waiting for a task on a client's behalf, at one cheap read a second."""

import time

from plantain import store
from plantain.lifecycle import TERMINAL
from plantain.models import Task
from plantain.settings import settings

PAUSE = 1.0
LONGEST = 25


def wait_for(owner: str, task_id: str, seconds: int) -> Task:
    """The task as soon as it has ended, or as it stands when the time is over."""
    task = store.find_of(owner, task_id)
    pauses = min(seconds, settings().max_wait_seconds)
    if task.state in TERMINAL or pauses == 0:
        return task
    for _ in range(pauses):
        time.sleep(PAUSE)
        if store.has_ended(task_id):
            break
    return store.find_of(owner, task_id)
