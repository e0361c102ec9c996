"""APIXO: the widest choice of ratios, Google search, and a routing strategy of its own."""

from typing import Any, ClassVar
from urllib.parse import quote

from plantain.errors import FailureCode
from plantain.models import Task
from plantain.providers._jobs import Jobs
from plantain.providers._provider import Offer, chosen

RATIOS = (
    *("1:1", "1:4", "1:8", "3:2", "2:3", "3:4", "4:3", "4:5"),
    *("5:4", "4:1", "8:1", "9:16", "16:9", "21:9", "auto"),
)


class Apixo(Jobs):
    name = "apixo"
    url = "https://api.apixo.ai"
    offers = (
        Offer(
            model="nano-banana",
            upstream="nano-banana",
            prompt=(1, 5000),
            references=5,
            ratios=RATIOS,
            formats=("png", "jpeg"),
            google_search=True,
            official=True,
        ),
        Offer(
            model="nano-banana-2",
            upstream="nano-banana-2",
            ratios=RATIOS,
            resolutions=("1K", "2K", "4K"),
            formats=("png", "jpeg"),
            google_search=True,
            official=True,
        ),
    )
    pending = frozenset({"pending", "processing"})
    failed = frozenset({"failed"})
    failures: ClassVar = {
        "CONTENT_VIOLATION": FailureCode.CONTENT_MODERATION,
        "SensitiveContentDetected": FailureCode.CONTENT_MODERATION,
        "NSFW": FailureCode.CONTENT_MODERATION,
        "INVALID_IMAGE_URL": FailureCode.INVALID_IMAGE,
        "PROMPT_TOO_LONG": FailureCode.INVALID_INPUT,
        "PROCESSING_TIMEOUT": FailureCode.PROVIDER_TIMEOUT,
        "MODEL_UNAVAILABLE": FailureCode.PROVIDER_ERROR,
        "GENERATION_FAILED": FailureCode.PROVIDER_ERROR,
        "INSUFFICIENT_CREDITS": FailureCode.INSUFFICIENT_CREDITS,
    }

    def submit_path(self, offer: Offer) -> str:
        return f"/api/v1/generateTask/{offer.upstream}"

    def submit_body(self, task: Task, offer: Offer, callback_url: str) -> dict[str, Any]:
        wanted = task.request.input
        return {
            "request_type": "callback",
            "callback_url": callback_url,
            "provider": task.request.routing or "auto",
            "input": chosen(
                mode=f"{wanted.mode}-to-image",
                prompt=wanted.prompt,
                # Ratio and, where it exists, resolution are required here and nowhere else.
                aspect_ratio=wanted.aspect_ratio or "1:1",
                resolution=(wanted.size or "1K") if offer.resolutions else None,
                image_urls=wanted.image_urls or None,
                output_format=wanted.format,
                google_search=wanted.google_search,
            ),
        }

    def status_path(self, offer: Offer, provider_task_id: str) -> str:
        return f"/api/v1/statusTask/{offer.upstream}?taskId={quote(provider_task_id, safe='')}"


provider = Apixo()
