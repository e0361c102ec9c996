"""GET /v1/tasks, /v1/tasks/{taskId} and /v1/models: what there is and how it stands."""

from http import HTTPStatus
from typing import Any

from plantain import deliveries, listing, storage, store, waiting
from plantain.accounts import routes
from plantain.http import Api, answer
from plantain.lifecycle import STATUS
from plantain.listing import Wanted
from plantain.models import MODELS
from plantain.providers import all_providers
from plantain.timeline import timeline
from plantain.views import models, show

api = Api()
handler = api.handler


@api.get("/v1/tasks/<task_id>/timeline")
def get_timeline(task_id: str) -> Any:
    task = store.find_of(api.owner, task_id)
    return answer(HTTPStatus.OK, timeline(task, deliveries.of_task(task_id)))


@api.get("/v1/tasks/<task_id>")
def get_task(task_id: str) -> Any:
    seconds = api.query("wait", waiting.seconds, "whole seconds from 0 to 25")
    task = waiting.wait_for(api.owner, task_id, seconds or 0)
    return answer(HTTPStatus.OK, show(task, api.base_url, storage.link))


@api.get("/v1/tasks")
def get_tasks() -> Any:
    wanted = Wanted(
        status=api.query_one_of("status", STATUS.values()),
        model=api.query_one_of("model", MODELS),
        provider=api.query_one_of("provider", all_providers()),
        since=api.query("createdAfter", listing.moment, "an ISO 8601 time"),
        until=api.query("createdBefore", listing.moment, "an ISO 8601 time"),
    )
    page = listing.page(
        api.owner,
        wanted,
        api.query("limit", listing.limit, "a number from 1 to 100") or listing.LIMIT,
        api.query("cursor", str, "what the last page gave"),
    )
    shown = [show(task, api.base_url, storage.link) for task in page.tasks]
    return answer(HTTPStatus.OK, {"tasks": shown, "cursor": page.cursor})


@api.get("/v1/models")
def get_models() -> Any:
    return answer(HTTPStatus.OK, models(routes().configured))
