"""tasks, show, watch, models, deliveries: what there is to be seen."""

import sys
import time
from argparse import Namespace
from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from plantain_client import Plantain
from plantain_client.answers import Delivery, Task
from plantain_client.command.ends import Exit
from plantain_client.command.progress import words_of
from plantain_client.command.text import ago, as_json, columns, cut, paint, plain, table

PAGE = 100  # tasks, the most that one answer holds
WATCH_SECONDS = 2.0
WATCHED = 50  # of the newest tasks


def tasks(plantain: Plantain, given: Namespace) -> Exit:
    filters = {"status": given.status, "model": given.model, "provider": given.provider}
    found = islice(plantain.tasks(**filters, limit=min(given.limit, PAGE)), given.limit)
    if given.json:
        as_json([task.raw for task in found])
    else:
        heads = ("TASK", "STATUS", "AGE", "MODEL", "PROVIDER", "PROMPT")
        table(heads, map(_row, found))
    return Exit.DONE


def _row(task: Task) -> tuple[str, ...]:
    prompt = str(task.input.get("prompt", ""))
    age = ago(task.created_at)
    return task.task_id, task.status, age, task.model, task.provider or "–", prompt


def describe(task: Task) -> None:
    """All of a task that a person wants to know."""
    lines = [
        ("task", task.task_id),
        ("status", paint(task.status, task.status, sys.stdout)),
        ("model", f"{task.model}, {task.provider or 'nobody yet'}"),
        ("created", f"{_local(task.created_at)}, {ago(task.created_at)} ago"),
        ("finished", _local(task.finished_at) if task.finished_at else "–"),
        ("prompt", plain(str(task.input.get("prompt", "")))),
    ]
    if task.failure:
        lines.append(("failure", plain(f"{task.failure.code}: {task.failure.message}")))
    for image in task.images:
        size = f"{image.width}×{image.height}, {image.content_type}, {image.bytes:,} bytes"
        lines += [("picture", size), ("", image.link or "")]
    for name, value in lines:
        print(f"{name:<9} {value}")


def watch(plantain: Plantain, given: Namespace) -> Exit:
    """A line for each change; with tasks named, until all of those have ended."""
    seen: dict[str, str] = {}
    while True:
        found = list(_watched(plantain, given.tasks))
        for task in found:
            words = task.status if task.ended else words_of(task)
            before = seen.get(task.task_id)
            seen[task.task_id] = words
            if words != before and (given.tasks or before or not task.ended):
                as_json(task.raw, indent=None) if given.json else _change(task, words)
        if given.tasks and all(task.ended for task in found):
            return Exit.DONE if all(task.succeeded for task in found) else Exit.NOT_MADE
        time.sleep(WATCH_SECONDS)


def _watched(plantain: Plantain, task_ids: list[str]) -> Iterable[Task]:
    if task_ids:
        return map(plantain.show, task_ids)
    return reversed(plantain.page(limit=WATCHED).tasks)


def _change(task: Task, words: str) -> None:
    text = f"{datetime.now().astimezone():%H:%M:%S}  {task.task_id}  "
    room = columns(sys.stdout)
    print(text + paint(cut(words, room and max(9, room - len(text))), task.status, sys.stdout))
    sys.stdout.flush()


def models(plantain: Plantain, given: Namespace) -> Exit:
    found = plantain.models()
    if given.json:
        as_json([model.raw for model in found])
        return Exit.DONE
    rows = [
        (
            model.model,
            offer.provider,
            " ".join(mode.partition("-")[0] for mode in offer.modes),
            " ".join(offer.resolution) or "–",
            " ".join(offer.aspect_ratio) or "–",
        )
        for model in found
        for offer in model.providers
    ]
    table(("MODEL", "PROVIDER", "FROM", "RESOLUTIONS", "RATIOS"), rows)
    return Exit.DONE


def timeline(plantain: Plantain, given: Namespace) -> Exit:
    steps = plantain.timeline(given.task)
    if given.json:
        as_json([step.raw for step in steps])
    else:
        table(("AFTER", "WHAT", "WHY"), [(f"{s.after:.1f} s", s.what, s.why or "") for s in steps])
    return Exit.DONE


def deliveries(plantain: Plantain, given: Namespace) -> Exit:
    return _deliveries(plantain.deliveries(given.task), given)


def redeliver(plantain: Plantain, given: Namespace) -> Exit:
    return _deliveries(plantain.deliver_again(given.task), given)


def _deliveries(found: list[Delivery], given: Namespace) -> Exit:
    if given.json:
        as_json([delivery.raw for delivery in found])
    else:
        heads = ("STATE", "TRIES", "LAST ANSWER", "EVENT", "URL")
        table(heads, [(d.state, str(len(d.tries)), _last(d), d.type, d.url) for d in found])
    return Exit.DONE


def _last(delivery: Delivery) -> str:
    if not delivery.tries:
        return "–"
    last = delivery.tries[-1]
    return last.error or str(last.status or "on its way")


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"
