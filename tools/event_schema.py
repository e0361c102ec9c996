"""Writes the JSON Schema of events, made from the code: python -m tools.event_schema."""

import json
from pathlib import Path
from typing import Any

from plantain.shapes.webhooks import Event

FILE = Path(__file__).parent.parent / "docs" / "event.schema.json"


def schema() -> dict[str, Any]:
    made = Event.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def text() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
