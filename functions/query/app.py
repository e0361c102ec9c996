"""GET /v1/tasks, /v1/tasks/{taskId} and /v1/models: what there is and how it stands."""

from http import HTTPStatus
from typing import Any

from plantain import listing, storage, store
from plantain.accounts import routes
from plantain.http import Api, answer
from plantain.listing import limit, status
from plantain.views import models, show

api = Api()
handler = api.handler


@api.get("/v1/tasks/<task_id>")
def get_task(task_id: str) -> Any:
    return answer(HTTPStatus.OK, show(store.find_of(api.owner, task_id), storage.link))


@api.get("/v1/tasks")
def get_tasks() -> Any:
    page = listing.page(
        api.owner,
        api.query("status", status, "queued, processing, succeeded, failed or cancelled"),
        api.query("limit", limit, "a number from 1 to 100") or listing.LIMIT,
        api.query("cursor", str, "what the last page gave"),
    )
    shown = [show(task, storage.link) for task in page.tasks]
    return answer(HTTPStatus.OK, {"tasks": shown, "cursor": page.cursor})


@api.get("/v1/models")
def get_models() -> Any:
    return answer(HTTPStatus.OK, models(routes().configured))
