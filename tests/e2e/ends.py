"""What a right end is, wherever one looks: API, bucket, ledger, topic."""

import hashlib
from dataclasses import dataclass
from typing import Any

from tests.e2e.cloud import Cloud, Placed

ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
LONGEST = 256  # characters of a prompt that an event tells


@dataclass(frozen=True)
class End:
    """How a task should end, and what it should have cost."""

    code: str | None = None  # of the failure; none is a success
    images: int = 1
    charged: int = 1
    refused: int | None = 0  # submissions that a provider refused; None is any number
    repeated: int = 0  # submissions that it recognised and did not charge again


def assert_ends(cloud: Cloud, placed: Placed, end: End) -> dict[str, Any]:
    task = cloud.wait(placed.task_id)
    assert _outcome(task) == _expected(end), (task, cloud.ledger(placed.prompt))
    assert_stored(cloud, task)
    assert_billed(cloud, placed, end)
    assert_told_once(cloud, task)
    return task


def _outcome(task: dict[str, Any]) -> tuple[str, str | None, int]:
    failure = task["failure"] or {}
    return task["status"], failure.get("code"), len(task["images"])


def _expected(end: End) -> tuple[str, str | None, int]:
    return ("failed", end.code, 0) if end.code else ("succeeded", None, end.images)


def assert_stored(cloud: Cloud, task: dict[str, Any]) -> None:
    """The bucket holds the images shown and nothing else, and their URLs give these bytes.

    But for thumbnails, which may come at any time after.
    """
    shown = {_key(cloud, task, image): image for image in task["images"]}
    stored = cloud.aws.objects(f"{cloud.owner}/{task['taskId']}")
    thumbnails = {f"{key.rpartition('.')[0]}.thumb.webp" for key in shown}
    assert {each.key for each in stored} - thumbnails == shown.keys()
    for each in [each for each in stored if each.key in shown]:
        image = shown[each.key]
        assert (each.content_type, each.size) == (image["contentType"], image["bytes"])
        content = cloud.web.get(image["url"]).content
        assert hashlib.sha256(content).hexdigest() == image["sha256"]


def _key(cloud: Cloud, task: dict[str, Any], image: dict[str, Any]) -> str:
    ending = ENDINGS[image["contentType"]]
    return f"{cloud.owner}/{task['taskId']}/{image['sha256']}.{ending}"


def assert_billed(cloud: Cloud, placed: Placed, end: End) -> None:
    outcomes = [entry["outcome"] for entry in cloud.ledger(placed.prompt)]
    paid = [entry for entry in cloud.ledger(placed.prompt) if entry["charged"]]
    assert len(paid) == end.charged, outcomes
    assert end.refused in (None, outcomes.count("refused")), outcomes
    assert outcomes.count("replayed") == end.repeated, outcomes


def assert_told_once(cloud: Cloud, task: dict[str, Any]) -> None:
    kind = f"task.{task['status']}"
    events = cloud.events(task["taskId"])
    # On a slow machine the sweep may tell it once more: the same event.
    assert all(event == events[0] for event in events), events
    assert events[0].attributes == {
        "type": kind,
        "owner": cloud.owner,
        "model": task["model"],
        "provider": task["provider"] or "none",
    }
    digest = hashlib.sha256(f"{task['taskId']}:{kind}".encode()).hexdigest()
    assert events[0].body == {
        "id": f"evt_{digest[:26]}",
        "type": kind,
        "version": "1",
        "createdAt": task["finishedAt"],
        "data": _told(task),
    }


def _told(task: dict[str, Any]) -> dict[str, Any]:
    """The task as it ended, without links, references and the rest of a long prompt."""
    images = [{**image, "url": None, "thumbnail": None} for image in task["images"]]
    given = {name: value for name, value in task["input"].items() if name != "imageUrls"}
    if len(given["prompt"]) > LONGEST:
        given["prompt"] = given["prompt"][: LONGEST - 1] + "…"
    return {**task, "input": given, "images": images, "updatedAt": task["finishedAt"]}
