"""Letting go: a task that is cancelled before its end, and a finished one that is deleted."""

import time

from plantain import graves, lifecycle, storage, store
from plantain.errors import Busy, TaskBought, TaskDeleted, TaskFinished, TaskMoved, TaskRunning
from plantain.hindsight import look_again
from plantain.models import State, Task

TRIES = 3


def cancel(owner: str, task_id: str, discard: bool) -> Task:
    """End a task that is not bought yet; with `discard`, also one that is."""
    for _ in range(TRIES):
        task = store.find_of(owner, task_id)
        if task.state is State.CANCELLED:
            return task
        _check_cancellable(task, discard)
        look_again(task, task.attempt, task.provider_task_id)
        try:
            return store.replace(task, lifecycle.cancelled(task, time.time()))
        except (TaskMoved, TaskDeleted):
            continue
    raise Busy


def _check_cancellable(task: Task, discard: bool) -> None:
    if task.state in lifecycle.TERMINAL:
        raise TaskFinished(f"The task has {task.state}; there is nothing left to cancel.")
    if task.state is State.SUBMITTING:
        raise TaskBought("The task is being sent to its provider just now; ask again in a minute.")
    if task.state is not State.QUEUED and not discard:
        raise TaskBought(
            f"{task.provider} has it and charges for it. To let it go all the same, "
            'send {"discard": true}.'
        )


def remove(owner: str, task_id: str) -> None:
    """Delete a finished task and its pictures; a tombstone keeps its key from being used again."""
    task = store.find_of(owner, task_id)
    if task.state not in lifecycle.TERMINAL:
        raise TaskRunning("Only a finished task can be deleted; cancel it first.")
    try:
        graves.entomb(task, time.time())
    except TaskMoved:
        raise TaskRunning("The task's end is just being announced; ask again shortly.") from None
    storage.empty(f"{owner}/{task_id}")


def bury(task_id: str) -> None:
    """Empty a deleted task's prefix once more, when nobody can still be storing there."""
    owner = graves.former_owner(task_id, time.time())
    if owner:
        storage.empty(f"{owner}/{task_id}")
        graves.forget(task_id)
