"""Tasks and models as the API and the events show them. Pure."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from plantain.lifecycle import STATUS, TERMINAL
from plantain.models import MODELS, SHOWN_PROMPT, Failure, Image, Task
from plantain.providers import Offer, all_providers

EVENT_VERSION = "1"


def show(task: Task, link: Callable[[Image], str] | None = None) -> dict[str, Any]:
    """A task as a client sees it."""
    sent = task.request.as_sent()
    ended = task.state in TERMINAL
    return {
        "taskId": task.task_id,
        "status": STATUS[task.state],
        "model": task.request.model,
        "provider": task.provider,
        "input": sent["input"],
        "images": [_image(image, link) for image in task.images] if ended else [],
        "failure": _failure(task.failure),
        "attempts": task.attempt,
        "metadata": sent.get("metadata"),
        "createdAt": task.created_at,
        "updatedAt": task.updated_at,
        "finishedAt": task.finished_at,
    }


def event(task: Task) -> dict[str, Any]:
    """What the world is told of a finished task: the same id, however often it is told."""
    if task.state not in TERMINAL:
        raise ValueError(f"{task.task_id} is not finished")
    kind = f"task.{STATUS[task.state]}"
    digest = hashlib.sha256(f"{task.task_id}:{kind}".encode()).hexdigest()
    data = show(task)
    data["input"] = _short(data["input"])
    return {
        "id": f"evt_{digest[:26]}",
        "type": kind,
        "version": EVENT_VERSION,
        "createdAt": task.finished_at,
        "data": data,
    }


def models(configured: Iterable[str]) -> dict[str, Any]:
    """What can be made here, by whom, within which limits."""
    usable = [all_providers()[name] for name in sorted(configured)]
    return {
        "models": [
            {
                "model": model,
                "providers": [
                    {"provider": provider.name, **_offer(offer)}
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


def _image(image: Image, link: Callable[[Image], str] | None) -> dict[str, Any]:
    described = image.model_dump(mode="json", by_alias=True, exclude={"key", "source"})
    return {"url": link(image) if link else None, **described}


def _failure(failure: Failure | None) -> dict[str, Any] | None:
    if failure is None:
        return None
    return {**failure.model_dump(mode="json"), "retryable": failure.retryable}


def _short(sent: dict[str, Any]) -> dict[str, Any]:
    """An event stays small: without references, and with the head of a long prompt."""
    prompt = sent["prompt"]
    cut = prompt if len(prompt) <= SHOWN_PROMPT else prompt[: SHOWN_PROMPT - 1] + "…"
    return {**{name: value for name, value in sent.items() if name != "imageUrls"}, "prompt": cut}
