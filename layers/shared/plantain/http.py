"""The API's edge: who is asking, what was sent, and how errors are told."""

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

from plantain import bodies, usage
from plantain.callers import caller_of
from plantain.errors import ApiError, InvalidRequest, MalformedRequest, NotHere, RequestTooLarge
from plantain.limits import Caller
from plantain.log import log
from plantain.settings import settings

MAX_BODY = 256 * 1024
# Lambda takes events of 6 MiB, and the body is not all that is in one.
MAX_INLINE_BODY = 5 * 1024 * 1024
REDIRECT_SECONDS = 600
KEEP_SECONDS = 300
MAX_KEY = 255
# What is shown is the owner's, and signed addresses are in it: nobody else keeps or guesses at it.
CAUTION = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Api(APIGatewayHttpResolver):
    """Routes of one function; handlers raise, and this tells the client."""

    def __init__(self) -> None:
        super().__init__()
        self.exception_handler(ApiError)(self._problem)
        self.exception_handler(Exception)(self._bug)
        self.not_found(self._no_route)
        self.use([_count])

    def handler(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        log.set_correlation_id(event["requestContext"]["requestId"])
        answer = self.resolve(event, context)
        answer["body"] = answer.get("body") or ""  # null is not taken everywhere
        named = {"X-Request-Id": event["requestContext"]["requestId"]}
        answer["headers"] = CAUTION | answer.get("headers", {}) | named
        return answer

    @property
    def caller(self) -> Caller:
        return caller_of(self.current_event["requestContext"]["authorizer"])

    @property
    def owner(self) -> str:
        return self.caller.owner

    @property
    def base_url(self) -> str:
        domain = self.current_event["requestContext"]["domainName"]
        return settings().api_url or f"https://{domain}"

    @property
    def method(self) -> str:
        method: str = self.current_event["requestContext"]["http"]["method"]
        return method

    @property
    def idempotency_key(self) -> str | None:
        return self.order_name("Idempotency-Key")

    def order_name(self, header: str) -> str | None:
        """What a client calls its order in a header, so that it can be sent again."""
        name: str | None = self.current_event.headers.get(header.lower())
        if name is None or (0 < len(name) <= MAX_KEY and name.isascii() and name.isprintable()):
            return name
        raise MalformedRequest(f"{header} takes 1 to {MAX_KEY} printable ASCII characters.")

    def body[T: BaseModel](self, model: type[T], empty: T | None = None, most: int = MAX_BODY) -> T:
        """What was sent; `empty` stands for no body at all, where that is allowed."""
        if empty is not None and not self.current_event.body:
            return empty
        bodies.check_type(self.current_event.headers.get("content-type"))
        return bodies.read(model, self.text(most))

    def text(self, most: int) -> str:
        """The body as it was sent."""
        try:
            text = self.current_event.decoded_body or ""
            size = len(text.encode())
        except ValueError:
            raise MalformedRequest("The body is not UTF-8.") from None
        if size > most:
            raise RequestTooLarge(f"The body has {size} bytes; it may have {most}.")
        return text

    def query[T](self, name: str, read: Callable[[str], T], allowed: str) -> T | None:
        text = self.current_event.query_string_parameters.get(name)
        try:
            return None if text is None else read(text)
        except ValueError:
            error = {"field": name, "message": "is not understood", "allowed": [allowed]}
            raise InvalidRequest(f"{name} must be {allowed}.", errors=[error]) from None

    def query_number(self, name: str, what: str, least: int, most: int) -> int | None:
        def read(text: str) -> int:
            # Python's own reading takes spaces, signs and the digits of every script.
            written = text.isascii() and text.isdigit() and len(text) <= len(str(most))
            if not (written and least <= int(text) <= most):
                raise ValueError(text)
            return int(text)

        return self.query(name, read, f"{what} from {least} to {most}")

    def query_one_of(self, name: str, values: Iterable[str]) -> str | None:
        known = dict.fromkeys(values)
        text: str | None = self.current_event.query_string_parameters.get(name)
        if text is None or text in known:
            return text
        error = {"field": name, "message": "is not known", "allowed": list(known)}
        raise InvalidRequest(f"{name} must be one of {', '.join(known)}.", errors=[error])

    def _problem(self, error: ApiError) -> Response[str]:
        told: dict[str, Any] = {
            "type": "about:blank",
            "title": error.title,
            "status": error.status,
            "detail": error.detail,
            "code": error.code,
        }
        if error.errors:
            told["errors"] = error.errors
        headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
        text = json.dumps(told, ensure_ascii=False)
        return Response(error.status, "application/problem+json", text, headers=headers)

    def _bug(self, error: Exception) -> Response[str]:
        log.exception("unexpected", exc_info=error)
        return self._problem(ApiError())

    def _no_route(self, _: NotFoundError) -> Response[str]:
        return self._problem(NotHere())


def _count(api: Api, go_on: Callable[[Api], Response[str]]) -> Response[str]:
    """Each request counts at its key; those that need none have nobody to count at."""
    if "authorizer" in api.current_event["requestContext"]:
        usage.count_request(api.caller, time.time())
    return go_on(api)


def answer(status: HTTPStatus, body: object, **headers: str) -> Response[str]:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(status.value, "application/json", text, headers=headers)


def redirect(url: str) -> Response[str]:
    """A detour that may be taken again for a while, but shorter than a signed URL lives."""
    caching = f"private, max-age={REDIRECT_SECONDS}"
    return Response(HTTPStatus.FOUND.value, headers={"Location": url, "Cache-Control": caching})


def kept(api: Api, content_type: str, text: str, **headers: str) -> Response[str]:
    """Content that a client may keep for some minutes, and then ask whether it still holds."""
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    headers = {**headers, "ETag": tag, "Cache-Control": f"public, max-age={KEEP_SECONDS}"}
    if tag in api.current_event.headers.get("if-none-match", ""):
        return Response(HTTPStatus.NOT_MODIFIED.value, headers=headers)
    return Response(HTTPStatus.OK.value, content_type, text, headers=headers)
