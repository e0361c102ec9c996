"""LiangXin's API: nano-banana-pro, empty texts for nothing, and a second shape for a bad key."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from plantain.dialects._dialect import (
    AS_VISIBLE,
    VISIBLE,
    Hook,
    Json,
    Model,
    Taken,
    chosen,
    listed,
    wanted,
    written,
)
from plantain.dialects._jobs import Jobs, LiangxinDenial
from plantain.errors import ApiError, FailureCode
from plantain.models import TaskRequest

MOST_PICTURES = 3
# An address that ends like a picture's, or the picture itself.
PICTURE = (
    r"^(https?://\S{1,2000}\.([pP][nN][gG]|[jJ][pP][eE]?[gG]|[wW][eE][bB][pP])"
    r"|data:image/(png|jpe?g|webp);base64,\S+)$"
)


def _picture(value: str) -> str:
    if not re.fullmatch(PICTURE, value):
        raise ValueError("must end with .png, .jpg, .jpeg or .webp, or be a data URI of these")
    return value


Picture = Annotated[str, AfterValidator(_picture), Field(json_schema_extra={"pattern": PICTURE})]
Pictures = Annotated[list[Picture], listed(MOST_PICTURES)]
SIZES = {"low": "1K", "medium": "2K", "high": "4K"}


class LiangxinInput(Taken, alias_generator=None):
    """At most three pictures in `image_input` and `reference_images` together."""

    prompt: Annotated[str, written(3000, least=2), VISIBLE, AS_VISIBLE]
    image_input: Pictures | None = None
    reference_images: Pictures | None = None
    aspect_ratio: (
        Literal["1:1", "2:3", "3:2", "4:3", "3:4", "5:4", "4:5", "16:9", "9:16", "21:9"] | None
    ) = None
    resolution: Literal["1K", "2K", "4K", "1k", "2k", "4k", "low", "medium", "high"] | None = None
    output_format: Literal["png"] | None = None

    @property
    def pictures(self) -> list[str]:
        return [*(self.image_input or []), *(self.reference_images or [])]

    @model_validator(mode="after")
    def _few(self) -> "LiangxinInput":
        if len(self.pictures) > MOST_PICTURES:
            raise ValueError(
                f"takes {MOST_PICTURES} image_input and reference_images together at most"
            )
        return self


class LiangxinSubmission(Taken):
    model: Literal["nano-banana-pro"]
    call_back_url: Hook | None = None
    input: LiangxinInput


class Liangxin(Jobs):
    name = "liangxin"
    title = "LiangXin"
    models: ClassVar = {"nano-banana-pro": Model("nano-banana-pro", LiangxinSubmission)}
    refused: ClassVar = [*Jobs.refused, LiangxinDenial]
    nothing = ""
    failures: ClassVar = {**Jobs.failures, FailureCode.INSUFFICIENT_CREDITS: "403"}
    statuses: ClassVar = {
        "busy": 429,
        "idempotency_key_reused": 400,
        "invalid_request": 400,
        "no_price": 400,
        "no_provider": 400,
        "task_deleted": 404,
        "too_much_spent": 403,
    }
    fields: ClassVar = {
        "input.imageUrls": "input.image_input",
        "input.aspectRatio": "input.aspect_ratio",
        "input.outputFormat": "input.output_format",
    }

    def request_of(self, model: str, sent: LiangxinSubmission) -> TaskRequest:
        asked, size = sent.input, sent.input.resolution or "2K"
        return wanted(
            self.models[model].ours,
            {
                "prompt": asked.prompt,
                "image_urls": [_spelled(url) for url in asked.pictures] or None,
                "aspect_ratio": asked.aspect_ratio or "1:1",
                "resolution": SIZES.get(size, size),
                "output_format": asked.output_format,
            },
            call_back_url=sent.call_back_url or None,
        )

    def echo(self, request: TaskRequest) -> Json:
        asked = request.input
        return chosen(
            {
                "prompt": asked.prompt,
                "image_input": asked.image_urls,
                "aspect_ratio": asked.aspect_ratio,
                "resolution": asked.size,
                "output_format": asked.output_format,
            }
        )

    def refusal(self, error: ApiError) -> tuple[int, Json]:
        """A bad key is refused by what stands before its tasks, in another shape."""
        if error.code != "unknown_key":
            return super().refusal(error)
        told = {"message": "invalid token", "type": "new_api_error", "code": ""}
        return self.status_of(error), {"error": told}


def _spelled(url: str) -> str:
    """A data URI's type as it is registered."""
    head = "data:image/jpg;"
    return f"data:image/jpeg;{url.removeprefix(head)}" if url.startswith(head) else url


dialect = Liangxin()
