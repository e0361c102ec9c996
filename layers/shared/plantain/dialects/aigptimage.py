"""aigptimage's API: pictures from pictures, and a header that makes an order repeatable."""

from typing import Annotated, ClassVar, Literal

from plantain.dialects._dialect import (
    Hook,
    Json,
    Model,
    Picture,
    Prompt,
    Taken,
    chosen,
    listed,
    wanted,
)
from plantain.dialects._jobs import Jobs
from plantain.models import TaskRequest

Ratio = Literal[
    "1:1", "9:16", "16:9", "3:4", "4:3", "3:2", "2:3", "5:4", "4:5", "21:9", "auto"
]  # fmt: skip


class AigptimageInput(Taken, alias_generator=None):
    prompt: Prompt
    image_urls: Annotated[list[Picture], listed(10, least=1)]
    image_size: Ratio | None = None
    aspect_ratio: Ratio | None = None
    output_format: Literal["png", "jpeg"] | None = None
    nsfw_checker: bool | None = None


class AigptimageSubmission(Taken):
    model: Literal["nano-banana-image-to-image"]
    call_back_url: Hook | None = None  # the page has none; here it works
    input: AigptimageInput


class Aigptimage(Jobs):
    name = "aigptimage"
    title = "aigptimage"
    models: ClassVar = {"nano-banana-image-to-image": Model("nano-banana", AigptimageSubmission)}
    statuses: ClassVar = {
        "idempotency_key_reused": 409,
        "no_price": 500,
        "no_provider": 500,
        "request_too_large": 400,
        "busy": 429,
        "task_deleted": 404,
        "too_many_active": 409,
        "too_much_spent": 402,
    }
    fields: ClassVar = {
        "input.imageUrls": "input.image_urls",
        "input.aspectRatio": "input.image_size",
        "input.outputFormat": "input.output_format",
        "input.safetyChecker": "input.nsfw_checker",
    }

    def request_of(self, model: str, sent: AigptimageSubmission) -> TaskRequest:
        asked = sent.input
        return wanted(
            self.models[model].ours,
            {
                "prompt": asked.prompt,
                "image_urls": asked.image_urls,
                "aspect_ratio": asked.image_size or asked.aspect_ratio or "1:1",
                "output_format": asked.output_format or "png",
                "safety_checker": asked.nsfw_checker,
            },
            call_back_url=sent.call_back_url or None,
        )

    def echo(self, request: TaskRequest) -> Json:
        asked = request.input
        return chosen(
            {
                "prompt": asked.prompt,
                "image_urls": asked.image_urls,
                "image_size": asked.aspect_ratio,
                "output_format": asked.output_format,
                "nsfw_checker": asked.safety_checker,
            }
        )


dialect = Aigptimage()
