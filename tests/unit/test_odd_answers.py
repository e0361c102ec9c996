"""What providers answer against their own pages, and what becomes of it."""

import json

import httpx
import pytest

from plantain.providers import provider_named


def receipt(name: str, body: object) -> str:
    return provider_named(name).read_receipt(httpx.Response(200, json=body)).kind


@pytest.mark.parametrize(("name", "code"), [("maxapi", "0"), ("maxapi", 200), ("apixo", "200")])
def test_a_job_under_an_odd_success_code_is_accepted(name: str, code: object) -> None:
    assert receipt(name, {"code": code, "data": {"taskId": "job"}}) == "accepted"


@pytest.mark.parametrize("data", [{"taskId": 12}, {"taskId": "12"}])
def test_a_job_is_accepted_whatever_its_id_is_written_as(data: object) -> None:
    assert receipt("apixo", {"code": 200, "data": data}) == "accepted"
    assert receipt("apixo", {"data": data}) == "accepted"


@pytest.mark.parametrize(
    ("words", "kind"),
    [("system busy", "busy"), ("", "busy"), ("invalid parameter: ratio", "request_refused")],
)
@pytest.mark.parametrize("code", [1001, -1])
def test_an_error_code_of_its_own_is_final_only_if_it_blames_the_request(
    code: int, words: str, kind: str
) -> None:
    assert receipt("maxapi", {"code": code, "msg": words, "data": None}) == kind


@pytest.mark.parametrize("url", ["http://[::1", "https://a.test/\ud800", "https://a.test/\n", 7])
def test_a_url_that_is_none_is_left_out(url: object) -> None:
    data = {"status": "SUCCESS", "result": {"urls": [url, "https://a.test/good.png"]}}
    content = b'{"code": 0, "data": %s}' % json.dumps(data).encode()
    update = provider_named("maxapi").read_update(httpx.Response(200, content=content))
    assert update.urls[-1] == "https://a.test/good.png"
    assert all(url.isprintable() for url in update.urls)


def test_a_reason_with_half_a_character_can_be_written_down() -> None:
    content = b'{"code": 200, "data": {"state": "failed", "failMsg": "no \\ud800 way"}}'
    update = provider_named("apixo").read_update(httpx.Response(200, content=content))
    assert update.failure is not None
    assert update.failure.message.encode() == b"no ? way"
