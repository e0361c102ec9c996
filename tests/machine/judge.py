"""What has become of a task, told in the model's terms, so that the model's own laws judge it."""

import json
from collections.abc import Iterator
from hashlib import sha256

from plantain.lifecycle import TERMINAL
from plantain.rows import TASK_ITEM, Row
from tests.machine.cloud import Cloud
from tests.machine.outside import picture_of
from tests.model import clients, laws
from tests.model.scenarios import Scenario
from tests.model.state import Job, State
from tests.model.workers import OWNER

DELIVERED = "what is owed is delivered at last"
FREED = "a task that is over has no place any more"


def seen(cloud: Cloud) -> dict[str, State]:
    """The state of each task in all its places, as the model would hold it."""
    rows, events = cloud.resources.rows(), cloud.resources.events()
    tasks = [row["taskId"] for row in rows if row["item"] == TASK_ITEM]
    return {
        task_id: _seen(
            cloud,
            task_id,
            [row for row in rows if row["taskId"] == task_id],
            events.get(task_id, set()),
        )
        for task_id in tasks
    }


def _seen(cloud: Cloud, task_id: str, rows: list[Row], events: set[str]) -> State:
    jobs = cloud.outside.jobs_of(task_id)
    names = _names(cloud, task_id, [job.name for job in jobs])
    kept = cloud.resources.objects(f"{cloud.owner}/{task_id}/")
    small = {one.get("thumbnail") for row in rows for one in row.get("images", [])}
    return State(
        now=int(cloud.now),
        table=tuple(sorted((row["item"], _renamed(json.dumps(row), names)) for row in rows)),
        jobs=tuple(Job(job.name, job.provider, job.attempt, job.fate, job.told) for job in jobs),
        kept=frozenset(_renamed(_told(key, kept[key]), names) for key in kept.keys() - small),
        told=frozenset(_renamed(words, names) for words in filter(_is_end, events)),
    )


def problems(cloud: Cloud, payments: str) -> list[str]:
    """What is not right when nothing is left to do, if anything."""
    found = list(cloud.stumbles)
    for end in seen(cloud).values():
        broken = [*laws.broken(end, end, Scenario("", payments)), *_unfinished(cloud, end)]
        found += [f"{law}: {end}" for law in broken]
    over = {row["taskId"] for row in cloud.tasks() if row.get("state") in TERMINAL}
    return found + [f"{FREED}: {one}" for one in cloud.resources.places(cloud.owner) if one in over]


def _unfinished(cloud: Cloud, end: State) -> Iterator[str]:
    yield from laws.broken_at_the_end(end, late=True)
    deliveries = [row for row in map(json.loads, dict(end.table).values()) if "series" in row]
    if any(not _is_over(cloud, row) for row in deliveries):
        yield DELIVERED


def _is_over(cloud: Cloud, delivery: Row) -> bool:
    if delivery["state"] == "delivered":
        return delivery["eventId"] in cloud.outside.received
    return delivery["state"] in ("failed", "stopped")


def _names(cloud: Cloud, task_id: str, jobs: list[str]) -> dict[str, str]:
    """What the model calls the task, its owner and its pictures, by our names for them."""
    digests = {
        f"{sha256(picture_of(job, name)).hexdigest()}.png": f"{job}/{name}"
        for job in jobs
        for name in clients.PICTURES
    }
    return {task_id: clients.TASK_ID, cloud.owner: OWNER, **digests}


def _renamed(text: str, names: dict[str, str]) -> str:
    for ours, theirs in names.items():
        text = text.replace(ours, theirs)
    return text


def _is_end(words: str) -> bool:
    return words.split()[0].removeprefix("task.") in TERMINAL


def _told(key: str, content: bytes) -> str:
    """A key tells what lies under it, unless that is something else."""
    return key if sha256(content).hexdigest() in key else f"{key} is another"
