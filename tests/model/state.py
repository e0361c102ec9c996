"""A state of the model: everything that the outcome of anything may depend on, and nothing else."""

from functools import cache
from typing import NamedTuple

from plantain.lifecycle import TERMINAL
from plantain.models import Task
from plantain.rows import TASK_ITEM, is_tombstone, task_of
from tests.model.stepping import Point
from tests.model.table import Row, Table, rows_of


class Job(NamedTuple):
    """What a provider has in its ledger: a submission that reached it and was not refused."""

    name: str
    provider: str
    attempt: int
    fate: str  # what the provider says of it from some time on: succeeded, failed, unpaid
    told: str = ""  # when a webhook of it was taken: before the task's end, after it, or never


class Hint(NamedTuple):
    """A message in the queue that is waited for: it names a job, or a worker died over it."""

    attempt: int | None = None
    job: str | None = None


class State(NamedTuple):
    now: int
    table: Table = ()
    jobs: tuple[Job, ...] = ()
    kept: frozenset[str] = frozenset()  # the bucket's keys
    told: frozenset[str] = frozenset()  # what the topic was told
    hints: frozenset[Hint] = frozenset()
    ended: str = ""  # the row as the stream told of its end
    workers: tuple[Point, ...] = ()

    @property
    def task(self) -> Task | None:
        """The row of the task, unless it was deleted or never written."""
        return task_in(self.table)

    @property
    def has_ended(self) -> bool:
        return self.task is not None and self.task.state in TERMINAL

    def job(self, name: str) -> Job | None:
        return next((job for job in self.jobs if job.name == name), None)

    def with_job(self, job: Job) -> "State":
        jobs = tuple(job if one.name == job.name else one for one in self.jobs)
        return self._replace(jobs=jobs)


@cache
def row_in(table: Table) -> Row:
    """The task's row, or the tombstone in its place, or nothing."""
    return rows_of(table).get(TASK_ITEM, {})


@cache
def task_in(table: Table) -> Task | None:
    row = row_in(table)
    return task_of(row) if row and not is_tombstone(row) else None
