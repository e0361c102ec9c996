"""aigptimage: pictures from pictures, no webhooks, idempotent by X-Request-ID."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any, ClassVar

from .base import Dialect, Failure, Model, Order, Refused
from .fields import Fields

if TYPE_CHECKING:
    from ..tasks import Task

RATIOS = ("1:1", "9:16", "16:9", "3:4", "4:3", "3:2", "2:3", "5:4", "4:5", "21:9", "auto")


class Aigptimage(Dialect):
    name = "aigptimage"
    models: ClassVar[dict[str, Model]] = {
        "nano-banana-image-to-image": Model(
            RATIOS, ratio="1:1", longest_prompt=20_000, most_references=10
        ),
    }
    phases = ("waiting",)
    # The page names no failure codes; these are its own status codes.
    failures: ClassVar[dict[str, Failure]] = {
        "moderation": Failure("fail", "422", "The content was flagged by the safety check"),
        "parameters": Failure("fail", "422", "Parameter validation failed"),
        "image": Failure("fail", "400", "An input image could not be read"),
        "credits": Failure("fail", "402", "Insufficient credits"),
        "transient": Failure("fail", "500", "Internal server error"),
        "timeout": Failure("fail", "500", "Generation timed out"),
        "cancelled": Failure("fail", "500", "Generation was cancelled"),
    }
    idempotency_header = "X-Request-ID"
    refusals = Dialect.refusals | {
        "unauthorized": (401, "Authentication failed or API key is invalid"),
        "invalid": (422, "Parameter validation failed"),
        "limit": (409, "Active task limit exceeded"),
        "busy": (429, "Request rate limit exceeded"),
    }

    def read(self, body: dict[str, Any]) -> Order:
        fields = Fields(body)
        name = fields.choice("model", tuple(self.models))
        model, given = self.models[name], fields.section("input")
        prompt = given.text("prompt", most=model.longest_prompt)
        if not given.links("image_urls", model.most_references):
            raise Refused("missing", "input.image_urls is required")
        given.flag("nsfw_checker")
        alias = given.choice("aspect_ratio", model.ratios, model.ratio)
        return Order(
            model=name,
            prompt=prompt,
            ratio=given.choice("image_size", model.ratios, alias),
            format=given.choice("output_format", ("png", "jpeg"), "png"),
            echo={"model": name, "input": given.values},
        )

    def describe(self, task: Task, state: str, result: Any) -> dict[str, Any]:
        ended, failed = task.has_ended(state), task.failure if task.has_failed(state) else None
        return {
            "taskId": task.id,
            "model": task.order.model,
            "state": state,
            "param": json.dumps(task.order.echo, ensure_ascii=False, separators=(",", ":")),
            "resultJson": result,
            "failCode": failed.code if failed else None,
            "failMsg": failed.message if failed else None,
            "costTime": task.cost_ms if ended else None,
            "completeTime": task.ended_ms if ended else None,
            "createTime": task.created_ms,
        }

    def new_id(self) -> str:
        return f"task_{secrets.token_hex(7)[:13]}"

    def refusal(self, status: int, message: str) -> dict[str, Any]:
        return {"code": status, "msg": message}
