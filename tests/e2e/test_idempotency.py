"""One key, one body, one task, however many requests arrive at the same moment."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.e2e.cloud import Cloud, Placed
from tests.e2e.ends import End, assert_ends

AT_ONCE = 20


def test_many_at_the_same_moment_are_one_task(cloud: Cloud) -> None:
    body, key = cloud.body(cloud.way("apixo")), {"Idempotency-Key": "many at once"}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: cloud.submit(body, **key), range(AT_ONCE)))
    assert {answer.status_code for answer in answers} == {202}
    (task_id,) = {answer.json()["taskId"] for answer in answers}
    assert {answer.headers["Location"] for answer in answers} == {f"/v1/tasks/{task_id}"}
    assert_ends(cloud, Placed(task_id, body["input"]["prompt"], {}), End())


def test_a_repeat_shows_the_task_as_it_is_now(cloud: Cloud) -> None:
    body, key = cloud.body(cloud.way("maxapi"), "fast"), {"Idempotency-Key": "repeated"}
    first = cloud.place(body, **key)
    ended = cloud.wait(first.task_id)
    again = cloud.place(body, **key)
    assert again.task_id == first.task_id
    assert again.answer["status"] == ended["status"] == "succeeded"
    assert cloud.web.get(again.answer["images"][0]["url"]).status_code == 200
    assert len(cloud.ledger(first.prompt)) == 1


def test_a_failed_task_keeps_its_key(cloud: Cloud) -> None:
    body, key = cloud.body(cloud.way("maxapi"), "refuse=400"), {"Idempotency-Key": "failed"}
    first = cloud.place(body, **key)
    assert first.answer["status"] == "failed"
    again = cloud.place(body, **key)
    assert again.answer == first.answer
    assert len(cloud.ledger(first.prompt)) == 1


def test_the_same_fields_written_otherwise_are_the_same_request(cloud: Cloud) -> None:
    body, key = cloud.body(cloud.way("apixo"), "fast"), {"Idempotency-Key": "otherwise"}
    first = cloud.place(body, **key)
    turned = json.dumps(dict(reversed(body.items())), indent=4)
    headers = {**key, "Content-Type": "application/json; charset=utf-8"}
    answer = cloud.api.post("/v1/tasks", content=turned, headers=headers)
    assert (answer.status_code, answer.json()["taskId"]) == (202, first.task_id)


@pytest.mark.parametrize(
    "change", [{"routing": "auto"}, {"metadata": {}}, {"model": "nano-banana-2"}]
)
def test_another_body_is_refused(cloud: Cloud, change: dict[str, object]) -> None:
    key = {"Idempotency-Key": f"another body {change}"}
    body = cloud.body(cloud.way("apixo"), "fast")
    cloud.place(body, **key)
    answer = cloud.submit({**body, **change}, **key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert len(cloud.ledger(body["input"]["prompt"])) == 1


def test_a_key_is_its_owners_own(cloud: Cloud) -> None:
    body, key = cloud.body(cloud.way("apixo"), "fast"), {"Idempotency-Key": "everybody's"}
    mine = cloud.place(body, **key)
    stranger = cloud.api_of(cloud.make_key("stranger"))
    theirs = stranger.post("/v1/tasks", json=body, headers=key)
    assert theirs.status_code == 202
    assert theirs.json()["taskId"] != mine.task_id


def test_without_a_key_each_request_is_a_task(cloud: Cloud) -> None:
    body = cloud.body(cloud.way("apixo"), "fast")
    assert cloud.place(body).task_id != cloud.place(body).task_id


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\xe9", "a\tb"])
def test_a_bad_key_is_told(cloud: Cloud, key: str) -> None:
    headers = httpx.Headers({b"Idempotency-Key": key.encode("latin-1")})
    answer = cloud.api.post("/v1/tasks", json=cloud.body(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
