"""Tasks and models as the API and the events show them. Pure."""

import hashlib
import json
import secrets as randomness
from collections.abc import Callable, Iterable
from typing import Any

from plantain.lifecycle import STATUS, TERMINAL, iso
from plantain.models import MODELS, NO_PRICES, SHOWN_PROMPT, Failure, Prices, State, Task
from plantain.notices import Answer, Delivery, Webhook
from plantain.providers import Offer, all_providers

EVENT_VERSION = "1"
# The ends, and what may be told of the way there.
TOLD = TERMINAL | {State.QUEUED, State.SUBMITTED}


def show(task: Task, base_url: str, sign: Callable[[str], str] | None = None) -> dict[str, Any]:
    """A task as a client sees it; its images have URLs only where there is someone to sign them."""
    sent = task.request.as_sent()
    ended = task.state in TERMINAL
    return {
        "taskId": task.task_id,
        "status": STATUS[task.state],
        "model": task.request.model,
        "provider": task.provider,
        "input": sent["input"],
        "images": [_image(task, n, base_url, sign) for n in range(len(task.images) * ended)],
        "failure": _failure(task.failure),
        "attempts": task.attempt,
        "metadata": sent.get("metadata"),
        "createdAt": task.created_at,
        "updatedAt": task.updated_at,
        "finishedAt": task.finished_at,
    }


def link_to(task: Task, number: int, base_url: str) -> str | None:
    """Where an image can be seen without a key, for as long as it is kept."""
    if not task.link_token:
        return None
    ending = task.images[number].key.rpartition(".")[2]
    return f"{base_url}/i/{task.task_id}/{number}/{task.link_token}.{ending}"


def links_of(task: Task, base_url: str) -> list[str]:
    """Where all its pictures can be seen."""
    links = (link_to(task, number, base_url) for number in range(len(task.images)))
    return [link for link in links if link]


def event(task: Task, base_url: str) -> dict[str, Any]:
    """What the world is told of a task: the same, with the same id, however often it is told."""
    if task.state not in TOLD:
        raise ValueError(f"nothing is told of a task that is {task.state}")
    kind = f"task.{task.state}"
    created_at = task.finished_at or task.updated_at
    data = show(task, base_url)
    data |= {"input": _short(data["input"]), "updatedAt": created_at}
    return _event(_event_id(task, kind), kind, created_at, data)


def test_event(now: float) -> dict[str, Any]:
    """What tries an endpoint, and means nothing."""
    return _event(f"evt_{randomness.token_hex(13)}", "webhook.test", iso(now), {})


def written(event: dict[str, Any]) -> str:
    """The one text of an event, to topic and webhook alike."""
    return json.dumps(event, ensure_ascii=False)


def _event(id_: str, kind: str, created_at: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": id_,
        "type": kind,
        "version": EVENT_VERSION,
        "createdAt": created_at,
        "data": data,
    }


def _event_id(task: Task, kind: str) -> str:
    """A task ends once, but may be queued and submitted once for each attempt."""
    named = [task.task_id, kind] + ([] if task.state in TERMINAL else [str(task.attempt)])
    return f"evt_{hashlib.sha256(':'.join(named).encode()).hexdigest()[:26]}"


def webhook(webhook: Webhook) -> dict[str, Any]:
    """An owner's webhook; its former secret only as the time until which that signs too."""
    return webhook.model_dump(mode="json", by_alias=True, exclude={"previous_secret"})


def test_result(answer: Answer) -> dict[str, Any]:
    return answer.model_dump(mode="json", by_alias=True, include={"status", "duration_ms", "error"})


def deliveries(found: Iterable[Delivery]) -> dict[str, Any]:
    """Where the ends of a task were told, and how that went."""
    return {
        "deliveries": [
            {
                "id": one.event_id,
                "type": one.event_type,
                **one.model_dump(
                    mode="json", by_alias=True, include={"url", "state", "tries", "next_at"}
                ),
            }
            for one in found
        ]
    }


def models(configured: Iterable[str], prices: Prices = NO_PRICES) -> dict[str, Any]:
    """What can be made here, by whom, within which limits and at which price."""
    usable = [all_providers()[name] for name in configured]
    return {
        "models": [
            {
                "model": model,
                "providers": [
                    {
                        "provider": provider.name,
                        "price": prices.get((provider.name, model)),
                        **_offer(offer),
                    }
                    for provider in usable
                    for offer in provider.offers
                    if offer.model == model
                ],
            }
            for model in MODELS
        ]
    }


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "modes": [f"{mode}-to-image" for mode in offer.modes],
        "prompt": {"minimum": offer.prompt[0], "maximum": offer.prompt[1]},
        "imageUrls": {
            "minimum": 0 if "text" in offer.modes else 1,
            "maximum": offer.references,
            "endings": list(offer.reference_endings),
        },
        "aspectRatio": list(offer.ratios),
        "resolution": list(offer.resolutions),
        "outputFormat": list(offer.formats),
        "googleSearch": offer.google_search,
        "safetyChecker": offer.safety_checker,
        "routing": ["auto", "value", *(["official"] if offer.official else [])],
    }


def _image(
    task: Task, number: int, base_url: str, sign: Callable[[str], str] | None
) -> dict[str, Any]:
    image = task.images[number]
    return {
        "url": sign(image.key) if sign else None,
        "thumbnail": sign(image.thumbnail) if sign and image.thumbnail else None,
        "link": link_to(task, number, base_url),
        **image.model_dump(mode="json", by_alias=True, exclude={"key", "source", "thumbnail"}),
    }


def _failure(failure: Failure | None) -> dict[str, Any] | None:
    if failure is None:
        return None
    return {**failure.model_dump(mode="json"), "retryable": failure.retryable}


def _short(sent: dict[str, Any]) -> dict[str, Any]:
    """An event stays small: without references, and with the head of a long prompt."""
    prompt = sent["prompt"]
    cut = prompt if len(prompt) <= SHOWN_PROMPT else prompt[: SHOWN_PROMPT - 1] + "…"
    return {**{name: value for name, value in sent.items() if name != "imageUrls"}, "prompt": cut}
