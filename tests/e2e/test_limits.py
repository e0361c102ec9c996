"""Keys with limits, as their clients meet them."""

from typing import Any

import httpx

from tests.contract import assert_answer
from tests.e2e.cloud import Cloud


def refused(answer: httpx.Response, route: str, code: str) -> dict[str, Any]:
    """The problem, told as the description has it."""
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (429, code)
    assert int(answer.headers["retry-after"]) >= 1
    assert_answer(route, 429, answer.headers["content-type"], problem)
    return problem


def test_the_limit_that_is_reached_is_named_and_what_was_ordered_is_still_answered(
    cloud: Cloud,
) -> None:
    body = cloud.body(cloud.way("maxapi"), "fast")
    client = cloud.api_of(cloud.make_key("frugal", "tasks=1/day"))
    first = client.post("/v1/tasks", json=body, headers={"Idempotency-Key": "one"})
    assert first.status_code == 202
    answer = client.post("/v1/tasks", json=body, headers={"Idempotency-Key": "two"})
    assert "1 tasks a day" in refused(answer, "createTask", "too_many_tasks")["detail"]
    again = client.post("/v1/tasks", json=body, headers={"Idempotency-Key": "one"})
    assert (again.status_code, again.json()["taskId"]) == (202, first.json()["taskId"])
    assert len(cloud.ledger(body["input"]["prompt"])) == 1


def test_the_next_task_may_be_ordered_as_soon_as_the_one_before_has_ended(cloud: Cloud) -> None:
    client = cloud.api_of(cloud.make_key("patient", "active=1"))
    slow, fast = (cloud.body(cloud.way("maxapi"), words) for words in ("slow=3", "fast"))
    task = client.post("/v1/tasks", json=slow).json()
    refused(client.post("/v1/tasks", json=fast), "createTask", "too_many_active")
    while client.get(f"/v1/tasks/{task['taskId']}?wait=20").json()["finishedAt"] is None:
        pass
    assert client.post("/v1/tasks", json=fast).status_code == 202


def test_every_request_counts(cloud: Cloud) -> None:
    client = cloud.api_of(cloud.make_key("busy", "requests=3/min"))
    answers = [client.get("/v1/models") for _ in range(7)]  # no more than one minute turns
    statuses = {answer.status_code for answer in answers}
    assert statuses == {200, 429}
    limited = next(answer for answer in answers if answer.status_code == 429)
    refused(limited, "listModels", "too_many_requests")


def test_without_a_price_list_nobody_spends_within_a_limit(cloud: Cloud) -> None:
    client = cloud.api_of(cloud.make_key("careful", "spend=1.00/day"))
    answer = client.post("/v1/tasks", json=cloud.body(cloud.way("maxapi")))
    assert (answer.status_code, answer.json()["code"]) == (503, "no_price")
