"""Every recorded exchange of every dialect: its page's examples, read and told to the letter."""

import json
from typing import Any

import pytest

from plantain import bodies, errors, intake, keys, tasks
from plantain.dialects import all_dialects, speaker_of
from plantain.errors import ApiError, FailureCode
from plantain.limits import Caller
from plantain.models import State, Task
from plantain.providers import provider_named
from tests.unit.gateway import function, request, told
from tests.unit.samples import DIALECTS, a_request, a_task, response_of
from tests.unit.samples import dialect_recording as recording

RECORDED = sorted(path.stem for path in DIALECTS.glob("*.json"))
KEY = keys.new_key()


def exchanges(kind: str) -> list[Any]:
    return [
        pytest.param(name, each, id=f"{name}: {each['name']}")
        for name in RECORDED
        for each in recording(name)[kind]
    ]


@pytest.fixture
def taken(
    clients: dict[str, Any], accounts: None, environment: pytest.MonkeyPatch
) -> list[tuple[Task, str | None]]:
    """What was ordered, and under which idempotency key: checked and routed, but not bought."""
    holder = {f"key#{keys.key_hash(KEY)}": {"owner": {"S": "alice"}}}
    clients["dynamodb"] = SimpleDynamo(holder)
    seen: list[tuple[Task, str | None]] = []

    def submit(caller: Caller, request: Any, key: str | None, base_url: str, dialect: str) -> Task:
        task_id = f"tsk_{len(seen)}"
        seen.append((intake.open_task(task_id, caller.owner, request, "f", base_url, dialect), key))
        return seen[-1][0]

    environment.setattr(tasks, "submit", submit)
    return seen


class SimpleDynamo:
    """The table of owners, as far as keys are looked up."""

    def __init__(self, rows: dict[str, Any]) -> None:
        self.rows = rows

    def get_item(self, **asked: Any) -> dict[str, Any]:
        found = self.rows.get(asked["Key"]["id"]["S"])
        return {"Item": found} if found else {}

    def update_item(self, **_: Any) -> None:
        """When a key was last used is of no interest here."""


def post(path: str, body: Any, key: str = KEY, **headers: str) -> dict[str, Any]:
    text = body if isinstance(body, str) else json.dumps(body)
    headers = {"authorization": f"Bearer {key}", **headers}
    event = request("POST", path, body=text, headers=headers)
    del event["requestContext"]["authorizer"]
    answer: dict[str, Any] = function("translate").handler(event, None)
    return answer


def a_recorded(fields: dict[str, Any]) -> Task:
    sent = fields["request"]
    outside = {name: value for name, value in sent.items() if name not in ("model", "input")}
    return a_task(
        **{**fields, "request": a_request(sent["model"], **sent["input"], outside=outside)}
    )


def test_every_dialect_has_recordings_and_every_recording_a_dialect() -> None:
    assert list(all_dialects()) == RECORDED


# ── what is asked for ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "each"), exchanges("submissions"))
def test_a_submission_means_what_its_page_says(
    name: str, each: dict[str, Any], taken: list[tuple[Task, str | None]]
) -> None:
    expected = dict(each["task"])
    if "data:" in str(expected):
        return assert_asks_for(name, each)  # to be lifted out before it is checked
    answer = post(each["path"], each["body"])
    assert answer["statusCode"] == 200, answer["body"]
    ((task, key),) = taken
    assert task.request.as_sent() == expected
    assert (task.owner, task.dialect, key) == ("alice", name, None)
    assert told(answer)["data"] == {"taskId": task.task_id}
    return None


def assert_asks_for(name: str, each: dict[str, Any]) -> None:
    dialect, model = all_dialects()[name], each["body"]["model"]
    sent = bodies.fit(dialect.models[model].submission, each["body"])
    assert dialect.request_of(model, sent).as_sent() == each["task"]


@pytest.mark.parametrize(("name", "each"), exchanges("refused"))
def test_what_its_page_refuses_is_refused_in_its_own_shape(
    name: str, each: dict[str, Any], taken: list[tuple[Task, str | None]]
) -> None:
    answer = post(each["path"], each["body"], each.get("key", KEY))
    assert (answer["statusCode"], told(answer)) == (each["status"], each["answer"])
    assert answer["headers"]["Content-Type"] == "application/json"
    assert taken == []


