"""POST /v1/tasks: records a task and sends it to a provider."""

from plantain.entry import entry_point

from http import HTTPStatus
from typing import Any

from plantain import signing, tasks
from plantain.http import MAX_INLINE_BODY, Api, answer
from plantain.models import TaskRequest
from plantain.views import show

api = Api()
handler = entry_point(api.handler)


@api.post("/v1/tasks")
def post_task() -> Any:
    request = api.body(TaskRequest, most=MAX_INLINE_BODY)
    task = tasks.submit(api.caller, request, api.idempotency_key, api.base_url)
    shown = show(task, api.base_url, signing.reading)
    return answer(HTTPStatus.ACCEPTED, shown, Location=f"/v1/tasks/{task.task_id}")
