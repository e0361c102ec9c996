"""maxapi: all three models; its failures tell a cause or, when transient, none."""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from plantain.errors import FailureCode
from plantain.models import Task
from plantain.providers._provider import Offer, Provider, chosen
from plantain.providers._reading import as_object, text

RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4")
SIZES = ("1K", "2K", "4K")


class Maxapi(Provider):
    name = "maxapi"
    url = "https://api.maxapi.io"
    success = 0
    offers = (
        Offer(
            model="nano-banana",
            upstream="nano-banana",
            ratios=("16:9", "9:16"),
            resolutions=("1K",),
        ),
        Offer(
            model="nano-banana-2",
            upstream="nano-banana-2",
            ratios=RATIOS,
            resolutions=SIZES,
        ),
        Offer(
            model="nano-banana-pro",
            upstream="nano-banana-pro",
            ratios=RATIOS,
            resolutions=SIZES,
        ),
    )
    pending = frozenset({"PENDING", "SUBMITTED", "PROCESSING"})
    succeeded = "SUCCESS"
    failed = frozenset({"FAILURE", "TIMEOUT", "CANCELLED"})
    failures: ClassVar = {
        "CONTENT_MODERATION": FailureCode.CONTENT_MODERATION,
        "INVALID_PARAMETERS": FailureCode.INVALID_INPUT,
        "INSUFFICIENT_POINTS": FailureCode.INSUFFICIENT_CREDITS,
        "TIMEOUT": FailureCode.PROVIDER_TIMEOUT,
        "CANCELLED": FailureCode.PROVIDER_CANCELLED,
    }

    def submit_path(self, offer: Offer) -> str:
        return "/api/v1/task/submit"

    def submit_body(self, task: Task, offer: Offer, callback_url: str) -> dict[str, Any]:
        wanted = task.request.input
        # The model nano-banana has one size and no field for it.
        size = wanted.size.lower() if wanted.size and len(offer.resolutions) > 1 else None
        return {
            "model": offer.upstream,
            "callBackUrl": callback_url,
            "input": chosen(
                prompt=wanted.prompt,
                ratio=wanted.aspect_ratio,
                resolution=size,
                imageUrls=wanted.image_urls or None,
            ),
        }

    def status_path(self, offer: Offer, provider_task_id: str) -> str:
        return f"/api/v1/task/{quote(provider_task_id, safe='')}"

    def state_of(self, data: Mapping[str, Any]) -> str:
        return text(data.get("status"))

    def urls_of(self, data: Mapping[str, Any]) -> object:
        return as_object(data.get("result")).get("urls")

    def failure_of(self, data: Mapping[str, Any]) -> tuple[str, str]:
        return text(data.get("failure_reason")), ""


provider = Maxapi()
