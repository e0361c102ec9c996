"""GET /api/…: tells how a task stands in the words of another's API."""

from plantain.entry import entry_point

from plantain import store
from plantain.dropin import DropIn
from plantain.models import Task

api = DropIn()
handler = entry_point(api.handler)


@api.on_question
def find(task_id: str) -> Task:
    return store.find_of(api.owner, task_id)
