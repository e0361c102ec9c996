"""A route of the API, described as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from plantain.errors import ApiError

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A good answer: what it means, and what it holds."""

    text: str
    shape: type[BaseModel] | None = None
    status: HTTPStatus = HTTPStatus.OK
    headers: Sequence[str] = ()
    content_type: str = "application/json"
    links: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Route:
    """Method and path as in the template; `{names}` in the path are parameters."""

    method: str
    path: str
    name: str
    tag: str
    summary: str
    text: str = ""
    parameters: Sequence[Json] = ()
    body: type[BaseModel] | None = None
    body_required: bool = True
    answers: Sequence[Answer]
    errors: Sequence[type[ApiError]] = ()
    with_key: bool = True
    # Where errors are no problem documents: their shape, and what each status means.
    refusal: type[BaseModel] | None = None
    refused: Mapping[int, str] = field(default_factory=dict)
    more_tags: Sequence[str] = ()

    @property
    def key(self) -> str:
        return f"{self.method} {self.path}"


def query(name: str, text: str, **schema: Any) -> Json:
    return {"name": name, "in": "query", "description": text, "schema": schema}


def header(name: str, text: str, **schema: Any) -> Json:
    return {"name": name, "in": "header", "description": text, "schema": schema}
