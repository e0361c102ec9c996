"""The four wire formats on good days, against the samples of the providers' pages."""

import json
import re

import pytest

from tests.simulator.client import (
    PICTURE,
    PROVIDERS,
    STATUS,
    SUBMIT,
    body_for,
    state_of,
    until,
    urls_of,
)

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def test_maxapi_answers_as_its_page_shows(sim):
    prompt = sim.prompt()
    body = body_for("maxapi", prompt, ratio="16:9", resolution="2k", imageUrls=[PICTURE])
    accepted = sim.post("maxapi", body).json()
    task_id = accepted["data"]["taskId"]
    data = sim.finished("maxapi", task_id)

    assert accepted == {"code": 0, "msg": "ok", "data": {"taskId": task_id}}
    assert list(data) == ["taskId", "status", "input", "result", "created_at", "updated_at"]
    assert data["status"] == "SUCCESS"
    assert data["input"] == {"model": "nano-banana-2", **body["input"]}
    assert data["result"]["type"] == "image"
    assert len(data["result"]["urls"]) == 1
    assert ISO.fullmatch(data["created_at"])
    assert ISO.fullmatch(data["updated_at"])


def test_aigptimage_answers_as_its_page_shows(sim):
    body = body_for("aigptimage", sim.prompt(), image_size="1:1", output_format="png")
    accepted = sim.post("aigptimage", body).json()
    task_id = accepted["data"]["taskId"]
    data = sim.finished("aigptimage", task_id)

    assert accepted == {"code": 200, "msg": "success", "data": {"taskId": task_id}}
    assert re.fullmatch(r"task_\w{13}", task_id)
    fields = "taskId model state param resultJson failCode failMsg costTime completeTime createTime"
    assert list(data) == fields.split()
    assert json.loads(data["param"]) == body
    assert data["failCode"] is None
    assert data["failMsg"] is None
    assert data["completeTime"] == data["createTime"] + data["costTime"]


def test_aigptimage_shows_null_until_it_is_done(sim):
    data = sim.status("aigptimage", sim.submit("aigptimage", sim.prompt("[sim: never]"))).json()
    assert data["data"]["state"] == "waiting"
    assert [data["data"][each] for each in ("resultJson", "costTime", "completeTime")] == [None] * 3


def test_liangxin_answers_with_empty_strings(sim):
    body = body_for("liangxin", sim.prompt())
    accepted = sim.post("liangxin", body).json()
    data = sim.finished("liangxin", accepted["data"]["taskId"])

    assert accepted["code"] == 200
    assert accepted["msg"] == "success"
    assert re.fullmatch(r"task_nano-banana-pro_\d{13}", accepted["data"]["taskId"])
    assert data["state"] == "success"
    assert data["failCode"] == data["failMsg"] == ""
    waiting = sim.submit("liangxin", sim.prompt("[sim: never]"))
    assert sim.status("liangxin", waiting).json()["data"]["resultJson"] == ""


def test_apixo_answers_as_its_page_shows(sim):
    accepted = sim.post("apixo", body_for("apixo", sim.prompt(), resolution="1k")).json()
    task_id = accepted["data"]["taskId"]
    data = sim.finished("apixo", task_id)

    assert accepted == {"code": 200, "message": "success", "data": {"taskId": task_id}}
    assert re.fullmatch(r"task_\d{8}", task_id)
    assert list(data) == ["taskId", "state", "resultJson", "createTime", "completeTime", "costTime"]


def test_apixo_shows_only_the_fields_of_its_failed_sample(sim):
    data = sim.finished("apixo", sim.submit("apixo", sim.prompt("[sim: fast fail=moderation]")))
    assert data == {
        "taskId": data["taskId"],
        "state": "failed",
        "failCode": "CONTENT_VIOLATION",
        "failMsg": "Content does not meet safety guidelines",
    }


@pytest.mark.parametrize(
    ("provider", "words"),
    [
        ("maxapi", ["PENDING", "SUBMITTED", "PROCESSING", "SUCCESS"]),
        ("aigptimage", ["waiting", "success"]),
        ("liangxin", ["waiting", "queuing", "generating", "success"]),
        ("apixo", ["pending", "processing", "success"]),
    ],
)
def test_a_task_goes_through_its_providers_states_in_order(sim, provider, words):
    task_id, seen = sim.submit(provider, sim.prompt("[sim: slow=0.3]")), []

    def look() -> bool:
        state = state_of(sim.status(provider, task_id).json()["data"])
        if state not in seen:
            seen.append(state)
        return state == words[-1]

    until(look)
    assert seen == sorted(seen, key=words.index)
    assert set(seen) <= set(words)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_wrong_key_gets_the_providers_own_refusal(sim, provider):
    wrong = {"Authorization": "Bearer wrong"}
    submitted = sim.http.post(SUBMIT[provider], json=body_for(provider, "x"), headers=wrong)
    asked = sim.http.get(STATUS[provider].format("x"))
    for answer in (submitted, asked):
        assert answer.status_code == 401
        body = answer.json()
        if provider == "liangxin":
            error = {"message": "invalid token", "type": "new_api_error", "code": ""}
            assert body == {"error": error}
        else:
            assert body["code"] == 401
            assert ("message" if provider == "apixo" else "msg") in body
            assert ("data" in body) == (provider != "aigptimage")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_unknown_task_is_not_found(sim, provider):
    answer = sim.status(provider, "task_unknown")
    assert answer.status_code == answer.json()["code"] == 404


