"""GET /v1/tasks/{id}?wait=: one answer, as soon as there is something to tell."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.cloud import ENDED, Cloud, Ordered, eventually

LONGEST = 20  # seconds, unless a parameter says less


def orders(cloud: Cloud) -> dict[str, dict[str, Any]]:
    return {"waiting: slow": cloud.body(cloud.way("maxapi"), "slow=5")}


def wait(cloud: Cloud, task_id: str, seconds: int) -> dict[str, Any]:
    answer = cloud.api.get(f"/v1/tasks/{task_id}", params={"wait": seconds})
    assert answer.status_code == 200, answer.text
    task: dict[str, Any] = answer.json()
    return task


@pytest.fixture(scope="module")
def running(cloud: Cloud) -> Iterator[str]:
    """A task that never ends by itself."""
    task_id = cloud.order(cloud.way("maxapi"), "never").task_id
    yield task_id
    cloud.api.post(f"/v1/tasks/{task_id}/cancel", json={"discard": True}).raise_for_status()


def test_it_is_answered_when_the_task_ends(cloud: Cloud, placed: Ordered) -> None:
    task_id = placed("waiting: slow").task_id
    task = eventually(lambda: wait(cloud, task_id, LONGEST), lambda task: task["status"] in ENDED)
    assert task["status"] == "succeeded"
    (image,) = task["images"]
    assert cloud.web.get(image["url"]).status_code == 200


def test_it_is_answered_when_the_task_is_cancelled(cloud: Cloud) -> None:
    task_id = cloud.order(cloud.way("apixo"), "never").task_id
    with ThreadPoolExecutor(1) as pool:
        waited = pool.submit(wait, cloud, task_id, LONGEST)
        cancelled = cloud.api.post(f"/v1/tasks/{task_id}/cancel", json={"discard": True})
        assert cancelled.status_code == 200
        assert waited.result()["status"] == "cancelled"


@pytest.mark.parametrize("seconds", [0, 1, 2])
def test_the_time_over_it_is_shown_as_it_stands(cloud: Cloud, running: str, seconds: int) -> None:
    task = wait(cloud, running, seconds)
    assert (task["status"], task["finishedAt"]) == ("processing", None)


def test_a_finished_task_is_answered_whatever_is_asked(cloud: Cloud, placed: Ordered) -> None:
    task = cloud.wait(placed("waiting: slow").task_id)
    for seconds in (0, 25):
        assert wait(cloud, task["taskId"], seconds)["status"] == "succeeded"


@pytest.mark.parametrize("seconds", ["26", "-1", "1.5", "", "x"])
def test_what_is_no_time_to_wait_is_told(cloud: Cloud, running: str, seconds: str) -> None:
    answer = cloud.api.get(f"/v1/tasks/{running}", params={"wait": seconds})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], error["allowed"]) == ("wait", ["whole seconds from 0 to 25"])


def test_nobody_waits_for_another_owners_task(cloud: Cloud, running: str) -> None:
    stranger = cloud.api_of(cloud.make_key("stranger"))
    answer = stranger.get(f"/v1/tasks/{running}", params={"wait": LONGEST})
    assert answer.status_code == 404
