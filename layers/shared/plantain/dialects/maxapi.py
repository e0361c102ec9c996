"""maxapi's API: code 0, capital states, a result object, ISO 8601 times."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from plantain.dialects._dialect import (
    Dialect,
    Hook,
    Json,
    Model,
    Picture,
    Prompt,
    Refusal,
    Taken,
    Told,
    chosen,
    listed,
    wanted,
)
from plantain.errors import FailureCode
from plantain.models import State, Task, TaskRequest


class MaxapiPlainInput(Taken):
    """The model nano-banana has two ratios and one size."""

    prompt: Prompt
    ratio: Literal["16:9", "9:16"] | None = None
    resolution: Literal["1k", "1K"] | None = None
    image_urls: Annotated[list[Picture], listed(14)] | None = None


class MaxapiInput(Taken):
    prompt: Prompt
    ratio: Literal["16:9", "9:16", "1:1", "4:3", "3:4"] | None = None
    resolution: Literal["1k", "2k", "4k", "1K", "2K", "4K"] | None = None
    image_urls: Annotated[list[Picture], listed(14)] | None = None


class MaxapiPlainSubmission(Taken):
    model: Literal["nano-banana"]
    call_back_url: Hook | None = None
    input: MaxapiPlainInput


class MaxapiSubmission(Taken):
    model: Literal["nano-banana-2", "nano-banana-pro"]
    call_back_url: Hook | None = None
    input: MaxapiInput


class MaxapiResult(Told):
    type: Literal["image"]
    urls: list[str]


class MaxapiTask(Told):
    task_id: str
    status: Literal[
        "PENDING", "SUBMITTED", "PROCESSING", "SUCCESS", "FAILURE", "TIMEOUT", "CANCELLED"
    ]
    input: dict[str, Any]
    result: MaxapiResult | None
    failure_reason: Annotated[str | None, Field(alias="failure_reason")] = None
    created_at: Annotated[str, Field(alias="created_at")]
    updated_at: Annotated[str, Field(alias="updated_at")]


class Maxapi(Dialect):
    name = "maxapi"
    title = "maxapi"
    submit_path = "/api/v1/task/submit"
    status_path = "/api/v1/task/{taskId}"
    models: ClassVar = {
        "nano-banana": Model("nano-banana", MaxapiPlainSubmission),
        "nano-banana-2": Model("nano-banana-2", MaxapiSubmission),
        "nano-banana-pro": Model("nano-banana-pro", MaxapiSubmission),
    }
    told = MaxapiTask
    refused = (Refusal,)
    success = (0, "ok")
    states: ClassVar = {
        State.QUEUED: "PENDING",
        State.SUBMITTING: "SUBMITTED",
        State.SUBMITTED: "PROCESSING",
        State.UNKNOWN: "PROCESSING",
        State.SUCCEEDED: "SUCCESS",
        State.FAILED: "FAILURE",
        State.CANCELLED: "CANCELLED",
    }
    ends: ClassVar = {  # failures that have a state of their own
        FailureCode.DEADLINE_EXCEEDED: "TIMEOUT",
        FailureCode.PROVIDER_TIMEOUT: "TIMEOUT",
        FailureCode.CHARGE_UNKNOWN: "TIMEOUT",
        FailureCode.PROVIDER_CANCELLED: "CANCELLED",
    }
    failures: ClassVar = {
        FailureCode.CONTENT_MODERATION: "CONTENT_MODERATION",
        FailureCode.INVALID_INPUT: "INVALID_PARAMETERS",
        FailureCode.INVALID_IMAGE: "INVALID_PARAMETERS",
        FailureCode.INSUFFICIENT_CREDITS: "INSUFFICIENT_POINTS",
    }
    failure = None
    statuses: ClassVar = {"invalid_request": 400, "task_deleted": 404}
    fields: ClassVar = {"input.aspectRatio": "input.ratio"}

    def request_of(self, model: str, sent: MaxapiPlainSubmission | MaxapiSubmission) -> TaskRequest:
        asked = sent.input
        return wanted(
            self.models[model].ours,
            {
                "prompt": asked.prompt,
                "image_urls": asked.image_urls or None,
                "aspect_ratio": asked.ratio,
                "resolution": asked.resolution,
            },
            call_back_url=sent.call_back_url or None,
        )

    def echo(self, request: TaskRequest) -> Json:
        """What a task was asked for, in this API's words, wherever it was sent to."""
        asked = request.input
        return {
            "model": self.model_of(request),
            **chosen(
                {
                    "prompt": asked.prompt,
                    "ratio": asked.aspect_ratio,
                    "resolution": asked.size and asked.size.lower(),
                    "imageUrls": asked.image_urls,
                }
            ),
        }

    def record(self, task: Task, urls: list[str]) -> MaxapiTask:
        made, ended = task.state is State.SUCCEEDED, task.finished_at
        state = self.states[task.state]
        record = MaxapiTask(
            task_id=task.task_id,
            status=self.ends.get(task.failure.code, state) if task.failure else state,
            input=self.echo(task.request),
            result=MaxapiResult(type="image", urls=urls) if made else None,
            created_at=_microseconds(task.created_at),
            updated_at=_microseconds(ended or task.updated_at),
        )
        if not ended or made:
            return record
        return record.model_copy(update={"failure_reason": self.failure_of(task)[0]})


def _microseconds(moment: str) -> str:
    """2026-02-12T12:00:00.000000Z"""
    return f"{moment.removesuffix('Z')}000Z"


dialect = Maxapi()