def test_one_apixo_model_does_not_know_the_tasks_of_the_other(sim):
    task_id = sim.submit("apixo", sim.prompt())
    url = f"/apixo/api/v1/statusTask/nano-banana?taskId={task_id}"
    answer = sim.http.get(url, headers={"Authorization": "Bearer local-apixo-key"})
    assert answer.status_code == 404


def test_apixo_serves_its_older_model_without_a_resolution(sim):
    url, key = "/apixo/api/v1/generateTask/nano-banana", {"Authorization": "Bearer local-apixo-key"}
    given = {"mode": "text-to-image", "prompt": sim.prompt()}
    assert sim.http.post(url, json={"input": given}, headers=key).status_code == 200
    refused = sim.http.post(url, json={"input": given | {"resolution": "1K"}}, headers=key)
    assert refused.status_code == 400


def test_aigptimage_gives_the_same_request_id_the_same_task_and_charges_once(sim):
    body, known = body_for("aigptimage", sim.prompt()), {"X-Request-ID": "request-1"}
    first, second = (sim.post("aigptimage", body, **known).json() for _ in range(2))
    other = sim.post("aigptimage", body, **{"X-Request-ID": "request-2"}).json()

    assert first == second != other
    entries = sim.ledger(prompt=body["input"]["prompt"])
    assert [entry["charged"] for entry in entries] == [True, False, True]
    assert [entry["outcome"] for entry in entries] == ["accepted", "replayed", "accepted"]


@pytest.mark.parametrize("provider", ["maxapi", "liangxin", "apixo"])
def test_the_webhook_says_what_the_status_says(sim, bell, provider):
    task_id = sim.submit(provider, sim.prompt(), bell.url)
    data = sim.finished(provider, task_id)
    [(path, body)] = bell.wait_for(1)
    assert path == "/hook/token1"
    assert body["data"] == data
    assert urls_of(body["data"]) == urls_of(data)


def test_apixo_sends_no_webhook_for_an_async_request(sim, bell):
    body = body_for("apixo", sim.prompt("[sim: fast]")) | {"callback_url": bell.url}
    task_id = sim.post("apixo", body).json()["data"]["taskId"]
    sim.finished("apixo", task_id)
    assert sim.ledger(taskId=task_id)[0]["webhooks"] == []
    assert bell.heard == []


@pytest.mark.parametrize(
    ("provider", "answers", "tries"),
    [
        ("maxapi", [500], 2),
        ("maxapi", [500] * 9, 2),
        ("maxapi", [204], 1),
        ("liangxin", [500] * 9, 3),
        ("liangxin", [202], 1),
        ("apixo", [204] * 9, 4),
    ],
)
def test_a_webhook_is_retried_as_its_provider_does(sim, bell, provider, answers, tries):
    bell.answers = list(answers)
    task_id = sim.submit(provider, sim.prompt(), bell.url)
    until(lambda: len(sim.ledger(taskId=task_id)[0]["webhooks"]) >= tries)
    statuses = [each["status"] for each in sim.ledger(taskId=task_id)[0]["webhooks"]]
    assert statuses == [*answers, 200][:tries]


def test_the_ledger_tells_what_was_asked_and_what_became_of_it(sim):
    prompt = sim.prompt("[sim: busy=1]")
    sim.post("maxapi", body_for("maxapi", prompt, "https://example.com/webhook"))
    task_id = sim.submit("maxapi", prompt, "https://example.com/webhook")
    sim.http.get(urls_of(sim.finished("maxapi", task_id))[0])
    refused, accepted = sim.ledger(prompt=prompt)

    assert (refused["outcome"], refused["status"], refused["charged"]) == ("refused", 429, False)
    assert refused["taskId"] is None
    assert refused["callbackUrl"] == "https://example.com/webhook"
    assert (accepted["outcome"], accepted["status"], accepted["charged"]) == ("accepted", 200, True)
    assert accepted["state"] == "SUCCESS"
    assert accepted["model"] == "nano-banana-2"
    assert accepted["fileFetches"] == 1
    assert accepted["statusRequests"] >= 1
