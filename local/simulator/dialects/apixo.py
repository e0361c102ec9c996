"""apixo: the model in the path, `message` for `msg`, absent fields for unknown ones."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, ClassVar

from .base import Delivery, Dialect, Failure, Model, Order, Refused
from .fields import Fields

if TYPE_CHECKING:
    from ..tasks import Task

RATIOS = (
    "1:1",
    "1:4",
    "1:8",
    "3:2",
    "2:3",
    "3:4",
    "4:1",
    "4:3",
    "4:5",
    "5:4",
    "8:1",
    "9:16",
    "16:9",
    "21:9",
    "auto",
)


class Apixo(Dialect):
    name = "apixo"
    submit_path = "/api/v1/generateTask/{model}"
    status_path = "/api/v1/statusTask/{model}"
    models: ClassVar[dict[str, Model]] = {
        "nano-banana-2": Model(
            RATIOS, ("1K", "2K", "4K"), longest_prompt=20_000, most_references=14
        ),
        "nano-banana": Model(RATIOS, ratio="1:1", longest_prompt=5000, most_references=5),
    }
    phases = ("pending", "processing")
    failures: ClassVar[dict[str, Failure]] = {
        "moderation": Failure(
            "failed", "CONTENT_VIOLATION", "Content does not meet safety guidelines"
        ),
        "parameters": Failure("failed", "PROMPT_TOO_LONG", "Prompt is too long"),
        "image": Failure("failed", "INVALID_IMAGE_URL", "Cannot access provided image URL"),
        "credits": Failure("failed", "INSUFFICIENT_CREDITS", "Insufficient credits"),
        "transient": Failure("failed", "GENERATION_FAILED", "Generation failed"),
        "timeout": Failure("failed", "PROCESSING_TIMEOUT", "Processing timed out"),
        "cancelled": Failure("failed", "MODEL_UNAVAILABLE", "Generation was cancelled"),
    }
    delivery = Delivery(timeout=30, acknowledged_by=range(200, 201), retries=(1, 2, 4))
    message_key = "message"
    refusals = Dialect.refusals | {
        # Its page's own sample carries this one as a 400.
        "credits": (400, "Insufficient credits"),
        "unauthorized": (401, "Invalid or missing API Key"),
    }

    def read(self, body: dict[str, Any]) -> Order:
        name = body["model"]
        if name not in self.models:
            raise Refused(404, "Model not found")
        model, fields = self.models[name], Fields(body)
        calls_back = fields.choice("request_type", ("async", "callback"), "async") == "callback"
        callback_url = fields.link("callback_url")
        if calls_back and not callback_url:
            raise Refused("missing", "callback_url is required when request_type=callback")
        fields.choice("provider", ("auto", "value", "official"), "auto")
        return self._read_input(name, model, fields, callback_url if calls_back else None)

    def _read_input(
        self, name: str, model: Model, fields: Fields, callback_url: str | None
    ) -> Order:
        given = fields.section("input")
        mode = given.choice("mode", ("text-to-image", "image-to-image"))
        if not given.links("image_urls", model.most_references) and mode == "image-to-image":
            raise Refused("missing", "input.image_urls is required when mode=image-to-image")
        given.flag("google_search")
        picture_format = given.choice("output_format", ("png", "jpeg", "jpg"), "png")
        return Order(
            model=name,
            prompt=given.text("prompt", most=model.longest_prompt),
            ratio=given.choice("aspect_ratio", model.ratios, model.ratio),
            resolution=_resolution(given, model),
            format="png" if picture_format == "png" else "jpeg",
            callback_url=callback_url,
        )

    def describe(self, task: Task, state: str, result: Any) -> dict[str, Any]:
        data: dict[str, Any] = {"taskId": task.id, "state": state}
        if task.failure and task.has_failed(state):
            return data | {"failCode": task.failure.code, "failMsg": task.failure.message}
        if not task.has_ended(state):
            return data | {"createTime": task.created_ms}
        if result is not None:
            data["resultJson"] = result
        return data | {
            "createTime": task.created_ms,
            "completeTime": task.ended_ms,
            "costTime": task.cost_ms,
        }

    def new_id(self) -> str:
        return f"task_{secrets.randbelow(90_000_000) + 10_000_000}"


def _resolution(given: Fields, model: Model) -> str:
    """Required, in any case (2k is 2K), where the model has it at all."""
    if not model.resolutions:
        given.absent("resolution")
        return "1K"
    options = model.resolutions + tuple(each.lower() for each in model.resolutions)
    return given.choice("resolution", options).upper()
