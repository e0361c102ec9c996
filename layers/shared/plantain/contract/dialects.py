"""The routes of the dialects: the same tasks in the words of others' APIs, each under its tag."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Union

from pydantic import BaseModel, RootModel, create_model

from plantain.contract.route import Answer, Json, Route, query
from plantain.dialects import Dialect, Told, all_dialects
from plantain.errors import (
    ApiError,
    Busy,
    InvalidRequest,
    KeyReused,
    MalformedRequest,
    NoPrice,
    NoProvider,
    NotHere,
    RequestTooLarge,
    TaskDeleted,
    TaskNotFound,
    TooManyActive,
    TooManyRequests,
    TooManyTasks,
    TooMuchSpent,
    UnknownKey,
)

SUBMITTING = (
    *(UnknownKey, MalformedRequest, RequestTooLarge, InvalidRequest),
    *(KeyReused, TaskDeleted, NoProvider, NoPrice, Busy),
    *(TooManyActive, TooManyTasks, TooMuchSpent),
)
LOOKING = (UnknownKey, MalformedRequest, TaskNotFound, Busy)
TASK_ID = {**query("taskId", "As the submission gave it.", type="string"), "required": True}
TAGS: list[Json] = [
    {
        "name": dialect.title,
        "description": f"For clients that were written for {dialect.title}: its API, "
        "with our tasks behind it.",
    }
    for dialect in all_dialects().values()
]


def _submission(here: Sequence[Dialect]) -> Route:
    headers = sorted({each.repeated_by for each in here if each.repeated_by})
    return Route(
        method="POST",
        path=here[0].submit_path,
        name=f"submitAs{_named(here)}",
        summary=f"Order a picture as at {_titles(here)}",
        text="The page of that API holds; fields that it does not name are not looked at. "
        "`Idempotency-Key` works here too.",
        parameters=[_header(name) for name in headers],
        body=_any("Order", [s for each in here for s in _submissions(each)], here),
        answers=(Answer(text="The task is recorded.", shape=_told(here, "Accepted", _Ordered)),),
        errors=SUBMITTING,
        **_shared(here, (*SUBMITTING, TooManyRequests, NotHere)),
    )


def _question(here: Sequence[Dialect]) -> Route:
    return Route(
        method="GET",
        path=here[0].status_path,
        name=f"showAs{_named(here)}",
        summary=f"See a task as at {_titles(here)}",
        text="Any task of yours, whichever way it was ordered. Its pictures are links that stay.",
        parameters=() if "{taskId}" in here[0].status_path else (TASK_ID,),
        answers=(Answer(text="How it stands.", shape=_told(here, "Answer", None)),),
        errors=LOOKING,
        **_shared(here, (*LOOKING, TooManyRequests, NotHere)),
    )


def _shared(here: Sequence[Dialect], errors: Sequence[type[ApiError]]) -> dict[str, Any]:
    """The tags, and each status of an error with what it means."""
    meanings: Mapping[int, list[str]] = defaultdict(list)
    raised: list[type[ApiError]] = [*errors, ApiError]
    for error in raised:
        for status in sorted({dialect.status_of(error) for dialect in here}):
            meanings[status].append(f"{error.title}.")
    shapes = list(dict.fromkeys(shape for dialect in here for shape in dialect.refused))
    return {
        "tag": here[0].title,
        "more_tags": [dialect.title for dialect in here[1:]],
        "refusal": _any("Refusal", shapes, here),
        "refused": {status: " ".join(said) for status, said in meanings.items()},
    }


class _Ordered(Told):
    task_id: str


def _told(here: Sequence[Dialect], what: str, data: type[Told] | None) -> type[BaseModel]:
    return _any(what, [_envelope(each, what, data or each.told) for each in here], here)


def _envelope(dialect: Dialect, what: str, data: type[Told]) -> type[BaseModel]:
    code, word = dialect.success
    fields: dict[str, Any] = {
        "code": (Literal[code], ...),
        dialect.words: (Literal[word], ...),
        "data": (data, ...),
    }
    return create_model(f"{_named([dialect])}{what}", __base__=Told, **fields)


def _submissions(dialect: Dialect) -> list[type[BaseModel]]:
    return list(dict.fromkeys(model.submission for model in dialect.models.values()))


def _any(what: str, shapes: Sequence[type[BaseModel]], here: Sequence[Dialect]) -> type[BaseModel]:
    """One shape that is any of these."""
    if len(shapes) == 1:
        return shapes[0]
    union: Any = RootModel[Union[tuple(shapes)]]  # type: ignore[misc]  # noqa: UP007
    return create_model(f"{_named(here)}{what}", __base__=union)


def _header(name: str) -> Json:
    text = "The same again from the same key is the same task, bought once."
    return {"name": name, "in": "header", "description": text, "schema": HEADER}


HEADER = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}


def _named(here: Sequence[Dialect]) -> str:
    return "Or".join(dialect.name.capitalize() for dialect in here)


def _titles(here: Sequence[Dialect]) -> str:
    return " and ".join(dialect.title for dialect in here)


def _by(path: Callable[[Dialect], str]) -> list[list[Dialect]]:
    places: dict[str, list[Dialect]] = defaultdict(list)
    for dialect in all_dialects().values():
        places[path(dialect)].append(dialect)
    return list(places.values())


ROUTES = (
    *map(_submission, _by(lambda each: each.submit_path)),
    *map(_question, _by(lambda each: each.status_path)),
)
