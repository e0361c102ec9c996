"""POST /api/…: takes a task in the words of another's API."""

from plantain.entry import entry_point

from plantain import tasks
from plantain.dialects import Dialect
from plantain.dropin import DropIn
from plantain.models import Task, TaskRequest

api = DropIn()
handler = entry_point(api.handler)


@api.on_submission
def take(dialect: Dialect, request: TaskRequest) -> Task:
    return tasks.submit(api.caller, request, api.idempotency_key, api.base_url, dialect.name)
