"""GET /v1/tasks, /v1/tasks/{taskId}, /v1/models and /v1/overview: what there is, how it stands."""

from plantain.entry import entry_point

import time
from http import HTTPStatus
from typing import Any

from plantain import backlog, deliveries, listing, overview, signing, store, waiting
from plantain.accounts import routes
from plantain.http import Api, answer
from plantain.lifecycle import STATUS, iso
from plantain.listing import Wanted
from plantain.models import MODELS
from plantain.providers import all_providers
from plantain.settings import settings
from plantain.timeline import timeline
from plantain.views import models, show

TIME = "an ISO 8601 time, such as 2026-01-31T12:00:00Z"

api = Api()
handler = entry_point(api.handler)


@api.get("/v1/tasks/<task_id>/timeline")
def get_timeline(task_id: str) -> Any:
    task = store.find_of(api.owner, task_id)
    return answer(HTTPStatus.OK, timeline(task, deliveries.of_task(task_id)))


@api.get("/v1/tasks/<task_id>")
def get_task(task_id: str) -> Any:
    seconds = api.query_number("wait", "whole seconds", 0, waiting.LONGEST)
    task = waiting.wait_for(api.owner, task_id, seconds or 0)
    return answer(HTTPStatus.OK, show(task, api.base_url, signing.reading))


@api.get("/v1/tasks")
def get_tasks() -> Any:
    wanted = Wanted(
        status=api.query_one_of("status", STATUS.values()),
        model=api.query_one_of("model", MODELS),
        provider=api.query_one_of("provider", all_providers()),
        since=api.query("createdAfter", listing.moment, TIME),
        until=api.query("createdBefore", listing.moment, TIME),
    )
    page = listing.page(
        api.owner,
        wanted,
        api.query_number("limit", "a number", 1, listing.LARGEST) or listing.LIMIT,
        api.query("cursor", str, "what the last page gave"),
    )
    shown = [show(task, api.base_url, signing.reading) for task in page.tasks]
    return answer(HTTPStatus.OK, {"tasks": shown, "cursor": page.cursor})


@api.get("/v1/models")
def get_models() -> Any:
    chosen = routes()
    return answer(HTTPStatus.OK, models(chosen.preferred, chosen.prices))


@api.get("/v1/overview")
def get_overview() -> Any:
    hours = api.query_number("hours", "whole hours", 1, overview.LONGEST) or 24
    now = time.time()
    since = now - hours * 3600
    tasks, complete = listing.latest(api.owner, iso(since), overview.MOST)
    summed = overview.sum_up(tasks, since, now, settings().price_list)
    told = {"hours": hours, "complete": complete, **summed, "deadLetters": backlog.dead_letters()}
    return answer(HTTPStatus.OK, told)
