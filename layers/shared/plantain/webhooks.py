"""The walk of a delivery: owed once for each end of a task, tried until it is acknowledged."""

import random
import secrets as randomness
import time
from typing import Any

from plantain import deliveries, downstream, endpoints, owners, signatures, store, tries
from plantain.destinations import forbidden
from plantain.dialects import all_dialects
from plantain.errors import (
    Busy,
    DeliveryMoved,
    InvalidRequest,
    NoWebhook,
    TaskDeleted,
    TaskRunning,
)
from plantain.lifecycle import TERMINAL, iso
from plantain.log import log
from plantain.models import Task
from plantain.notices import Answer, Delivery, Errand, Webhook
from plantain.rows import brief
from plantain.settings import settings
from plantain.views import event, links_of, test_event, written

TRIES = 3


# ── owed: what the owner wants to be told, and where ─────────────────────────────────────────────


def choose(owner: str, url: str | None) -> Webhook:
    """Where the owner's tasks are told of that name no URL of their own."""
    reason = forbidden(url, settings().allowed) if url else None
    if reason:
        wrong = {"field": "url", "message": reason, "allowed": ["a public https:// URL"]}
        raise InvalidRequest("The URL cannot be used.", errors=[wrong])
    return owners.set_url(owner, url)


def announce(task: Task) -> None:
    """Owe a finished task's client a delivery, if it wants one. Announced twice is owed once."""
    if url := _url(task):
        delivery = deliveries.open_once(_first(task, url))
        if delivery.state == "pending" and not delivery.tries:
            deliveries.send(_errand(delivery))


def send_again(owner: str, task_id: str) -> list[Delivery]:
    """The same event with the same id, in a new series of tries."""
    task = store.find_of(owner, task_id)
    if task.state not in TERMINAL:
        raise TaskRunning("There is nothing to tell before the task has ended.")
    url = _url(task)
    if url is None:
        raise NoWebhook("The task has no callBackUrl, and its owner no webhook.")
    for _ in range(TRIES):
        found = deliveries.open_once(_first(task, url))
        try:
            anew = deliveries.replace(found, tries.asked_again(found, url, time.time()))
        except DeliveryMoved:
            continue
        deliveries.send(_errand(anew))
        return deliveries.of_task(task_id)
    raise Busy


def of_task(owner: str, task_id: str) -> list[Delivery]:
    return deliveries.of_task(store.find_of(owner, task_id).task_id)


def _url(task: Task) -> str | None:
    return task.request.call_back_url or owners.webhook_of(task.owner).url


def _first(task: Task, url: str) -> Delivery:
    return tries.opened(task, _event(task), url, time.time())


def _told(task: Task, url: str) -> str:
    """The event; but where a task was ordered in a dialect, its own URL is told in that."""
    dialect = all_dialects().get(task.dialect or "")
    if dialect is None or url != task.request.call_back_url:
        return written(_event(task))
    return written(dialect.show(task, links_of(task, settings().api_url)))


def _event(task: Task) -> dict[str, Any]:
    """As the topic was told: of what stands in the task's row."""
    told = task.model_copy(update={"request": brief(task.request)})
    return event(told, settings().api_url)


def _errand(delivery: Delivery) -> Errand:
    return Errand(task_id=delivery.task_id, event_id=delivery.event_id, series=delivery.series)


# ── tried: one POST when it is time for it, and the message hidden until then ────────────────────


def receive(body: str, receipt: str, queue_arn: str) -> bool:
    """Whether the message is to stay in its queue, hidden until the next try."""
    errand, slow = Errand.model_validate_json(body), deliveries.is_slow(queue_arn)
    pause = _look(errand, slow)
    if pause:
        deliveries.hide(receipt, slow, pause)
    return pause > 0


def _look(errand: Errand, slow: bool) -> int:
    """Try, if it is time; the seconds until somebody should look again, or 0 for never."""
    delivery = deliveries.find(errand.task_id, errand.event_id)
    if delivery is None or delivery.state != "pending" or errand.series < delivery.series:
        return 0
    if pause := tries.pause(delivery, time.time()):
        return pause
    timeouts = endpoints.timeouts(delivery.owner, delivery.url)
    if (timeouts >= endpoints.PATIENCE) is not slow:
        deliveries.send(errand, slow=not slow)
        return 0
    try:
        after = _try(delivery, errand, timeouts)
    except DeliveryMoved:
        return 1
    return max(1, tries.pause(after, time.time())) if after.state == "pending" else 0


def _try(delivery: Delivery, errand: Errand, timeouts: int) -> Delivery:
    task = _task(delivery)
    if task is None:
        return deliveries.replace(delivery, tries.closed(delivery, "stopped"))
    if tries.is_spent(delivery, settings().delays):  # and the last one was interrupted
        return _end(delivery, tries.closed(delivery, "failed"), errand)
    webhook = owners.webhook_of(delivery.owner)  # before it counts: so far nothing was sent
    begun = _begin(delivery)
    answer = _post(begun.url, begun.event_id, _told(task, begun.url), webhook)
    chance = random.random()  # noqa: S311 - spreads load, guards nothing
    after = tries.ended(begun, answer, settings().delays, chance, time.time())
    after = _end(begun, after, errand)
    endpoints.note(begun.owner, begun.url, timeouts, answer)
    return after


def _begin(delivery: Delivery) -> Delivery:
    writer = randomness.token_hex(4)
    begun = tries.begun(delivery, writer, time.time(), settings().lease_seconds)
    return deliveries.replace(delivery, begun)


def _end(before: Delivery, after: Delivery, errand: Errand) -> Delivery:
    if after.state == "failed":
        log.warning("not delivered", extra={"task": after.task_id, "tries": after.count})
        deliveries.bury(errand)
    return deliveries.replace(before, after)


def _task(delivery: Delivery) -> Task | None:
    try:
        return store.find(delivery.task_id)
    except TaskDeleted:
        return None


def test(owner: str) -> Answer:
    """Send an event that means nothing, now and once, and say what came of it."""
    webhook = owners.webhook_of(owner)
    if webhook.url is None:
        raise NoWebhook("Set one with PUT /v1/webhook first.")
    trial = test_event(time.time())
    return _post(webhook.url, trial["id"], written(trial), webhook)


def _post(url: str, event_id: str, told: str, webhook: Webhook) -> Answer:
    now, body = time.time(), told.encode()
    secrets = webhook.secrets(iso(now))
    answer = downstream.post(url, body, signatures.headers_of(event_id, int(now), body, secrets))
    said = {"event": event_id, "status": answer.status, "error": answer.error}
    log.info("posted", extra=said)
    return answer
