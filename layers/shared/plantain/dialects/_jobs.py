"""The jobs API, which aigptimage and LiangXin share, told apart by their models."""

import json
from typing import Any, ClassVar, Literal

from plantain.dialects._dialect import Dialect, Json, Refusal, Told, milliseconds
from plantain.errors import FailureCode
from plantain.models import State, Task, TaskRequest


class Denial(Told):
    message: str
    type: Literal["new_api_error"]
    code: str


class LiangxinDenial(Told):
    """A bad key, as LiangXin has it."""

    error: Denial


class JobsRefusal(Refusal):
    """With both shapes of a bad key, where nothing tells whose client it is."""

    error: Denial | None = None


class JobsTask(Told):
    task_id: str
    model: str
    state: Literal["waiting", "generating", "success", "fail"]
    param: str
    result_json: str | None
    fail_code: str | None
    fail_msg: str | None
    cost_time: int | None
    complete_time: int | None
    create_time: int


class Jobs(Dialect):
    submit_path = "/api/v1/jobs/createTask"
    status_path = "/api/v1/jobs/recordInfo"
    told = JobsTask
    refused: ClassVar = [JobsRefusal]
    repeated_by = "X-Request-ID"
    nothing: ClassVar[str | None] = None  # what stands where there is no result, or no failure
    states: ClassVar = {
        State.QUEUED: "waiting",
        State.SUBMITTING: "waiting",
        State.SUBMITTED: "generating",
        State.UNKNOWN: "generating",
        State.SUCCEEDED: "success",
        State.FAILED: "fail",
        State.CANCELLED: "fail",
    }
    # The pages name no codes of failures; these are their HTTP statuses.
    failures: ClassVar = {
        FailureCode.CONTENT_MODERATION: "422",
        FailureCode.INVALID_INPUT: "422",
        FailureCode.INVALID_IMAGE: "400",
        FailureCode.INSUFFICIENT_CREDITS: "402",
    }
    failure = "500"

    def echo(self, request: TaskRequest) -> Json:
        """What a task was asked for, in this API's words, wherever it was sent to."""
        raise NotImplementedError

    def record(self, task: Task, urls: list[str]) -> JobsTask:
        state = self.states[task.state]
        code, message = self.failure_of(task) if state == "fail" else (self.nothing, self.nothing)
        created = milliseconds(task.created_at)
        ended = milliseconds(task.finished_at) if task.finished_at else None
        return JobsTask(
            task_id=task.task_id,
            model=self.model_of(task.request),
            state=state,
            param=compact({"model": self.model_of(task.request), "input": self.echo(task.request)}),
            result_json=compact({"resultUrls": urls}) if state == "success" else self.nothing,
            fail_code=code,
            fail_msg=message,
            cost_time=ended - created if ended else None,
            complete_time=ended,
            create_time=created,
        )


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
