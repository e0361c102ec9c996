"""A task as a client sees it, from the answer to its POST to the end."""

import re
from typing import Any

import pytest

from tests.e2e.cloud import Cloud, Ordered
from tests.e2e.ends import End, assert_ends

FIELDS = [
    *("taskId", "status", "model", "provider", "input", "images", "failure", "attempts"),
    *("metadata", "createdAt", "updatedAt", "finishedAt"),
]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
METADATA = {"order": "A-7", "copies": 2, "price": 0.5, "rush": True, "note": None}
LONGEST = 20_000


def orders(cloud: Cloud) -> dict[str, dict[str, Any]]:
    long = cloud.body(cloud.way("apixo", "nano-banana-2"), "images=2")
    long["input"]["prompt"] = long["input"]["prompt"].ljust(LONGEST, "ü")
    return {
        "task: shown": {**cloud.body(cloud.way("apixo"), "slow=6"), "metadata": METADATA},
        "task: long": long,
        "task: unpinned": cloud.body(),
    }


def test_the_answer_to_a_post(cloud: Cloud) -> None:
    body = cloud.body(cloud.way("maxapi"), "fast")
    answer = cloud.submit(body)
    task = answer.json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/v1/tasks/{task['taskId']}"
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Request-Id"]
    assert re.fullmatch(r"tsk_[a-z2-7]{26}", task["taskId"])
    assert list(task) == FIELDS


def test_from_its_beginning_to_its_end(cloud: Cloud, placed: Ordered) -> None:
    order = placed("task: shown")
    begun, ended = order.answer, assert_ends(cloud, order, End())
    assert (begun["status"], begun["images"], begun["finishedAt"]) == ("processing", [], None)
    assert list(begun) == list(ended) == FIELDS
    same = ("taskId", "model", "provider", "input", "metadata", "createdAt", "attempts")
    assert {name: begun[name] for name in same} == {name: ended[name] for name in same}
    assert ended["metadata"] == METADATA
    assert ended["failure"] is None
    assert all(TIME.fullmatch(ended[name]) for name in ("createdAt", "updatedAt", "finishedAt"))
    assert ended["createdAt"] < ended["finishedAt"] <= ended["updatedAt"]


def test_links_are_made_anew_and_hold_the_picture(cloud: Cloud, placed: Ordered) -> None:
    task = cloud.wait(placed("task: unpinned").task_id)
    (image,) = task["images"]
    assert "X-Amz-Expires=900" in image["url"]
    answer = cloud.web.get(image["url"])
    assert answer.headers["Content-Type"] == image["contentType"]
    assert len(answer.content) == image["bytes"]


def test_the_longest_prompt_goes_all_the_way(cloud: Cloud, placed: Ordered) -> None:
    order = placed("task: long")
    task = assert_ends(cloud, order, End(images=2))
    assert task["input"]["prompt"] == order.prompt
    assert len(order.prompt) == LONGEST
    event = cloud.events(order.task_id)[0]
    assert len(event.body["data"]["input"]["prompt"]) <= 256
    listed = cloud.api.get("/v1/tasks", params={"limit": 100}).json()["tasks"]
    assert order.prompt in {each["input"]["prompt"] for each in listed} or len(listed) == 100


@pytest.mark.parametrize("model", ["nano-banana", "nano-banana-2", "nano-banana-pro"])
def test_what_is_listed_as_a_limit_holds(cloud: Cloud, model: str) -> None:
    """The longest prompt and the most references of an offer are accepted, one more is not."""
    for way in (w for w in cloud.ways if w.model == model and w.mode == "image-to-image"):
        most = way.offer["imageUrls"]["maximum"]
        longest = way.offer["prompt"]["maximum"]
        urls = [f"https://example.com/{n}.png" for n in range(most + 1)]
        beyond = {"imageUrls": urls}, {"prompt": "x" * (longest + 1)}
        for wrong in beyond:
            assert cloud.submit(cloud.body(way, **wrong)).status_code == 422, (way, wrong.keys())
