"""Schemas in a few words of HTML, for people."""

import json
import re
from html import escape

from plantain.contract.route import Json

LIMITS = (
    ("minLength", "length at least {}"),
    ("maxLength", "length at most {}"),
    ("minItems", "at least {}"),
    ("maxItems", "at most {}"),
    ("minimum", "from {}"),
    ("maximum", "up to {}"),
    ("default", "otherwise {}"),
)


def slug(name: str) -> str:
    return re.sub(r"\W+", "-", name)


def rich(text: str) -> str:
    """Plain text, in which `this` is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def kind(schema: Json) -> str:
    """What kind of thing it is, with a link to a shape of its own."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#{slug(name)}">{escape(name)}</a>'
    if "allOf" in schema:
        return kind(schema["allOf"][0])
    if "anyOf" in schema:
        return " or ".join(kind(each) for each in schema["anyOf"])
    if "items" in schema:
        return f"list of {kind(schema['items'])}"
    kinds = schema.get("type", "string" if "enum" in schema else "any")
    return " or ".join([kinds] if isinstance(kinds, str) else kinds)


def allowed(schema: Json) -> str:
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    said = [f"<code>{escape(str(value))}</code>" for value in values if value is not None]
    limits = [words.format(json.dumps(schema[n])) for n, words in LIMITS if n in schema]
    return " ".join([*said, f"<small>{escape(', '.join(limits))}</small>" if limits else ""])
