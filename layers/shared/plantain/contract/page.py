"""The document as a page to read: nothing but text and a style, and nothing from outside."""

import base64
import hashlib
import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from plantain.contract.curl import curl
from plantain.contract.route import Json
from plantain.contract.words import allowed, kind, rich, slug

STYLE = Path(__file__).with_name("page.css").read_text()
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


def page(document: Json) -> str:
    info, groups = document["info"], list(_groups(document))
    body = "".join(
        f'<h2 id="{slug(tag["name"])}">{escape(tag["name"])}</h2><p>{rich(tag["description"])}</p>'
        + "".join(_operation(document, *each) for each in operations)
        for tag, operations in groups
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(info["title"])}</title><link rel="icon" href="data:,">'
        f'<style>{STYLE}</style><div class="all">{_nav(groups)}<main>'
        f"<h1>{escape(info['title'])}</h1><p>{rich(info['summary'])}</p>"
        f'<p>{rich(info["description"])} For programs: <a href="openapi.json">openapi.json</a>.</p>'
        f"{body}<h2>Shapes</h2><p>What bodies are made of.</p>{_shapes(document)}</main></div>"
    )


type Operation = tuple[str, str, Json]


def _groups(document: Json) -> Iterator[tuple[Json, list[Operation]]]:
    """The routes by their tags, and what is posted to clients with those of webhooks."""
    every: list[Operation] = [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    every += [
        (method, "your own webhook", operation)
        for methods in document["webhooks"].values()
        for method, operation in methods.items()
    ]
    for tag in document["tags"]:
        yield tag, [each for each in every if tag["name"] == each[2]["tags"][0]]


def _nav(groups: list[tuple[Json, list[Operation]]]) -> str:
    lists = (
        f"<h2>{escape(tag['name'])}</h2>"
        + "".join(
            f'<a href="#{slug(o["operationId"])}">{escape(o["summary"])}</a>'
            for _, _, o in operations
        )
        for tag, operations in groups
    )
    return f'<nav aria-label="Routes">{"".join(lists)}</nav>'


def _operation(document: Json, method: str, path: str, operation: Json) -> str:
    call = curl(document, method, path, operation) if path.startswith("/") else ""
    return (
        f'<section id="{slug(operation["operationId"])}"><h3>{escape(operation["summary"])}</h3>'
        f'<span class="route"><span class="{method}">{method.upper()}</span> {escape(path)}</span>'
        f"<p>{rich(operation.get('description', ''))}</p>"
        + (f"<pre>{escape(call)}</pre>" if call else "")
        + _table("Parameters", map(_parameter, operation.get("parameters", [])))
        + _body(document, operation)
        + _table("Answers", (_answer(*each) for each in operation["responses"].items()))
        + _examples(operation)
        + "</section>"
    )


def _parameter(parameter: Json) -> tuple[str, str]:
    must = ' <span class="must">needed</span>' if parameter.get("required") else ""
    name = f"<code>{escape(parameter['name'])}</code>{must}<br><small>{parameter['in']}</small>"
    said = f"{rich(parameter.get('description', ''))} {allowed(parameter['schema'])}"
    return name, said


def _body(document: Json, operation: Json) -> str:
    if "requestBody" not in operation:
        return ""
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    return _table("Body", _fields(document, schema))


def _fields(document: Json, schema: Json, prefix: str = "") -> Iterator[tuple[str, str]]:
    """A row for each field, and for those of objects that are asked for inside."""
    shape = _resolved(document, schema)
    for each in shape.get("anyOf", []):
        yield from _fields(document, each, prefix)
    for name, field in shape.get("properties", {}).items():
        must = ' <span class="must">needed</span>' if name in shape.get("required", []) else ""
        label = f"<code>{escape(prefix + name)}</code>{must}<br><small>{kind(field)}</small>"
        yield label, f"{rich(field.get('description', ''))} {allowed(field)}"
        if "$ref" in field and shape.get("additionalProperties") is False:
            yield from _fields(document, field, f"{prefix}{name}.")


def _resolved(document: Json, schema: Json) -> Json:
    name = schema.get("$ref", "").rpartition("/")[2]
    shape: Json = document["components"]["schemas"][name] if name else schema
    return shape


def _answer(status: str, answer: Json) -> tuple[str, str]:
    shapes = ", ".join(kind(content["schema"]) for content in answer.get("content", {}).values())
    return f"<code>{status}</code><br><small>{shapes}</small>", rich(answer["description"])


def _examples(operation: Json) -> str:
    found: list[tuple[str, Any]] = []
    places = [("Sent", operation.get("requestBody", {}))]
    places += [(f"Answer {status}", answer) for status, answer in operation["responses"].items()]
    for label, place in places:
        for content in place.get("content", {}).values():
            found += [(label, content["example"])] if "example" in content else []
    return "".join(
        f"<details><summary>{escape(label)}</summary>"
        f"<pre>{escape(json.dumps(example, indent=2, ensure_ascii=False))}</pre></details>"
        for label, example in found
    )


def _shapes(document: Json) -> str:
    return "".join(
        f'<section id="{slug(name)}"><h3>{escape(name)}</h3>'
        f"<p>{rich(schema.get('description', ''))}</p>{_table('', _fields(document, schema))}"
        f"<p>{allowed(schema)}</p></section>"
        for name, schema in document["components"]["schemas"].items()
    )


def _table(title: str, rows: Iterator[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><td>{name}</td><td>{said}</td></tr>" for name, said in rows)
    heading = f"<h4>{escape(title)}</h4>" if title else ""
    return f"{heading}<table>{cells}</table>" if cells else ""
