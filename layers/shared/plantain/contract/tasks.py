"""The routes of tasks and models."""

from collections.abc import Mapping
from http import HTTPStatus

from plantain import listing, overview, waiting
from plantain.contract.route import Answer, Json, Route, header, query
from plantain.errors import (
    Busy,
    InvalidRequest,
    KeyReused,
    MalformedRequest,
    NoPrice,
    NoProvider,
    RequestTooLarge,
    TaskBought,
    TaskDeleted,
    TaskFinished,
    TaskNotFound,
    TaskRunning,
    TooManyActive,
    TooManyTasks,
    TooMuchSpent,
    UnsupportedType,
)
from plantain.http import MAX_KEY
from plantain.models import MODELS, CancelRequest, TaskRequest
from plantain.providers import all_providers
from plantain.shapes.offers import ModelList
from plantain.shapes.overview import Overview
from plantain.shapes.tasks import Status, Task, TaskPage, Timeline

STATUSES = list(Status.__args__)  # type: ignore[attr-defined]
LINKED = ("getTask", "getTimeline", "cancelTask", "deleteTask", "listDeliveries", "sendAgain")
TIME: Json = {"type": "string", "format": "date-time"}


def _links(task_id: str) -> Mapping[str, Json]:
    named = {"parameters": {"taskId": task_id}}
    return {each: {"operationId": each, **named} for each in LINKED}


ROUTES = (
    Route(
        method="POST",
        path="/v1/tasks",
        name="createTask",
        tag="Tasks",
        summary="Order a picture",
        text="The task is recorded before anything is bought, and made in the background. With an "
        "`Idempotency-Key`, the same key and body again give the same task, bought once.",
        parameters=(
            header(
                "Idempotency-Key",
                "A name of your own for this order, so that it can be sent again without harm.",
                type="string",
                minLength=1,
                maxLength=MAX_KEY,
                pattern="^[ -~]+$",
            ),
        ),
        body=TaskRequest,
        answers=(
            Answer(
                status=HTTPStatus.ACCEPTED,
                text="The task is recorded.",
                shape=Task,
                headers=("Location",),
                links=_links("$response.body#/taskId"),
            ),
        ),
        errors=(
            MalformedRequest,
            TaskDeleted,
            RequestTooLarge,
            UnsupportedType,
            InvalidRequest,
            KeyReused,
            TooManyActive,
            TooManyTasks,
            TooMuchSpent,
            NoProvider,
            NoPrice,
            Busy,
        ),
    ),
    Route(
        method="GET",
        path="/v1/tasks",
        name="listTasks",
        tag="Tasks",
        summary="See your tasks, newest first",
        text="All filters may be combined. A page may be shorter than `limit` while there is more: "
        "only a `cursor` of null is the end.",
        parameters=(
            query("status", "Only tasks in this state.", type="string", enum=STATUSES),
            query("model", "Only tasks of this model.", type="string", enum=list(MODELS)),
            query("provider", "Only what it makes.", type="string", enum=sorted(all_providers())),
            query("createdAfter", "Only tasks from this time on.", **TIME),
            query("createdBefore", "Only tasks up to this time.", **TIME),
            query(
                "limit",
                "Tasks on a page.",
                type="integer",
                minimum=1,
                maximum=listing.LARGEST,
                default=listing.LIMIT,
            ),
            query("cursor", "Where the last page ended.", type="string"),
        ),
        answers=(
            Answer(
                text="A page of tasks.",
                shape=TaskPage,
                links={
                    "nextPage": {
                        "operationId": "listTasks",
                        "parameters": {"cursor": "$response.body#/cursor"},
                    }
                },
            ),
        ),
        errors=(MalformedRequest, InvalidRequest, Busy),
    ),
    Route(
        method="GET",
        path="/v1/tasks/{taskId}",
        name="getTask",
        tag="Tasks",
        summary="See a task, or wait for it",
        text="With `wait`, the answer comes as soon as the task has ended, at the latest after so "
        "many seconds (whoever runs this API may allow fewer).",
        parameters=(
            query(
                "wait",
                "Seconds to wait for the end.",
                type="integer",
                minimum=0,
                maximum=waiting.LONGEST,
                default=0,
            ),
        ),
        answers=(Answer(text="The task as it stands.", shape=Task),),
        errors=(TaskNotFound, InvalidRequest),
    ),
    Route(
        method="DELETE",
        path="/v1/tasks/{taskId}",
        name="deleteTask",
        tag="Tasks",
        summary="Delete a finished task and its pictures",
        text="For good. Its idempotency key cannot be used again for 90 days.",
        answers=(Answer(status=HTTPStatus.NO_CONTENT, text="It is gone."),),
        errors=(TaskNotFound, TaskRunning),
    ),
    Route(
        method="POST",
        path="/v1/tasks/{taskId}/cancel",
        name="cancelTask",
        tag="Tasks",
        summary="Cancel a task",
        text="A task that is not bought yet is cancelled. One that a provider already makes is let "
        "go, and paid for, only if you say `discard`.",
        body=CancelRequest,
        body_required=False,
        answers=(Answer(text="The task, cancelled.", shape=Task),),
        errors=(
            MalformedRequest,
            TaskNotFound,
            TaskBought,
            TaskFinished,
            RequestTooLarge,
            UnsupportedType,
            InvalidRequest,
            Busy,
        ),
    ),
    Route(
        method="GET",
        path="/v1/tasks/{taskId}/timeline",
        name="getTimeline",
        tag="Tasks",
        summary="See everything that happened to a task",
        text="Each attempt and its answer, who rang, what was stored, and each time you were told.",
        answers=(Answer(text="What happened, in order.", shape=Timeline),),
        errors=(TaskNotFound,),
    ),
    Route(
        method="GET",
        path="/v1/models",
        name="listModels",
        tag="Models",
        summary="See what can be made, and by whom",
        text="Only providers that are set up here, each with its limits.",
        answers=(Answer(text="The models.", shape=ModelList),),
    ),
    Route(
        method="GET",
        path="/v1/overview",
        name="getOverview",
        tag="Tasks",
        summary="See how it goes",
        text=f"Sums up your latest {overview.MOST} tasks at most: states, success, time to the "
        "picture, webhooks and cost by provider, and what needs a look.",
        parameters=(
            query(
                "hours",
                "How far to look back.",
                type="integer",
                minimum=1,
                maximum=overview.LONGEST,
                default=24,
            ),
        ),
        answers=(Answer(text="The sums.", shape=Overview),),
        errors=(InvalidRequest, Busy),
    ),
)
