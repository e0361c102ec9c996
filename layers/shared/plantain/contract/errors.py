"""How each route says no: our own problems by their codes, and the gateway's messages."""

from collections import defaultdict

from pydantic import BaseModel

from plantain.contract.parts import headers, ref
from plantain.contract.route import Json, Route
from plantain.errors import ApiError, LimitReached, NobodyNamed, NotHere, TooManyRequests
from plantain.shapes.errors import GatewayMessage, Problem

# What API Gateway says by itself, and to whom.
WITH_KEY = {401: "There is no API key.", 403: "The API key is wrong, or was revoked."}
WITH_PATH = {404: "There is no such route."}
WITH_BODY = {413: "The body is larger than the gateway takes."}
ALWAYS = {
    429: "Too many requests, all clients together: slow down.",
    500: "Our code broke down.",
    503: "Our code was not there in time.",
}

OF_WHOEVER_ASKS: tuple[type[ApiError], ...] = (NobodyNamed, TooManyRequests)


def gateway_says(route: Route) -> dict[int, str]:
    return {
        **(WITH_KEY if route.with_key else {}),
        **(WITH_PATH if "{" in route.path else {}),
        **(WITH_BODY if route.body else {}),
        **ALWAYS,
    }


def error_answers(route: Route, examples: Json) -> Json:
    if route.refusal:
        return _refusals(route, route.refusal, examples)
    problems: dict[int, list[type[ApiError]]] = defaultdict(list)
    raised: list[type[ApiError]] = [
        *route.errors,
        *([NotHere] if "{" in route.path else []),
        *(OF_WHOEVER_ASKS if route.with_key else []),
        ApiError,
    ]
    for error in raised:
        problems[error.status].append(error)
    messages = gateway_says(route)
    return {
        str(status): _answer(problems[status], messages.get(status), examples.get(str(status)))
        for status in sorted({*problems, *messages})
    }


def _refusals(route: Route, shape: type[BaseModel], examples: Json) -> Json:
    """Errors in a shape that is not ours; the gateway asks for no key here."""
    messages = {**(WITH_BODY if route.body else {}), **ALWAYS}
    told: Json = {}
    for status in sorted({*route.refused, *messages}):
        ours, gateways = route.refused.get(status), messages.get(status)
        shapes = [ref(shape)] * bool(ours) + [ref(GatewayMessage)] * bool(gateways)
        content: Json = {"schema": {"anyOf": shapes}}
        if str(status) in examples:
            content["example"] = examples[str(status)]
        said = [ours or "", f"From the gateway: {gateways}" if gateways else ""]
        told[str(status)] = {
            "description": " ".join(filter(None, said)),
            "content": {"application/json": content, **_no_place(route, status)},
            "headers": headers("X-Request-Id", "Retry-After"),
        }
    return told


def _no_place(route: Route, status: int) -> Json:
    """Where nothing is, there is nobody whose shape an error could have."""
    empty = "{" in route.path and status == NotHere.status
    return {"application/problem+json": {"schema": ref(Problem)}} if empty else {}


def _answer(problems: list[type[ApiError]], message: str | None, example: Json | None) -> Json:
    said = [f"`{each.code}`: {each.title}." for each in problems]
    content: Json = {}
    if problems:
        codes = {"enum": [each.code for each in problems]}
        schema = {"allOf": [ref(Problem), {"properties": {"code": codes}}]}
        content["application/problem+json"] = {"schema": schema}
    if message:
        content["application/json"] = {"schema": ref(GatewayMessage)}
        said.append(f"From the gateway: {message}")
    if example:
        kind = "application/problem+json" if "title" in example else "application/json"
        content[kind]["example"] = example
    told: Json = {"description": " ".join(said), "content": content}
    if problems:
        later = ["Retry-After"] if any(map(_says_when, problems)) else []
        told["headers"] = headers("X-Request-Id", *later)
    return told


def _says_when(error: type[ApiError]) -> bool:
    return bool(error.retry_after) or issubclass(error, LimitReached)
