"""Every recorded exchange of every provider means what its recording says."""

import json
from typing import Any

import pytest

from plantain.models import Receipt, State, Update
from plantain.providers import Account, all_providers, provider_named
from plantain.providers._reading import MAX_IMAGES
from tests.unit.samples import RECORDINGS, a_request, a_task, recording, response_of

ACCOUNT = Account(key="the-key", url="https://upstream.test/base/")
RECORDED = sorted(path.stem for path in RECORDINGS.glob("*.json"))


def exchanges(kind: str) -> list[Any]:
    """Of each provider, all recordings of a kind, each named for the test's report."""
    return [
        pytest.param(name, exchange, id=f"{name}: {exchange['name']}")
        for name in RECORDED
        for exchange in recording(name)[kind]
    ]


def told(answer: Receipt | Update) -> dict[str, Any]:
    """What an adapter understood, without the words that only the log shows."""
    told = {"reason", "words", "failure"}
    shown = answer.model_dump(by_alias=True, exclude=told, exclude_defaults=True)
    return {**shown, **({"failure": answer.failure.code} if answer.failure else {})}


def test_every_provider_has_recordings_and_every_recording_a_provider() -> None:
    assert list(all_providers()) == RECORDED


@pytest.mark.parametrize(("name", "exchange"), exchanges("submissions"))
def test_a_submission_is_written_as_the_page_says(name: str, exchange: dict[str, Any]) -> None:
    callback = recording(name)["callbackUrl"] or "https://never.test"
    request = a_request(exchange["task"]["model"], **exchange["task"]["input"])
    request = request.model_copy(update={"routing": exchange["task"].get("routing")})
    task = a_task(State.SUBMITTING, request=request)
    sent = provider_named(name).submit_request(task, ACCOUNT, callback)
    expected = exchange["request"]
    assert (sent.method, str(sent.url)) == (
        expected["method"],
        "https://upstream.test/base" + expected["path"],
    )
    assert json.loads(sent.content) == expected["body"]
    assert sent.headers["Authorization"] == "Bearer the-key"
    assert sent.headers["Content-Type"] == "application/json"
    own = {"X-Request-ID": sent.headers["X-Request-ID"]} if "X-Request-ID" in sent.headers else {}
    assert own == expected.get("headers", {})


@pytest.mark.parametrize("name", RECORDED)
def test_a_job_is_asked_after_as_the_page_says(name: str) -> None:
    question = recording(name)["question"]
    task = a_task(State.SUBMITTED, request=a_request(question["model"]))
    asked = provider_named(name).status_request(task, ACCOUNT, question["providerTaskId"])
    expected = question["request"]
    assert asked.method == expected["method"]
    assert str(asked.url) == "https://upstream.test/base" + expected["path"]
    assert asked.headers["Authorization"] == "Bearer the-key"


@pytest.mark.parametrize(("name", "exchange"), exchanges("receipts"))
def test_an_answer_to_a_submission_is_understood(name: str, exchange: dict[str, Any]) -> None:
    receipt = provider_named(name).read_receipt(response_of(exchange))
    assert told(receipt) == exchange["means"]


@pytest.mark.parametrize(("name", "exchange"), exchanges("updates"))
def test_the_state_of_a_job_is_understood(name: str, exchange: dict[str, Any]) -> None:
    update = provider_named(name).read_update(response_of(exchange))
    assert told(update) == exchange["means"]


@pytest.mark.parametrize("name", RECORDED)
def test_the_recordings_show_every_kind_of_answer(name: str) -> None:
    recorded = recording(name)
    assert {e["means"]["kind"] for e in recorded["receipts"]} == {
        *("accepted", "busy", "account_refused", "request_refused", "unclear")
    }
    assert {e["means"]["kind"] for e in recorded["updates"]} == {
        *("pending", "succeeded", "failed", "missing", "unavailable")
    }


@pytest.mark.parametrize("name", RECORDED)
@pytest.mark.parametrize("body", ["null", "[]", "{", '{"data":[]}', "\x00", "[" * 100_000, "1e999"])
def test_no_answer_however_odd_breaks_an_adapter(name: str, body: str) -> None:
    provider = provider_named(name)
    for status in (200, 204, 302, 400, 418, 500, 599):
        odd = response_of({"status": status, "body": body})
        assert provider.read_receipt(odd).kind != "accepted"
        assert provider.read_update(odd).kind in ("unavailable", "missing")


@pytest.mark.parametrize("name", RECORDED)
def test_an_id_cannot_leave_its_place_in_the_url(name: str) -> None:
    question = recording(name)["question"]
    task = a_task(State.SUBMITTED, request=a_request(question["model"]))
    asked = provider_named(name).status_request(task, ACCOUNT, "../x?a=1&b#c/ü")
    assert "..%2Fx%3Fa%3D1%26b%23c%2F%C3%BC" in str(asked.url)


@pytest.mark.parametrize("length", [201, 100_000])
@pytest.mark.parametrize("name", RECORDED)
def test_an_endless_id_is_not_kept(name: str, length: int) -> None:
    accepted = next(e for e in recording(name)["receipts"] if e["name"] == "accepted")
    body = {**accepted["body"], "data": {"taskId": "x" * length}}
    assert provider_named(name).read_receipt(response_of({"status": 200, "body": body})).kind == (
        "unclear"
    )


def test_a_result_of_very_many_pictures_is_cut() -> None:
    urls = [f"https://cdn.test/{n}.png" for n in range(MAX_IMAGES + 1)]
    data = {"status": "SUCCESS", "result": {"type": "image", "urls": urls}}
    body = {"code": 0, "msg": "ok", "data": data}
    update = provider_named("maxapi").read_update(response_of({"status": 200, "body": body}))
    assert update.urls == urls[:MAX_IMAGES]
