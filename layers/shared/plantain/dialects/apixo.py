"""APIXO's API: the model in the path, `message` for `msg`, and nothing where there is nothing."""

import json
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ValidationInfo, model_validator

from plantain.dialects._dialect import (
    AS_VISIBLE,
    VISIBLE,
    Dialect,
    Hook,
    Json,
    Model,
    Picture,
    Prompt,
    Taken,
    Told,
    listed,
    milliseconds,
    wanted,
    written,
)
from plantain.errors import FailureCode
from plantain.models import State, Task, TaskRequest

Mode = Literal["text-to-image", "image-to-image"]
Ratio = Literal[
    "1:1", "1:4", "1:8", "3:2", "2:3", "3:4", "4:3", "4:5",
    "5:4", "4:1", "8:1", "9:16", "16:9", "21:9", "auto",
]  # fmt: skip


def _of_an_image(sent: Any, about: ValidationInfo) -> Any:
    return None if about.data.get("mode") == "text-to-image" else sent


def _of_a_callback(sent: Any, about: ValidationInfo) -> Any:
    return sent if about.data.get("request_type") == "callback" else None


# What is not looked at may be anything: the page's own body has an address of three dots there.
OF_AN_IMAGE = BeforeValidator(_of_an_image, json_schema_input_type=list[Picture] | Any)
OF_A_CALLBACK = BeforeValidator(_of_a_callback, json_schema_input_type=Hook | Any)


class ApixoInput(Taken, alias_generator=None):
    """`image-to-image` needs at least one of `image_urls`; `text-to-image` looks at none."""

    mode: Mode | None = None
    prompt: Prompt
    aspect_ratio: Ratio | None = None
    resolution: Literal["1K", "2K", "4K", "1k", "2k", "4k"] | None = None
    image_urls: Annotated[Annotated[list[Picture], listed(14)] | None, OF_AN_IMAGE] = None
    output_format: Literal["png", "jpeg", "jpg"] | None = None
    google_search: bool | None = None

    @model_validator(mode="after")
    def _has_pictures(self) -> "ApixoInput":
        if self.mode == "image-to-image" and not self.image_urls:
            raise ValueError("needs image_urls in the mode image-to-image")
        return self


class ApixoPlainInput(ApixoInput):
    """The model nano-banana takes less, and has one size: no resolution is looked at."""

    prompt: Annotated[str, written(5000), VISIBLE, AS_VISIBLE]
    resolution: Any = None
    image_urls: Annotated[Annotated[list[Picture], listed(5)] | None, OF_AN_IMAGE] = None


class ApixoSubmission(Taken, alias_generator=None):
    """`request_type` `callback` needs a `callback_url`; `async` looks at none."""

    request_type: Literal["async", "callback"] | None = None
    callback_url: Annotated[Hook | None, OF_A_CALLBACK] = None
    provider: Literal["auto", "value", "official"] | None = None
    input: ApixoInput

    @model_validator(mode="after")
    def _has_hook(self) -> "ApixoSubmission":
        if self.request_type == "callback" and not self.callback_url:
            raise ValueError("callback_url is required when request_type is callback")
        return self


class ApixoPlainSubmission(ApixoSubmission):
    input: ApixoPlainInput


class ApixoTask(Told):
    task_id: str
    state: Literal["pending", "processing", "success", "failed"]
    result_json: str = ""
    fail_code: str = ""
    fail_msg: str = ""
    create_time: int
    complete_time: int = 0
    cost_time: int = 0


class ApixoRefusal(Told):
    """Why there is nothing."""

    code: int
    message: str
    data: None


class Apixo(Dialect):
    name = "apixo"
    title = "APIXO"
    submit_path = "/api/v1/generateTask/{model}"
    status_path = "/api/v1/statusTask/{model}"
    models: ClassVar = {
        "nano-banana": Model("nano-banana", ApixoPlainSubmission),
        "nano-banana-2": Model("nano-banana-2", ApixoSubmission),
    }
    told = ApixoTask
    refused = (ApixoRefusal,)
    words = "message"
    states: ClassVar = {
        State.QUEUED: "pending",
        State.SUBMITTING: "pending",
        State.SUBMITTED: "processing",
        State.UNKNOWN: "processing",
        State.SUCCEEDED: "success",
        State.FAILED: "failed",
        State.CANCELLED: "failed",
    }
    failures: ClassVar = {
        FailureCode.CONTENT_MODERATION: "CONTENT_VIOLATION",
        FailureCode.INVALID_IMAGE: "INVALID_IMAGE_URL",
        FailureCode.INVALID_INPUT: "INVALID_PARAMETERS",
        FailureCode.INSUFFICIENT_CREDITS: "INSUFFICIENT_CREDITS",
        FailureCode.PROVIDER_REFUSED: "MODEL_UNAVAILABLE",
        FailureCode.PROVIDER_TIMEOUT: "PROCESSING_TIMEOUT",
        FailureCode.DEADLINE_EXCEEDED: "PROCESSING_TIMEOUT",
        FailureCode.CHARGE_UNKNOWN: "PROCESSING_TIMEOUT",
    }
    failure = "GENERATION_FAILED"
    statuses: ClassVar = {
        "idempotency_key_reused": 400,
        "invalid_request": 400,
        "request_too_large": 400,
        "task_deleted": 404,
        "too_much_spent": 400,
    }
    fields: ClassVar = {
        "input.imageUrls": "input.image_urls",
        "input.aspectRatio": "input.aspect_ratio",
        "input.outputFormat": "input.output_format",
        "input.googleSearch": "input.google_search",
        "callBackUrl": "callback_url",
        "routing": "provider",
    }

    def request_of(self, model: str, sent: ApixoSubmission) -> TaskRequest:
        asked = sent.input
        return wanted(
            self.models[model].ours,
            {
                "prompt": asked.prompt,
                "image_urls": asked.image_urls or None,
                "aspect_ratio": asked.aspect_ratio,
                "resolution": asked.resolution if model != "nano-banana" else None,
                "output_format": asked.output_format,
                "google_search": asked.google_search,
            },
            call_back_url=sent.callback_url or None,
            routing=sent.provider,
        )

    def record(self, task: Task, urls: list[str]) -> ApixoTask:
        state, created = self.states[task.state], milliseconds(task.created_at)
        told: Json = {"task_id": task.task_id, "state": state, "create_time": created}
        if task.finished_at:
            ended = milliseconds(task.finished_at)
            told |= {"complete_time": ended, "cost_time": ended - created}
        if state == "success":
            told["result_json"] = json.dumps({"resultUrls": urls}, separators=(",", ":"))
        if state == "failed":
            told["fail_code"], told["fail_msg"] = self.failure_of(task)
        return ApixoTask(**told)


dialect = Apixo()
