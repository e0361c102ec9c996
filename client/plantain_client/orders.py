"""From the wish for a picture to the task that has made it."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypedDict

from plantain_client import calls
from plantain_client.answers import Task
from plantain_client.errors import StillRunning, TaskNotMade
from plantain_client.pictures import urls_of
from plantain_client.steps import Pause, Steps

MODEL = "nano-banana"
LOOK_SECONDS = 20  # that one request waits, where the API lets it
PAUSES = (1.0, 1.0, 2.0, 3.0, 5.0)  # between looks, where it does not

Look = Callable[[Task], object]


class Options(TypedDict, total=False):
    """What may be said of a picture besides its prompt; what is not said is the provider's choice.

    `references` are addresses, or paths of files. The same `key` with the same order is the same
    task; without one, each order is a task of its own.
    """

    model: str
    ratio: str | None
    resolution: str | None
    format: str | None
    references: Sequence[str | Path]
    google_search: bool | None
    safety_checker: bool | None
    provider: str | None
    routing: str | None
    webhook: str | None
    metadata: dict[str, Any] | None
    key: str | None


def order(prompt: str, options: Options) -> Steps[Task]:
    key = options.get("key")
    urls = yield from urls_of(options.get("references", ()), inline=key is not None)
    return (yield from calls.create(_body(prompt, urls, options), key))


def wait(
    task_id: str, timeout: float | None, on_look: Look | None, look: int = LOOK_SECONDS
) -> Steps[Task]:
    """The task once it has ended; StillRunning when the time is over, and the task goes on."""
    end = time.monotonic() + timeout if timeout is not None else float("inf")
    pauses = iter(PAUSES)
    while True:
        began = time.monotonic()
        seconds = int(max(0, min(look, end - began)))
        task = yield from calls.show(task_id, wait=seconds)
        if on_look:
            on_look(task)
        if task.ended:
            return task
        now = time.monotonic()
        if now >= end:
            raise StillRunning(task)
        if now - began < 1:
            yield Pause(min(next(pauses, PAUSES[-1]), end - now))


def generate(
    prompt: str, timeout: float | None, on_look: Look | None, options: Options
) -> Steps[Task]:
    """Order and wait; TaskNotMade if there will be no picture."""
    task = yield from order(prompt, options)
    if on_look:
        on_look(task)
    if not task.ended:
        task = yield from wait(task.task_id, timeout, on_look)
    if not task.succeeded:
        raise TaskNotMade(task)
    return task


def _body(prompt: str, urls: list[str], options: Options) -> dict[str, Any]:
    wanted = {
        "prompt": prompt,
        "imageUrls": urls or None,
        "aspectRatio": options.get("ratio"),
        "resolution": options.get("resolution"),
        "outputFormat": options.get("format"),
        "googleSearch": options.get("google_search"),
        "safetyChecker": options.get("safety_checker"),
    }
    body = {
        "model": options.get("model", MODEL),
        "input": _given(wanted),
        "provider": options.get("provider"),
        "routing": options.get("routing"),
        "callBackUrl": options.get("webhook"),
        "metadata": options.get("metadata"),
    }
    return _given(body)


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
