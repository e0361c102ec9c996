"""POST /v1/tasks: records a task and sends it to a provider."""

from http import HTTPStatus
from typing import Any

from plantain import storage, tasks
from plantain.http import Api, answer
from plantain.models import TaskRequest
from plantain.views import show

api = Api()
handler = api.handler


@api.post("/v1/tasks")
def post_task() -> Any:
    task = tasks.submit(api.owner, api.body(TaskRequest), api.idempotency_key)
    shown = show(task, storage.link)
    return answer(HTTPStatus.ACCEPTED, shown, Location=f"/v1/tasks/{task.task_id}")
