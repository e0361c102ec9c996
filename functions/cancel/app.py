"""POST /v1/tasks/{taskId}/cancel: ends a task before its end."""

from plantain.entry import entry_point

from http import HTTPStatus
from typing import Any

from plantain import removal, signing
from plantain.http import Api, answer
from plantain.models import CancelRequest
from plantain.views import show

api = Api()
handler = entry_point(api.handler)


@api.post("/v1/tasks/<task_id>/cancel")
def cancel_task(task_id: str) -> Any:
    discard = api.body(CancelRequest, empty=CancelRequest()).discard
    task = removal.cancel(api.owner, task_id, discard)
    return answer(HTTPStatus.OK, show(task, api.base_url, signing.reading))