def test_the_header_of_a_dialect_names_an_order_and_so_does_ours(
    taken: list[tuple[Task, str | None]],
) -> None:
    jobs = recording("liangxin")["submissions"][0]
    plain = recording("maxapi")["submissions"][0]
    post(jobs["path"], jobs["body"], **{"x-request-id": "a-1"})
    post(jobs["path"], jobs["body"], **{"idempotency-key": "a-1"})
    post(plain["path"], plain["body"], **{"x-request-id": "a-1"})
    post(plain["path"], plain["body"], **{"idempotency-key": "a-1"})
    names = [key for _, key in taken]
    assert names == ["x-request-id a-1", "a-1", None, "a-1"]
    odd = post(jobs["path"], jobs["body"], **{"x-request-id": "é"})
    assert odd["statusCode"] == 400
    assert told(odd)["msg"] == "X-Request-ID takes 1 to 255 printable ASCII characters."


def test_a_key_can_be_told_to_stay(
    taken: list[tuple[Task, str | None]], clients: dict[str, Any]
) -> None:
    staying = keys.new_key()
    row = {"owner": {"S": "alice"}, "stays": {"S": "yes"}}
    clients["dynamodb"].rows[f"key#{keys.key_hash(staying)}"] = row
    for name in RECORDED:
        each = recording(name)["submissions"][0]
        assert post(each["path"], each["body"], staying)["statusCode"] == 200
    assert [task.provider for task, _ in taken] == RECORDED
    assert [task.request.provider for task, _ in taken] == RECORDED


# ── what is told ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", RECORDED)
def test_an_accepted_task_is_told_as_on_its_page(name: str) -> None:
    accepted = recording(name)["accepted"]
    assert all_dialects()[name].accepted(accepted["task_id"]) == accepted["body"]


@pytest.mark.parametrize(("name", "each"), exchanges("tasks"))
def test_a_task_is_told_as_on_its_page(name: str, each: dict[str, Any]) -> None:
    shown = all_dialects()[name].show(a_recorded(each["task"]), each.get("urls", []))
    assert shown == each["answer"]


@pytest.mark.parametrize(("name", "each"), exchanges("tasks"))
def test_our_own_adapter_of_that_provider_understands_it(name: str, each: dict[str, Any]) -> None:
    """It was written from the same page by other hands, and shares no code with the dialect."""
    update = provider_named(name).read_update(response_of({"status": 200, "body": each["answer"]}))
    expected = {"succeeded": "succeeded", "failed": "failed", "cancelled": "failed"}
    assert update.kind == expected.get(each["task"]["state"], "pending")
    assert update.urls == each.get("urls", [])
    assert not update.reason


@pytest.mark.parametrize("name", RECORDED)
def test_every_state_and_failure_has_a_word(name: str) -> None:
    dialect = all_dialects()[name]
    for state in State:
        ended = (
            "2027-01-15T08:00:01.000Z" if state in ("succeeded", "failed", "cancelled") else None
        )
        for code in FailureCode if state is State.FAILED else [None]:
            failure = {"code": code, "message": "m"} if code else None
            task = a_task(state, finished_at=ended, failure=failure)
            data = dialect.show(task, ["https://a.test/i"])["data"]
            assert data["taskId"] == "tsk_test"


@pytest.mark.parametrize("name", RECORDED)
def test_every_error_is_told_and_only_such_exist(name: str) -> None:
    dialect = all_dialects()[name]
    kinds = [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, ApiError)]
    assert set(dialect.statuses) <= {kind.code for kind in kinds}
    for kind in kinds:
        if hasattr(kind, "code"):
            status, body = dialect.refusal(kind())
            assert 400 <= status < 600
            assert kind().detail in json.dumps(body) or "error" in body


def test_a_task_is_told_in_the_words_that_it_was_ordered_in() -> None:
    aigptimage, liangxin = all_dialects()["aigptimage"], all_dialects()["liangxin"]
    both = [aigptimage, liangxin]
    pro = a_request("nano-banana-pro")
    assert speaker_of(a_task(request=pro), both) is liangxin
    assert speaker_of(a_task(), both) is aigptimage
    assert speaker_of(a_task(request=a_request("nano-banana-2")), both) is aigptimage
    assert speaker_of(a_task(dialect="liangxin"), both) is liangxin
    assert speaker_of(a_task(dialect="maxapi", request=pro), both) is liangxin
