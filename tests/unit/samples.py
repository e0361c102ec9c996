"""Made-up tasks, pictures and recorded exchanges that the tests start from."""

import io
import json
from pathlib import Path
from typing import Any

import httpx
from PIL import Image as Pillow

from plantain.models import Image, State, Task, TaskRequest

ROOT = Path(__file__).resolve().parents[2]
RECORDINGS = ROOT / "events" / "providers"
DIALECTS = ROOT / "events" / "dialects"
NOW = 1_800_000_000
API = "https://api.test"
CALLBACK = "https://callback.test"


def a_request(model: str = "nano-banana", **fields: Any) -> TaskRequest:
    """A request as a client sends it: input fields by name, everything else in `outside`."""
    outside = fields.pop("outside", {})
    sent = {"model": model, "input": {"prompt": "a plantain", **fields}, **outside}
    return TaskRequest.model_validate_json(json.dumps(sent))


def a_task(state: State = State.QUEUED, **fields: Any) -> Task:
    return Task(
        **{
            "task_id": "tsk_test",
            "owner": "alice",
            "request": a_request(),
            "fingerprint": "f",
            "state": state,
            "attempt": 0 if state is State.QUEUED else 1,
            "provider": None if state is State.QUEUED else "maxapi",
            "sent": None if state is State.QUEUED else NOW,
            "deadline": NOW + 1800,
            "created_at": "2027-01-15T08:00:00.000Z",
            "updated_at": "2027-01-15T08:00:00.000Z",
            **fields,
        }
    )


def an_image(name: str = "a") -> Image:
    return Image(
        key=f"alice/tsk_test/{name}.png",
        content_type="image/png",
        width=2,
        height=3,
        bytes=4,
        sha256=name,
    )


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 6), color: str = "gold") -> bytes:
    file = io.BytesIO()
    Pillow.new("RGB", size, color).save(file, kind)
    return file.getvalue()


def recording(provider: str) -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads((RECORDINGS / f"{provider}.json").read_text())
    return recorded


def dialect_recording(dialect: str) -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads((DIALECTS / f"{dialect}.json").read_text())
    return recorded


def exchange(provider: str, kind: str, name: str) -> httpx.Response:
    """One recorded answer, by its name: kind is receipts or updates."""
    return response_of({one["name"]: one for one in recording(provider)[kind]}[name])


def on_the_wire(response: httpx.Response) -> httpx.Response:
    """The same answer, to be read once, as from a socket."""
    content = iter([response.content])
    return httpx.Response(response.status_code, headers=response.headers, content=content)


def response_of(exchange: dict[str, Any]) -> httpx.Response:
    """What the wire carried: objects are JSON, text is text."""
    body, headers = exchange["body"], exchange.get("headers", {})
    if isinstance(body, str):
        return httpx.Response(exchange["status"], headers=headers, text=body)
    return httpx.Response(exchange["status"], headers=headers, json=body)
