"""The API's edge: who is asking, what was sent, and how errors are told."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from plantain.errors import ApiError, InvalidRequest, MalformedRequest
from plantain.log import log

MAX_BODY = 256 * 1024
MAX_KEY = 255


class Api(APIGatewayHttpResolver):
    """Routes of one function; handlers raise, and this tells the client."""

    def __init__(self) -> None:
        super().__init__()
        self.exception_handler(ApiError)(self._problem)
        self.exception_handler(Exception)(self._bug)
        self.not_found(self._no_route)

    def handler(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        log.set_correlation_id(event["requestContext"]["requestId"])
        answer = self.resolve(event, context)
        answer.setdefault("headers", {})["X-Request-Id"] = event["requestContext"]["requestId"]
        return answer

    @property
    def owner(self) -> str:
        owner: str = self.current_event["requestContext"]["authorizer"]["lambda"]["owner"]
        return owner

    @property
    def idempotency_key(self) -> str | None:
        key = self.current_event.headers.get("idempotency-key")
        if key is None or (0 < len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
            return key
        raise MalformedRequest(f"Idempotency-Key takes 1 to {MAX_KEY} printable ASCII characters.")

    def body[T: BaseModel](self, model: type[T]) -> T:
        try:
            text = self.current_event.decoded_body or ""
        except ValueError:
            raise MalformedRequest("The body is not UTF-8.") from None
        if len(text) > MAX_BODY:
            raise MalformedRequest(f"The body may take {MAX_BODY} bytes.")
        try:
            sent = from_json(text, allow_inf_nan=False)
        except ValueError:
            raise MalformedRequest("The body is not JSON.") from None
        try:
            # Validated in a second step: in one, pydantic lets a field's inner name through.
            return model.model_validate(sent, by_alias=True, by_name=False)
        except ValidationError as error:
            raise _told(error) from None

    def query[T](self, name: str, read: Callable[[str], T], allowed: str) -> T | None:
        text = self.current_event.query_string_parameters.get(name)
        try:
            return None if text is None else read(text)
        except ValueError:
            error = {"field": name, "message": "is not understood", "allowed": [allowed]}
            raise InvalidRequest(f"{name} must be {allowed}.", errors=[error]) from None

    def _problem(self, error: ApiError) -> Response[str]:
        return _problem(error.status, error.code, error.title, error.detail, error.errors)

    def _bug(self, error: Exception) -> Response[str]:
        log.exception("unexpected", exc_info=error)
        return self._problem(ApiError())

    def _no_route(self, error: NotFoundError) -> Response[str]:
        return _problem(404, "not_found", "There is nothing here", str(error), [])


def answer(status: HTTPStatus, body: object, **headers: str) -> Response[str]:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(status.value, "application/json", text, headers=headers)


def _problem(status: int, code: str, title: str, detail: str, errors: list[Any]) -> Response[str]:
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors:
        problem["errors"] = errors
    text = json.dumps(problem, ensure_ascii=False)
    return Response(status, "application/problem+json", text)


def _told(error: ValidationError) -> InvalidRequest:
    """Each field that is wrong, and what is allowed there, in the client's own names."""
    errors = [
        {
            "field": ".".join(str(part) for part in one["loc"]) or "body",
            "message": one["msg"],
            "allowed": _allowed(one["type"], one.get("ctx", {})),
        }
        for one in error.errors(include_url=False, include_input=False)
    ]
    return InvalidRequest("Some fields are wrong.", errors=errors)


def _allowed(kind: str, context: dict[str, Any]) -> list[str]:
    match kind:
        case "literal_error":
            return [word.strip(" '") for word in _commas(context["expected"]).split(",")]
        case "string_too_short" | "too_short":
            return [f"at least {context['min_length']}"]
        case "string_too_long" | "too_long":
            return [f"at most {context['max_length']}"]
        case "string_pattern_mismatch":
            return ["a public https:// URL"]
    return []


def _commas(listed: str) -> str:
    return listed.replace(" or ", ", ")
