"""Holds bodies against the API's description, which here allows nothing that it does not name."""

import re
from typing import Any

import jsonschema_rs

from plantain.contract import document
from plantain.contract.route import Json

DOCUMENT = document("https://api.example.com")
# What an error must not tell: where and of what this is made.
INSIDE = re.compile(
    r"(?i:traceback|arn:aws|/var/task|/opt/python|boto|dynamo|pydantic|powertools|urllib|httpx)"
    r"|plantain[-.]\w+|\.py\b|\bline \d+|<class|\bsys\.|\b0x[0-9a-f]{6,}|_TABLE\b|_URL\b"
    r"|\b[A-Z]\w+(Error|Exception)\b"
)


def operations() -> dict[str, Json]:
    return {
        operation["operationId"]: operation
        for methods in (*DOCUMENT["paths"].values(), *DOCUMENT["webhooks"].values())
        for operation in methods.values()
    }


def assert_request(name: str, body: Any) -> None:
    content = operations()[name]["requestBody"]["content"]["application/json"]
    assert_fits(content["schema"], body)


def assert_answer(name: str, status: int, content_type: str, body: Any) -> None:
    described = operations()[name]["responses"]
    assert str(status) in described, f"{name} answers {status}: {body}"
    content = described[str(status)].get("content", {})
    assert content_type in content, f"{name} answers {status} as {content_type}: {body}"
    assert_fits(content[content_type]["schema"], body)


def assert_fits(schema: Json, body: Any) -> None:
    whole = {**strict(schema), "components": strict(DOCUMENT["components"])}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    wrong = [
        f"{'/'.join(map(str, e.instance_path))}: {e.message}" for e in validator.iter_errors(body)
    ]
    assert not wrong, wrong


def strict(schema: Any) -> Any:
    """A client takes fields that are new to it; the tests do not let any in unseen."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: strict(value) for name, value in schema.items()}
    if closed.get("type") == "object" and "properties" in closed:
        closed.setdefault("additionalProperties", False)
    return closed
