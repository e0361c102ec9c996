"""Each way to misbehave, asked for by a marker in the prompt, the configuration or chance."""

import httpx
import pytest

from simulator.faults import FaultBook
from tests.simulator.client import PROVIDERS, body_for, state_of, until, urls_of


def statuses(sim, provider, marker, tries=2):
    body = body_for(provider, sim.prompt(f"[sim: {marker}]"))
    return [sim.post(provider, body).status_code for _ in range(tries)]


@pytest.mark.parametrize(
    ("provider", "marker", "status"),
    [
        *((provider, "busy=1", 429) for provider in PROVIDERS),
        *((provider, "down=1", 503) for provider in PROVIDERS),
        *((provider, "error=1", 500) for provider in PROVIDERS),
        ("maxapi", "bare500=1", 500),
        ("maxapi", "bad-gateway=1", 502),
        ("aigptimage", "limit=1", 409),
        ("apixo", "limit=1", 429),
        ("maxapi", "credits=1", 402),
        ("aigptimage", "credits=1", 402),
        ("liangxin", "credits=1", 403),
        ("apixo", "credits=1", 400),
        ("liangxin", "price=1", 400),
    ],
)
def test_the_first_submits_of_a_prompt_are_refused(sim, provider, marker, status):
    assert statuses(sim, provider, marker) == [status, 200]


def test_a_bare_word_refuses_always_and_an_unknown_word_never(sim):
    assert statuses(sim, "apixo", "down", 3) == [503] * 3
    assert statuses(sim, "apixo", "weather=bad price", 1) == [200]


def test_several_words_take_their_turns(sim):
    assert statuses(sim, "maxapi", "busy=2 down=1", 4) == [429, 429, 503, 200]


def test_apixo_is_out_of_credits_as_its_sample_shows(sim):
    answer = sim.post("apixo", body_for("apixo", sim.prompt("[sim: credits]")))
    assert answer.json() == {"code": 400, "message": "Insufficient credits", "data": None}


def test_a_busy_provider_says_when_to_come_back(sim):
    usual, longer = (
        sim.post("maxapi", body_for("maxapi", sim.prompt(f"[sim: busy {more}]")))
        for more in ("", "retry-after=7")
    )
    assert usual.headers["Retry-After"] == "1"
    assert longer.headers["Retry-After"] == "7"


def test_a_refusal_can_hide_in_an_http_200(sim):
    answer = sim.post("maxapi", body_for("maxapi", sim.prompt("[sim: refuse=413 http200]")))
    assert answer.status_code == 200
    assert answer.json()["code"] == 413


def test_liangxins_platform_can_be_the_one_that_refuses(sim):
    answer = sim.post("liangxin", body_for("liangxin", sim.prompt("[sim: credits platform]")))
    assert answer.status_code == 403
    assert answer.json()["error"]["type"] == "new_api_error"


def test_a_broken_answer_can_be_charged_all_the_same(sim):
    prompt = sim.prompt("[sim: bare500=1 charged]")
    assert sim.post("maxapi", body_for("maxapi", prompt)).text == "Internal Server Error"
    [entry] = sim.ledger(prompt=prompt)
    assert entry["charged"]
    assert entry["taskId"]
    assert entry["status"] == 500


def test_a_success_can_come_without_an_id_and_is_charged(sim):
    prompt = sim.prompt("[sim: no-id]")
    assert sim.post("apixo", body_for("apixo", prompt)).json()["data"] == {}
    assert sim.ledger(prompt=prompt)[0]["charged"]


def test_a_dropped_submit_is_charged_and_a_replay_is_answered(sim):
    prompt, known = sim.prompt("[sim: drop]"), {"X-Request-ID": "dropped"}
    body = body_for("aigptimage", prompt)
    with pytest.raises(httpx.RemoteProtocolError):
        sim.post("aigptimage", body, **known)
    answer = sim.post("aigptimage", body, **known).json()
    dropped, replayed = sim.ledger(prompt=prompt)
    assert dropped["charged"]
    assert not replayed["charged"]
    assert dropped["taskId"] == replayed["taskId"] == answer["data"]["taskId"]


def test_a_hanging_submit_is_charged_before_it_is_answered(sim):
    prompt = sim.prompt("[sim: hang=30]")
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            sim.url + "/maxapi/api/v1/task/submit",
            json=body_for("maxapi", prompt),
            headers={"Authorization": "Bearer local-maxapi-key"},
            timeout=0.2,
        )
    [entry] = until(lambda: [each for each in sim.ledger(prompt=prompt) if each["charged"]])
    assert entry["status"] is None


