"""The whole API as one OpenAPI 3.1 document, made from the code that answers."""

import json
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from plantain.contract import about, dialects, parts, pictures, tasks, webhooks
from plantain.contract.errors import error_answers
from plantain.contract.route import Answer, Json, Route
from plantain.contract.schemas import schemas
from plantain.shapes.errors import GatewayMessage, Problem

ROUTES: Sequence[Route] = (
    *tasks.ROUTES,
    *webhooks.ROUTES,
    *pictures.ROUTES,
    *dialects.ROUTES,
    *about.ROUTES,
)
EXAMPLES: dict[str, Json] = json.loads(Path(__file__).with_name("examples.json").read_text())


def document(base_url: str) -> Json:
    """The document, for an API at this address."""
    return {
        "openapi": "3.1.0",
        "info": parts.INFO,
        "servers": [{"url": base_url}],
        "tags": [*parts.TAGS, *dialects.TAGS],
        "security": [{"apiKey": []}],
        "paths": _paths(),
        "webhooks": webhooks.posts(EXAMPLES),
        "components": {
            "securitySchemes": parts.SECURITY,
            "headers": parts.HEADERS,
            "schemas": schemas({*_shapes(), Problem, GatewayMessage}),
        },
    }


def _shapes() -> Iterator[type[BaseModel]]:
    for route in ROUTES:
        yield from (shape for shape in (route.body, route.refusal) if shape)
        yield from (answer.shape for answer in route.answers if answer.shape)
    yield from (shape for _, shape, _ in webhooks.EVENTS)


def _paths() -> Json:
    paths: Json = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return paths


def _operation(route: Route) -> Json:
    examples = EXAMPLES.get(route.name, {})
    operation: Json = {
        "operationId": route.name,
        "tags": [route.tag, *route.more_tags],
        "summary": route.summary,
        "description": route.text,
        "parameters": [*parts.path_parameters(route.path), *route.parameters],
        "responses": {
            **{str(a.status.value): _answer(a, examples) for a in route.answers},
            **error_answers(route, examples),
        },
    }
    if route.body:
        content: Json = {"schema": parts.ref(route.body)}
        if "request" in examples:
            content["example"] = examples["request"]
        operation["requestBody"] = {
            "required": route.body_required,
            "content": {"application/json": content},
        }
    if not route.with_key:
        operation["security"] = []
    return {name: value for name, value in operation.items() if value or name == "security"}


def _answer(answer: Answer, examples: Json) -> Json:
    told: Json = {
        "description": answer.text,
        "headers": parts.headers(*answer.headers, "X-Request-Id"),
    }
    if _has_content(answer):
        schema: Any = parts.ref(answer.shape) if answer.shape else _free(answer.content_type)
        content: Json = {"schema": schema}
        if (example := examples.get(str(answer.status.value))) is not None:
            content["example"] = example
        told["content"] = {answer.content_type: content}
    if answer.links:
        told["links"] = dict(answer.links)
    return told


def _has_content(answer: Answer) -> bool:
    return bool(answer.shape) or answer.status is HTTPStatus.OK


def _free(content_type: str) -> Json:
    return {"type": "object" if content_type == "application/json" else "string"}
