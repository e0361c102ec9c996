"""Keeping: what a provider has made is brought home, and the task is done or tried again."""

import time
from collections.abc import Iterable, Sequence
from math import ceil

from plantain import bell, guard, lifecycle, storage, store, trail
from plantain.errors import ImageInvalid, ImageUnfetchable
from plantain.log import log
from plantain.models import Image, Task
from plantain.settings import settings

WRITE_SECONDS = 40  # of a lease: for asking, decoding, and for writing what was kept


def keep(task: Task, urls: Sequence[str]) -> None:
    """Every picture home and verified, then the task is done."""
    task = trail.mark(task, time.time(), "result")
    if lifecycle.almost_out_of_time(task, settings().lease_seconds, time.time()):
        task = store.replace(task, lifecycle.result_seen(task, time.time()))
    prefix = f"{task.owner}/{task.task_id}"
    kept = {image.source: image for image in task.images}
    try:
        with guard.deadline(settings().lease_seconds - WRITE_SECONDS):
            for url in urls:
                if storage.source_of(url) not in kept:
                    kept[storage.source_of(url)] = storage.keep(url, prefix)
    except (ImageInvalid, ImageUnfetchable) as error:
        _keep_later(task, kept.values(), error)
    else:
        images = [kept[storage.source_of(url)] for url in urls]
        store.replace(task, lifecycle.succeeded(task, images, time.time()))


def _keep_later(
    task: Task, images: Iterable[Image], error: ImageInvalid | ImageUnfetchable
) -> None:
    now, bad, reason = time.time(), isinstance(error, ImageInvalid), str(error)
    log.warning("not kept", extra={"task": task.task_id, "bad": bad, "reason": reason})
    pause = _pause(task, error, now)
    task = trail.mark(task, now, "unkept", reason)
    after = lifecycle.result_waiting(task, images, now + pause, bad, now)
    if failure := lifecycle.unkeepable(after, now):
        store.replace(task, lifecycle.failed(after, failure, now))
    else:
        bell.chain(store.replace(task, after), pause)


def _pause(task: Task, error: ImageInvalid | ImageUnfetchable, now: float) -> int:
    """What was not even asked for, out of patience with its host, is asked for soon after that."""
    if isinstance(error, ImageInvalid):
        return lifecycle.BAD_FETCH_PAUSE
    return ceil(min(lifecycle.next_fetch(task, now), error.again))
