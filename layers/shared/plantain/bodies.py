"""Bodies: what a client sent, read strictly, and told field by field where it is wrong. Pure."""

import json
import re
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from plantain.errors import InvalidRequest, MalformedRequest, UnsupportedType

# Thousands of wrong fields would make an answer that is larger than the gateway takes.
MOST_ERRORS = 20
MOST_LETTERS = 200
_JSON = re.compile(r"application/json\s*(;\s*charset=\"?utf-8\"?\s*)?", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Where the validator's own words name what only we know, or do not go on from a field's name.
_MESSAGES = {
    "bool_type": "must be true or false",
    "dict_type": "must be an object",
    "extra_forbidden": "is no field of this request",
    "greater_than_equal": "is too small",
    "int_type": "must be a whole number",
    "less_than_equal": "is too large",
    "list_type": "must be a list",
    "literal_error": "is not one of those that are allowed",
    "missing": "is required",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "string_pattern_mismatch": "is no URL of the kind that is allowed",
    "string_too_long": "is too long",
    "string_too_short": "is too short",
    "string_type": "must be text",
    "too_long": "has too many items",
    "too_short": "has too few items",
}


def check_type(content_type: str | None) -> None:
    if content_type is not None and not _JSON.fullmatch(content_type.strip()):
        raise UnsupportedType("Send the body as application/json.")


def read[T: BaseModel](model: type[T], text: str) -> T:
    return fit(model, parse(text))


def parse(text: str) -> Any:
    """JSON that means one thing."""
    try:
        sent = from_json(text, allow_inf_nan=False)
        # A second reader, because the first one silently takes the last of two equal names.
        json.loads(text, object_pairs_hook=_sound)
    except ValueError:
        raise MalformedRequest("The body is not JSON.") from None
    return sent


def fit[T: BaseModel](model: type[T], sent: Any) -> T:
    try:
        # Validated in a second step: in one, pydantic lets a field's inner name through.
        return model.model_validate(sent, by_alias=True, by_name=False)
    except ValidationError as error:
        raise _told(error) from None


def _sound(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which every name stands once, and every text can be shown anywhere."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise MalformedRequest("The body has an object in which a name stands twice.")
    for name, value in pairs:
        if _CONTROL.search(name) or (isinstance(value, str) and _CONTROL.search(value)):
            raise MalformedRequest(
                "The body has a text with a control character that is no tab or line break."
            )
    return found


def _told(error: ValidationError) -> InvalidRequest:
    """Each field that is wrong, and what is allowed there, in the client's own names."""
    found = error.errors(include_url=False, include_input=False)
    errors = [
        {
            "field": ".".join(str(part) for part in one["loc"])[:MOST_LETTERS] or "body",
            "message": _message(one["type"], one["msg"])[:MOST_LETTERS],
            "allowed": _allowed(one["type"], one.get("ctx", {})),
        }
        for one in found[:MOST_ERRORS]
    ]
    more = f"; the first {MOST_ERRORS} are named" if len(found) > MOST_ERRORS else ""
    return InvalidRequest(f"Some fields are wrong{more}.", errors=errors)


def _message(kind: str, words: str) -> str:
    return _MESSAGES.get(kind, words.removeprefix("Value error, "))


def _allowed(kind: str, context: dict[str, Any]) -> list[str]:
    match kind:
        case "literal_error":
            return [word.strip(" '") for word in _commas(context["expected"]).split(",")]
        case "string_too_short" | "too_short":
            return [f"at least {context['min_length']}"]
        case "string_too_long" | "too_long":
            return [f"at most {context['max_length']}"]
        case "greater_than_equal":
            return [f"at least {context['ge']}"]
        case "less_than_equal":
            return [f"at most {context['le']}"]
        case "string_pattern_mismatch":
            return ["a public https:// URL"]
    return []


def _commas(listed: str) -> str:
    return listed.replace(" or ", ", ")