def test_a_hanging_status_is_heard_and_not_answered(sim):
    task_id = sim.submit("maxapi", sim.prompt("[sim: status-hang=30]"))
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(
            f"{sim.url}/maxapi/api/v1/task/{task_id}",
            headers={"Authorization": "Bearer local-maxapi-key"},
            timeout=0.2,
        )
    [entry] = sim.ledger(taskId=task_id)
    assert entry["statusRequests"] == 1


@pytest.mark.parametrize(
    ("provider", "why", "state", "code"),
    [
        ("maxapi", "moderation", "FAILURE", "CONTENT_MODERATION"),
        ("maxapi", "parameters", "FAILURE", "INVALID_PARAMETERS"),
        ("maxapi", "image", "FAILURE", "INVALID_PARAMETERS"),
        ("maxapi", "credits", "FAILURE", "INSUFFICIENT_POINTS"),
        ("maxapi", "transient", "FAILURE", None),
        ("maxapi", "timeout", "TIMEOUT", None),
        ("maxapi", "cancelled", "CANCELLED", None),
        ("aigptimage", "moderation", "fail", "422"),
        ("liangxin", "transient", "fail", "500"),
        ("apixo", "image", "failed", "INVALID_IMAGE_URL"),
        ("apixo", "timeout", "failed", "PROCESSING_TIMEOUT"),
        ("apixo", "NSFW", "failed", "NSFW"),
    ],
)
def test_a_task_fails_in_its_providers_words(sim, provider, why, state, code):
    task_id = sim.submit(provider, sim.prompt(f"[sim: fast fail={why}]"))
    data = sim.finished(provider, task_id)
    assert state_of(data) == state
    assert data["failure_reason" if provider == "maxapi" else "failCode"] == code


def test_a_state_can_be_a_strange_word_for_a_while(sim):
    def state(task_id):
        return state_of(sim.status("liangxin", task_id).json()["data"])

    endless = sim.submit("liangxin", sim.prompt("[sim: strange never]"))
    until(lambda: state(endless) == "reviewing")
    ending = sim.submit("liangxin", sim.prompt("[sim: strange]"))
    until(lambda: state(ending) == "success")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_success_can_lack_its_result_at_first(sim, provider):
    task_id = sim.submit(provider, sim.prompt("[sim: fast noresult]"))
    answers = [sim.status(provider, task_id).json()["data"] for _ in range(3)]
    field = "result" if provider == "maxapi" else "resultJson"
    assert not any("http" in str(each.get(field)) for each in answers[:2])
    assert urls_of(answers[2])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_result_can_be_broken_at_first(sim, provider):
    task_id = sim.submit(provider, sim.prompt("[sim: fast badjson=1]"))
    with pytest.raises((ValueError, TypeError)):
        urls_of(sim.status(provider, task_id).json()["data"])
    assert urls_of(sim.status(provider, task_id).json()["data"])


def test_status_requests_can_be_refused_at_first(sim):
    task_id = sim.submit("apixo", sim.prompt("[sim: fast status-down=2 status-busy=1]"))
    answers = [sim.status("apixo", task_id) for _ in range(4)]
    assert [each.status_code for each in answers] == [429, 503, 500, 200]
    assert answers[0].headers["Retry-After"] == "1"


def test_a_lost_webhook_is_written_down_but_not_sent(sim, bell):
    task_id = sim.submit("maxapi", sim.prompt("[sim: webhook=lose]"), bell.url)
    [note] = until(lambda: sim.ledger(taskId=task_id)[0]["webhooks"])
    assert note["error"] == "lost on purpose"
    assert bell.heard == []


def test_a_webhook_can_come_twice_with_the_same_body(sim, bell):
    sim.submit("apixo", sim.prompt("[sim: webhook=twice]"), bell.url)
    first, second = bell.wait_for(2)
    assert first == second


def test_a_webhook_can_come_late(sim, bell):
    marker = "[sim: webhook=late webhook-delay=0.3]"
    task_id = sim.submit("liangxin", sim.prompt(marker), bell.url)
    [(_, body)] = bell.wait_for(1)
    [note] = until(lambda: sim.ledger(taskId=task_id)[0]["webhooks"])
    assert note["at"] * 1000 - body["data"]["completeTime"] > 290


