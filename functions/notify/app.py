"""/v1/webhook and /v1/tasks/{taskId}/deliveries: where an owner is told, and how that went."""

from plantain.entry import entry_point

from http import HTTPStatus
from typing import Any

from plantain import owners, views, webhooks
from plantain.http import Api, answer
from plantain.models import WebhookRequest
from plantain.notices import Webhook

api = Api()
handler = entry_point(api.handler)


@api.get("/v1/webhook")
def get_webhook() -> Any:
    return _show(owners.webhook_of(api.owner))


@api.put("/v1/webhook")
def put_webhook() -> Any:
    return _show(webhooks.choose(api.owner, api.body(WebhookRequest).url))


@api.post("/v1/webhook/rotate")
def rotate_secret() -> Any:
    return _show(owners.rotate(api.owner))


@api.post("/v1/webhook/test")
def test_webhook() -> Any:
    return answer(HTTPStatus.OK, views.test_result(webhooks.test(api.owner)))


@api.get("/v1/tasks/<task_id>/deliveries")
def get_deliveries(task_id: str) -> Any:
    return answer(HTTPStatus.OK, views.deliveries(webhooks.of_task(api.owner, task_id)))


@api.post("/v1/tasks/<task_id>/deliveries")
def send_again(task_id: str) -> Any:
    return answer(HTTPStatus.ACCEPTED, views.deliveries(webhooks.send_again(api.owner, task_id)))


def _show(webhook: Webhook) -> Any:
    return answer(HTTPStatus.OK, views.webhook(webhook))
