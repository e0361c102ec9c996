"""liangxin: the jobs dialect with empty strings, and another envelope for authentication."""

from __future__ import annotations

import re
import time
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar

from .base import Delivery, Dialect, Failure, Model, Order, Refused
from .fields import Fields, is_public_https

if TYPE_CHECKING:
    from ..tasks import Task

RATIOS = ("1:1", "2:3", "3:2", "4:3", "3:4", "5:4", "4:5", "16:9", "9:16", "21:9")
SIZES = {"1K": "1K", "2K": "2K", "4K": "4K", "low": "1K", "medium": "2K", "high": "4K"}
ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
DATA_URI = re.compile(r"data:image/(png|jpe?g|webp);base64,[A-Za-z0-9+/]+=*\Z")


class Liangxin(Dialect):
    name = "liangxin"
    models: ClassVar[dict[str, Model]] = {
        "nano-banana-pro": Model(
            RATIOS, tuple(SIZES), "1:1", "2K", longest_prompt=3000, most_references=3
        ),
    }
    phases = ("waiting", "queuing", "generating")
    # The page names no failure codes; these are its own status codes.
    failures: ClassVar[dict[str, Failure]] = {
        "moderation": Failure("fail", "422", "Upstream rejected the content"),
        "parameters": Failure("fail", "422", "Upstream validation rejected the request"),
        "image": Failure("fail", "400", "Reference image could not be read"),
        "credits": Failure("fail", "403", "Insufficient quota"),
        "transient": Failure("fail", "500", "Upstream or internal task error"),
        "timeout": Failure("fail", "500", "Upstream timed out"),
        "cancelled": Failure("fail", "500", "Task was cancelled"),
    }
    delivery = Delivery(timeout=10, acknowledged_by=range(200, 300), retries=(1, 2))
    refusals = Dialect.refusals | {
        "unauthorized": (401, "invalid token"),
        "credits": (403, "insufficient quota"),
        "price": (400, "price not configured"),
        "busy": (429, "current group upstream load is saturated"),
        "limit": (429, "current group upstream load is saturated"),
        "error": (500, "upstream or internal task error"),
        "unknown-task": (404, "task not found"),
    }
    serial = count(int(time.time() * 1000))

    def read(self, body: dict[str, Any]) -> Order:
        fields = Fields(body)
        name = fields.choice("model", tuple(self.models))
        model, given = self.models[name], fields.section("input")
        prompt = given.text("prompt", least=2, most=model.longest_prompt)
        self._check_references(given, model.most_references or 0)
        given.choice("output_format", ("png",), "png")
        return Order(
            model=name,
            prompt=prompt,
            ratio=given.choice("aspect_ratio", model.ratios, model.ratio),
            resolution=SIZES[given.choice("resolution", model.resolutions, model.resolution)],
            callback_url=fields.link("callBackUrl"),
        )

    def _check_references(self, given: Fields, most: int) -> None:
        images = given.links("image_input", allowed=_is_reference)
        more = given.links("reference_images", allowed=_is_reference)
        if len(images) + len(more) > most:
            raise Refused(
                "invalid", f"input.image_input and input.reference_images: at most {most} items"
            )

    def describe(self, task: Task, state: str, result: Any) -> dict[str, Any]:
        ended, failed = task.has_ended(state), task.failure if task.has_failed(state) else None
        return {
            "taskId": task.id,
            "model": task.order.model,
            "state": state,
            "resultJson": result if state == self.success else "",
            "failCode": failed.code if failed else "",
            "failMsg": failed.message if failed else "",
            "costTime": task.cost_ms if ended else None,
            "completeTime": task.ended_ms if ended else None,
            "createTime": task.created_ms,
        }

    def new_id(self) -> str:
        return f"task_nano-banana-pro_{next(self.serial)}"

    def platform_refusal(self, refusal: dict[str, Any]) -> dict[str, Any]:
        return {"error": {"message": refusal["msg"], "type": "new_api_error", "code": ""}}


def _is_reference(value: str) -> bool:
    if value.startswith("data:"):
        return bool(DATA_URI.match(value))
    return is_public_https(value) and value.lower().endswith(ENDINGS)
