"""What a dialect is: data about an API, and pure functions between its JSON and our models."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from plantain.errors import ApiError, FailureCode
from plantain.models import State, Task, TaskRequest

Json = dict[str, Any]


def _visible(value: str) -> str:
    if not value.strip():
        raise ValueError("needs at least one visible character")
    return value


def written(most: int, least: int = 1) -> Any:
    return StringConstraints(min_length=least, max_length=most)


VISIBLE = AfterValidator(_visible)
AS_VISIBLE = Field(json_schema_extra={"pattern": r"\S"})
Prompt = Annotated[str, written(20_000), VISIBLE, AS_VISIBLE]
Picture = Annotated[str, StringConstraints(max_length=2048, pattern=r"^https?://\S+$")]
# Where to call back; an empty one is none.
Hook = Annotated[str, StringConstraints(max_length=2048, pattern=r"^(https?://\S+)?$")]


class Taken(BaseModel):
    """What a client sends: strict in what the page names, and blind to what it does not."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="ignore",
        alias_generator=to_camel,
        validate_by_name=True,
        hide_input_in_errors=True,
        defer_build=True,
    )


class Told(BaseModel):
    """What a client is told; what was never set is not there."""

    model_config = ConfigDict(
        frozen=True, alias_generator=to_camel, validate_by_name=True, defer_build=True
    )


class Refusal(Told):
    """Why there is nothing."""

    code: int
    msg: str
    data: None


class Model(NamedTuple):
    """One of our models under the name that a dialect has for it, and how it is ordered there."""

    ours: str
    submission: type[Taken]


class Dialect:
    """Subclasses give the data, and say how a request and a task are written."""

    name: ClassVar[str]  # as the provider's whose API it is
    title: ClassVar[str]
    submit_path: ClassVar[str]  # {model} is the model's name, where it is not in the body
    status_path: ClassVar[str]  # {taskId} likewise, where it is not in the query
    models: ClassVar[Mapping[str, Model]]
    told: ClassVar[type[Told]]
    refused: ClassVar[Sequence[type[Told]]]
    repeated_by: ClassVar[str | None] = None  # a header that makes a submission idempotent
    success: ClassVar[tuple[int, str]] = (200, "success")
    words: ClassVar[str] = "msg"  # where the envelope has them
    states: ClassVar[Mapping[State, str]]
    failures: ClassVar[Mapping[FailureCode, str]]
    failure: ClassVar[str | None]  # any other one
    # HTTP statuses of errors, by our code, where they are not ours.
    statuses: ClassVar[Mapping[str, int]] = {}
    # What our fields are called here, where an error names them.
    fields: ClassVar[Mapping[str, str]] = {}

    def request_of(self, model: str, sent: Any) -> TaskRequest:
        """What a submission, read as its model's, asks for in our words."""
        raise NotImplementedError

    def record(self, task: Task, urls: list[str]) -> Told:
        """How a task stands; its pictures are at `urls`."""
        raise NotImplementedError

    def accepted(self, task_id: str) -> Json:
        return self._envelope({"taskId": task_id})

    def show(self, task: Task, urls: list[str]) -> Json:
        record = self.record(task, urls)
        return self._envelope(record.model_dump(mode="json", by_alias=True, exclude_unset=True))

    def refusal(self, error: ApiError) -> tuple[int, Json]:
        """The HTTP status and the body of an error."""
        status = self.status_of(error)
        return status, {"code": status, self.words: self.explain(error), "data": None}

    def status_of(self, error: ApiError | type[ApiError]) -> int:
        return self.statuses.get(error.code, error.status)

    def explain(self, error: ApiError) -> str:
        """One line that names every field that is wrong."""
        return "; ".join(map(self._explain, error.errors)) or error.detail

    def model_of(self, request: TaskRequest) -> str:
        """Its own name for a task's model; ours, if it has none."""
        found = (name for name, model in self.models.items() if model.ours == request.model)
        return next(found, request.model)

    def failure_of(self, task: Task) -> tuple[str | None, str]:
        """Why there is no picture: its code and our words."""
        if task.failure is None:
            return self.failure, "The task was cancelled."
        return self.failures.get(task.failure.code, self.failure), task.failure.message

    def _envelope(self, data: Json) -> Json:
        code, words = self.success
        return {"code": code, self.words: words, "data": data}

    def _explain(self, error: Json) -> str:
        field = error["field"].removeprefix("body")
        for ours, its in self.fields.items():
            field = its + field.removeprefix(ours) if field.startswith(ours) else field
        allowed = f" (allowed: {', '.join(error['allowed'])})" if error["allowed"] else ""
        return f"{field} {error['message']}{allowed}".strip()


def wanted(model: str, asked: Json, **outside: Any) -> TaskRequest:
    """A request for what is not None, by the names that our models have for it."""
    return TaskRequest(model=model, input=chosen(asked), **chosen(outside))  # type: ignore[arg-type]


def chosen(fields: Json) -> Json:
    return {name: value for name, value in fields.items() if value is not None}


def milliseconds(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


def listed(most: int, least: int = 0) -> Any:
    return Field(min_length=least, max_length=most)
