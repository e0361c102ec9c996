"""The document's schemas: made from the models, with what the providers add."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from plantain.contract.route import Json
from plantain.models import MAX_URL
from plantain.providers import Offer, all_providers

PLACE = "#/components/schemas/{model}"


def schemas(shapes: set[type[BaseModel]]) -> Json:
    """A component for each model and for what it is made of."""
    given = [(shape, "serialization") for shape in sorted(shapes, key=lambda s: s.__name__)]
    _, made = models_json_schema(given, ref_template=PLACE)  # type: ignore[arg-type]
    found: Json = _plain(made["$defs"])
    _complete(found)
    return found


def _complete(found: Json) -> None:
    """What the models leave to the providers' offers, or check in code."""
    asked = found["TaskInput"]["properties"]
    offers = [offer for provider in all_providers().values() for offer in provider.offers]
    _choose(asked["aspectRatio"], _any(offers, "ratios"))
    sizes = _any(offers, "resolutions")
    _choose(asked["resolution"], sizes + [size.lower() for size in sizes])
    _choose(asked["outputFormat"], [*_any(offers, "formats"), "jpg"])
    asked["prompt"]["pattern"] = r"\S"
    asked["prompt"]["examples"] = ["a lighthouse at dusk"]
    asked["imageUrls"]["examples"] = [["https://example.com/reference.png"]]
    asked["imageUrls"]["description"] = (
        f"Reference pictures: public https:// URLs of up to {MAX_URL} characters, or data: URIs."
    )
    request = found["TaskRequest"]["properties"]
    _choose(request["provider"], sorted(all_providers()))
    request["callBackUrl"]["examples"] = ["https://example.com/hooks/plantain"]
    request["callBackUrl"]["description"] = "A public https:// URL that is told of the end."
    request["metadata"]["additionalProperties"] = {"type": ["string", "number", "boolean", "null"]}
    request["metadata"]["description"] = "Your own; comes back as it is. 2 KB of JSON at most."


def _choose(schema: Json, values: list[str]) -> None:
    schema.clear()
    schema |= {"type": ["string", "null"], "enum": [*values, None]}


def _any(offers: list[Offer], field: str) -> list[str]:
    return list(dict.fromkeys(value for offer in offers for value in getattr(offer, field)))


def _plain(schema: Any) -> Any:
    """Without titles that repeat names and defaults that say nothing; `T | None` in one."""
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        name: value if name == "examples" else _plain(value)
        for name, value in schema.items()
        if not (name == "title" and isinstance(value, str))
        and not (name == "default" and value in (None, []))
    }
    match kept:
        case {"anyOf": [{"type": str(kind)} as main, {"type": "null"}]}:
            del kept["anyOf"]
            enum = {"enum": [*main["enum"], None]} if "enum" in main else {}
            return {**main, **enum, "type": [kind, "null"], **kept}
    return kept
