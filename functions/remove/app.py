"""DELETE /v1/tasks/{taskId}: removes a finished task and its pictures."""

from plantain.entry import entry_point

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response

from plantain import removal
from plantain.http import Api

api = Api()
handler = entry_point(api.handler)


@api.delete("/v1/tasks/<task_id>")
def delete_task(task_id: str) -> Any:
    removal.remove(api.owner, task_id)
    return Response(HTTPStatus.NO_CONTENT.value)
