"""Every call of the API, written once for sync and async code."""

import secrets
from collections.abc import Mapping
from typing import Any

from plantain_client.answers import (
    Deliveries,
    Delivery,
    Model,
    Models,
    Page,
    Step,
    Task,
    Timeline,
    Try,
    Webhook,
)
from plantain_client.errors import Conflict, KeyUnusable, NotFound, Unavailable
from plantain_client.reading import A, read
from plantain_client.retries import attempt, json_of
from plantain_client.steps import Call, Pause, Steps

TASKS = "/v1/tasks"
MAX_KEY = 255
ANNOUNCING = (0.5, 1.0, 2.0, 4.0)  # pauses while an end is still being told


def ask(shape: type[A], call: Call) -> Steps[A]:
    """A call and its answer in the shape that it should have."""
    response = yield from attempt(call)
    try:
        return read(shape, json_of(response))
    except (ValueError, TypeError) as error:
        reason = f"This is no Plantain, or one that this client does not understand: {error}"
        raise Unavailable(reason, status=response.status_code, code="not_understood") from None


def create(body: Mapping[str, Any], key: str | None) -> Steps[Task]:
    """Order with a key, always: however often it has to be sent, there is one task."""
    name = {"Idempotency-Key": new_key() if key is None else _sound(key)}
    return (yield from ask(Task, Call("POST", TASKS, json=body, headers=name)))


def new_key() -> str:
    return secrets.token_hex(16)


def _sound(key: str) -> str:
    """An empty key is somebody's mistake: a new one in its place would be bought each time."""
    if 0 < len(key) <= MAX_KEY and key.isascii() and key.isprintable() and key == key.strip():
        return key
    raise KeyUnusable(f"The key of an order takes 1 to {MAX_KEY} printable ASCII characters.")


def show(task_id: str, wait: int | None = None) -> Steps[Task]:
    return (yield from ask(Task, Call("GET", _task(task_id), {"wait": wait})))


def page(filters: Mapping[str, Any]) -> Steps[Page]:
    names = {"created_after": "createdAfter", "created_before": "createdBefore"}
    query = {names.get(name, name): value for name, value in filters.items()}
    return (yield from ask(Page, Call("GET", TASKS, query)))


def timeline(task_id: str) -> Steps[list[Step]]:
    return (yield from ask(Timeline, Call("GET", f"{_task(task_id)}/timeline"))).steps


def cancel(task_id: str, discard: bool) -> Steps[Task]:
    call = Call("POST", f"{_task(task_id)}/cancel", json={"discard": discard})
    return (yield from ask(Task, call))


def delete(task_id: str) -> Steps[None]:
    """Delete a finished task; right after its end, as soon as that has been told."""
    for pause in ANNOUNCING:
        try:
            return (yield from _delete(task_id))
        except Conflict:
            if not (yield from show(task_id)).ended:
                raise
        yield Pause(pause)
    return (yield from _delete(task_id))


def _delete(task_id: str) -> Steps[None]:
    try:
        yield from attempt(Call("DELETE", _task(task_id)))
    except NotFound as error:
        if error.tries == 1:  # otherwise it was an earlier try that deleted it
            raise


def models() -> Steps[list[Model]]:
    return (yield from ask(Models, Call("GET", "/v1/models"))).models


def deliveries(task_id: str) -> Steps[list[Delivery]]:
    call = Call("GET", f"{_task(task_id)}/deliveries")
    return (yield from ask(Deliveries, call)).deliveries


def deliver_again(task_id: str) -> Steps[list[Delivery]]:
    call = Call("POST", f"{_task(task_id)}/deliveries")
    return (yield from ask(Deliveries, call)).deliveries


def webhook() -> Steps[Webhook]:
    return (yield from ask(Webhook, Call("GET", "/v1/webhook")))


def set_webhook(url: str | None) -> Steps[Webhook]:
    return (yield from ask(Webhook, Call("PUT", "/v1/webhook", json={"url": url})))


def rotate_secret() -> Steps[Webhook]:
    """Never sent twice: a second rotation would end the secret that is still in use."""
    return (yield from ask(Webhook, Call("POST", "/v1/webhook/rotate", repeatable=False)))


def test_webhook() -> Steps[Try]:
    return (yield from ask(Try, Call("POST", "/v1/webhook/test")))


def _task(task_id: str) -> str:
    if not task_id.isidentifier():  # nothing that would be part of another address
        raise NotFound(f"{task_id!r} is no task's id", status=404, code="task_not_found")
    return f"{TASKS}/{task_id}"
