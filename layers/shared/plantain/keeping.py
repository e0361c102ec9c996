"""Keeping: what a provider has made is brought home, and the task is done or tried again."""

import time
from collections.abc import Iterable, Sequence

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
    except ImageInvalid as error:
        _keep_later(task, kept.values(), bad=True, reason=str(error))
    except ImageUnfetchable as error:
        _keep_later(task, kept.values(), bad=False, reason=str(error))
    else:
        images = [kept[storage.source_of(url)] for url in urls]
        store.replace(task, lifecycle.succeeded(task, images, time.time()))


def _keep_later(task: Task, images: Iterable[Image], bad: bool, reason: str) -> None:
    now = time.time()
    log.warning("not kept", extra={"task": task.task_id, "bad": bad, "reason": reason})
    pause = lifecycle.BAD_FETCH_PAUSE if bad else lifecycle.next_fetch(task, now)
    task = trail.mark(task, now, "unkept", reason)
    after = lifecycle.result_waiting(task, images, now + pause, bad, now)
    if failure := lifecycle.unkeepable(after, now):
        store.replace(task, lifecycle.failed(after, failure, now))
    else:
        bell.chain(store.replace(task, after), pause)
