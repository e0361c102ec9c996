"""The routes of webhooks, and the event that they bring."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from plantain.contract.parts import ref
from plantain.contract.route import Answer, Json, Route, header
from plantain.errors import (
    Busy,
    InvalidRequest,
    MalformedRequest,
    NoWebhook,
    RequestTooLarge,
    TaskNotFound,
    TaskRunning,
    UnsupportedType,
)
from plantain.models import WebhookRequest
from plantain.shapes.webhooks import DeliveryList, Event, TrialEvent, TrialResult, Webhook

TASK = "/v1/tasks/{taskId}/deliveries"
ROUTES = (
    Route(
        method="GET",
        path="/v1/webhook",
        name="getWebhook",
        tag="Webhooks",
        summary="See your webhook and its secret",
        answers=(Answer(text="The webhook.", shape=Webhook, headers=("Cache-Control",)),),
    ),
    Route(
        method="PUT",
        path="/v1/webhook",
        name="setWebhook",
        tag="Webhooks",
        summary="Choose where the ends of all your tasks are told",
        text="A task's own `callBackUrl` comes first. A `url` of null ends it.",
        body=WebhookRequest,
        answers=(Answer(text="The webhook.", shape=Webhook, headers=("Cache-Control",)),),
        errors=(MalformedRequest, RequestTooLarge, UnsupportedType, InvalidRequest),
    ),
    Route(
        method="POST",
        path="/v1/webhook/rotate",
        name="rotateSecret",
        tag="Webhooks",
        summary="Get a new secret",
        text="Until `previousSecretUntil` every event is signed with both.",
        answers=(Answer(text="The webhook.", shape=Webhook, headers=("Cache-Control",)),),
        errors=(Busy,),
    ),
    Route(
        method="POST",
        path="/v1/webhook/test",
        name="testWebhook",
        tag="Webhooks",
        summary="Send an event that means nothing, now",
        answers=(Answer(text="What your endpoint said.", shape=TrialResult),),
        errors=(NoWebhook,),
    ),
    Route(
        method="GET",
        path=TASK,
        name="listDeliveries",
        tag="Webhooks",
        summary="See whether the end of a task was told",
        answers=(Answer(text="Each event, with every try.", shape=DeliveryList),),
        errors=(TaskNotFound,),
    ),
    Route(
        method="POST",
        path=TASK,
        name="sendAgain",
        tag="Webhooks",
        summary="Tell the end of a task again",
        text="The same event with the same id, to where it would be told today.",
        answers=(Answer(status=HTTPStatus.ACCEPTED, text="It is on its way.", shape=DeliveryList),),
        errors=(TaskNotFound, TaskRunning, NoWebhook, Busy),
    ),
)
SIGNED = (
    ("webhook-id", "The event's `id`: the same for every try."),
    ("webhook-timestamp", "When this try was sent, in seconds since 1970."),
    ("webhook-signature", "`v1,` and a signature for each valid secret, with spaces between."),
)
ANSWERS: Mapping[str, str] = {
    "2XX": "You have it.",
    "410": "You do not want it, now or ever: no more tries.",
    "429": "Later: after `Retry-After` seconds, if you say so.",
    "default": "Anything else, redirects included, is tried again for days.",
}


EVENTS: tuple[tuple[str, type[BaseModel], str], ...] = (
    ("taskEvent", Event, "A task has ended"),
    ("testEvent", TrialEvent, "A trial, as you asked for it"),
)


def posts(examples: Mapping[str, Json]) -> Json:
    """What is posted to a client's own webhook."""
    return {
        name: {"post": _post(name, shape, summary, examples.get(name))}
        for name, shape, summary in EVENTS
    }


def _post(name: str, shape: type[BaseModel], summary: str, example: Json | None) -> Json:
    content: dict[str, Any] = {"schema": ref(shape)}
    if example:
        content["example"] = example
    return {
        "operationId": name,
        "tags": ["Webhooks"],
        "summary": summary,
        "description": "Signed as Standard Webhooks has it: check that with any library for it, "
        "answer within 15 seconds, and do the work afterwards. An event may come more than once.",
        "parameters": [
            {**header(name, text, type="string"), "required": True} for name, text in SIGNED
        ],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {status: {"description": text} for status, text in ANSWERS.items()},
    }