def test_an_old_webhook_can_come_after_the_last_one(sim, bell):
    sim.submit("liangxin", sim.prompt("[sim: webhook=reorder]"), bell.url)
    states = [body["data"]["state"] for _, body in bell.wait_for(2)]
    assert states == ["success", "generating"]


@pytest.mark.parametrize("provider", ["maxapi", "liangxin", "apixo"])
def test_webhooks_can_be_forged_before_the_true_one(sim, bell, provider):
    task_id = sim.submit(provider, sim.prompt("[sim: webhook=forge+foreign]"), bell.url)
    wrong, failure, rich, stranger, truth = bell.wait_for(5)
    assert wrong[0] == "/hook/uplfo2"
    assert {each[0] for each in (failure, rich, stranger, truth)} == {"/hook/token1"}
    assert state_of(failure[1]["data"]) in {"FAILURE", "fail", "failed"}
    assert urls_of(rich[1]["data"])[0].startswith("https://images.example.net/")
    assert stranger[1]["data"]["taskId"] != task_id
    assert truth[1]["data"] == sim.status(provider, task_id).json()["data"]


def test_an_early_webhook_is_heard_before_the_submit_is_answered(sim, bell):
    task_id = sim.submit("maxapi", sim.prompt("[sim: webhook=early]"), bell.url)
    assert [body["data"]["taskId"] for _, body in bell.heard] == [task_id]


def test_a_marker_can_be_for_some_providers_only(sim):
    prompt = sim.prompt("[sim:maxapi,apixo down] [sim: images=2]")
    assert sim.post("maxapi", body_for("maxapi", prompt)).status_code == 503
    assert sim.post("apixo", body_for("apixo", prompt)).status_code == 503
    assert len(sim.picture_urls("liangxin", prompt)) == 2


def test_the_configuration_uses_the_same_words_and_the_prompt_beats_it(sim):
    sim.http.put("/_sim/config", json={"*": "images=2", "maxapi": "fail=timeout fast"})
    try:
        failed = sim.finished("maxapi", sim.submit("maxapi", sim.prompt()))
        three = sim.picture_urls("liangxin", sim.prompt("[sim: images=3]"))
        two = sim.picture_urls("apixo", sim.prompt())
    finally:
        sim.http.delete("/_sim/config")
    assert (failed["status"], len(three), len(two)) == ("TIMEOUT", 3, 2)
    assert sim.http.get("/_sim/config").json() == {}


def test_a_configuration_of_another_shape_is_refused(sim):
    assert sim.http.put("/_sim/config", json={"nobody": "down"}).status_code == 400
    assert sim.http.put("/_sim/chaos", json={"rates": {"down": 2}}).status_code == 400


def test_the_same_seed_draws_the_same_faults():
    def draw(seed):
        book = FaultBook()
        book.chaos = {"seed": seed, "rates": {"webhook=lose": 0.3, "busy=1": 0.3}}
        return [book.faults_for("maxapi", f"prompt {i}").words for i in range(100)]

    assert draw(7) == draw(7) != draw(8)
    assert 10 < sum("busy" in words for words in draw(7)) < 60


def test_chaos_reaches_the_tasks_and_can_be_ended(sim):
    sim.http.put("/_sim/chaos", json={"seed": 7, "rates": {"down": 1}})
    try:
        chaotic = sim.post("maxapi", body_for("maxapi", sim.prompt())).status_code
    finally:
        sim.http.delete("/_sim/chaos")
    assert chaotic == 503
    assert sim.post("maxapi", body_for("maxapi", sim.prompt())).status_code == 200


def test_an_account_has_the_keys_that_it_is_given(sim):
    body = body_for("maxapi", sim.prompt())
    sim.http.put("/_sim/keys", json={"maxapi": ["new", "local-maxapi-key"]})
    try:
        assert sim.post("maxapi", body).status_code == 200
        sim.http.put("/_sim/keys", json={"maxapi": ["new"]})
        assert sim.post("maxapi", body).status_code == 401
        assert sim.post("liangxin", body_for("liangxin", sim.prompt())).status_code == 200
    finally:
        sim.http.delete("/_sim/keys")
    assert sim.post("maxapi", body).status_code == 200
    assert sim.http.put("/_sim/keys", json={"maxapi": "new"}).status_code == 400
