"""maxapi: code 0, capital states, a result object, ISO 8601 times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from .base import Delivery, Dialect, Failure, Model, Order
from .fields import Fields

if TYPE_CHECKING:
    from ..tasks import Task

RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4")
SIZES = ("1k", "2k", "4k")


class Maxapi(Dialect):
    name = "maxapi"
    submit_path = "/api/v1/task/submit"
    status_path = "/api/v1/task/{taskId}"
    models: ClassVar[dict[str, Model]] = {
        "nano-banana": Model(("16:9", "9:16"), ("1k",), ratio="16:9", resolution="1k"),
        "nano-banana-2": Model(RATIOS, SIZES, ratio="1:1", resolution="1k"),
        "nano-banana-pro": Model(RATIOS, SIZES, ratio="1:1", resolution="1k"),
    }
    phases = ("PENDING", "SUBMITTED", "PROCESSING")
    success = "SUCCESS"
    strange = "REVIEWING"
    failures: ClassVar[dict[str, Failure]] = {
        "moderation": Failure("FAILURE", "CONTENT_MODERATION", "Content moderation"),
        "parameters": Failure("FAILURE", "INVALID_PARAMETERS", "Invalid parameters"),
        "image": Failure("FAILURE", "INVALID_PARAMETERS", "Input image not accessible"),
        "credits": Failure("FAILURE", "INSUFFICIENT_POINTS", "Insufficient points"),
        "transient": Failure("FAILURE", None, ""),
        "timeout": Failure("TIMEOUT", None, ""),
        "cancelled": Failure("CANCELLED", None, ""),
    }
    delivery = Delivery(timeout=10, acknowledged_by=range(200, 300), retries=(1,))
    accepted_code = 0
    accepted_message = "ok"
    hollow_results = (None, {"type": "image", "urls": []}, {"type": "image"})

    def read(self, body: dict[str, Any]) -> Order:
        fields = Fields(body)
        name = fields.choice("model", tuple(self.models))
        model, given = self.models[name], fields.section("input")
        given.links("imageUrls")
        return Order(
            model=name,
            prompt=given.text("prompt"),
            ratio=given.choice("ratio", model.ratios, model.ratio),
            resolution=given.choice("resolution", model.resolutions, model.resolution),
            callback_url=fields.link("callBackUrl"),
            echo={"model": name, **given.values},
        )

    def describe(self, task: Task, state: str, result: Any) -> dict[str, Any]:
        data = {
            "taskId": task.id,
            "status": state,
            "input": task.order.echo,
            "result": result,
            "created_at": _iso(task.created),
            "updated_at": _iso(task.changed_at(state)),
        }
        if task.failure and state == task.failure.state:
            data["failure_reason"] = task.failure.code
        return data

    def result(self, urls: list[str]) -> dict[str, Any]:
        return {"type": "image", "urls": urls}

    def new_id(self) -> str:
        return str(uuid4())


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
