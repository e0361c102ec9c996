"""Asked again where that is safe and may help, and nowhere else."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from client.tests.driving import ENDED, TASK, Drive, says

from plantain_client import calls, orders
from plantain_client.errors import (
    ApiError,
    Conflict,
    KeyUnusable,
    NotAuthorized,
    NotFound,
    PlantainError,
    Refused,
    Unavailable,
    Unreachable,
)
from plantain_client.retries import LONGEST_PAUSE, TRIES

NO_ANSWER = [
    httpx.ConnectError("refused"),
    httpx.ReadTimeout("too slow"),
    httpx.RemoteProtocolError("cut"),
]
BUSY = {"code": "busy", "detail": "Too much at once"}


@pytest.mark.parametrize("trouble", [*NO_ANSWER, *map(says, (429, 500, 502, 503, 504))], ids=repr)
def test_an_order_is_sent_again_with_the_same_key_and_body(
    trouble: Exception | httpx.Response,
) -> None:
    drive = Drive().run(orders.order("a cat", {}), [trouble, trouble, says(202, TASK)])
    assert drive.result.task_id == TASK["taskId"]
    first, *others = drive.calls
    assert len(first.headers["Idempotency-Key"]) >= 20
    assert others == [first, first]
    assert len(drive.pauses) == 2


def test_each_order_has_a_key_of_its_own_unless_one_is_given() -> None:
    options: list[orders.Options] = [{}, {}, {"key": "mine"}]
    sent = [Drive().run(orders.order("a cat", each), [says(202, TASK)]).calls for each in options]
    keys = [call.headers["Idempotency-Key"] for (call,) in sent]
    assert len(set(keys)) == 3
    assert keys[2] == "mine"


@pytest.mark.parametrize("key", ["", " ", "order ", "é", "a\nb", "x" * 256])
def test_a_key_that_cannot_be_sent_is_never_replaced_by_a_new_one(key: str) -> None:
    drive = Drive()
    with pytest.raises(KeyUnusable):
        drive.run(orders.order("a cat", {"key": key}), [])
    assert drive.calls == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, NotAuthorized),
        (403, NotAuthorized),
        (404, NotFound),
        (409, Conflict),
        (410, Refused),
        (413, Refused),
        (422, Refused),
        (302, Refused),
    ],
)
def test_what_will_never_be_taken_is_not_sent_again(status: int, kind: type[ApiError]) -> None:
    told = {"detail": "No.", "code": "a_code", "errors": [{"field": "model"}]}
    drive = Drive()
    with pytest.raises(kind, match=r"^No\.$") as caught:
        drive.run(calls.show("tsk_a"), [says(status, told, x_request_id="r1")])
    assert len(drive.calls) == 1
    error = caught.value
    assert (error.status, error.code, error.request_id) == (status, "a_code", "r1")
    assert error.errors == [{"field": "model"}]


def test_the_end_of_patience_is_told_with_the_last_reason() -> None:
    drive = Drive()
    with pytest.raises(Unavailable, match="Too much at once") as caught:
        drive.run(calls.show("tsk_a"), [says(503, BUSY)] * TRIES)
    assert (caught.value.code, caught.value.tries) == ("busy", TRIES)
    assert len(drive.calls) == TRIES


def test_pauses_grow_and_have_an_end() -> None:
    drive = Drive()
    with pytest.raises(Unreachable, match="refused"):
        drive.run(calls.show("tsk_a"), [httpx.ConnectError("refused")] * TRIES)
    for number, pause in enumerate(drive.pauses):
        longest = min(LONGEST_PAUSE, 0.5 * 2**number)
        assert longest / 2 <= pause <= longest


def test_a_pause_is_never_shorter_than_was_asked_for() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    answers = [says(429, retry_after="20"), says(503, retry_after=later), says(200, TASK)]
    first, second = Drive().run(calls.show("tsk_a"), answers).pauses
    assert first == 20
    assert 30 < second <= 40


def test_who_asks_for_more_patience_than_there_is_is_left_to_the_caller() -> None:
    drive = Drive()
    with pytest.raises(Unavailable) as caught:
        drive.run(calls.show("tsk_a"), [says(429, {"message": "Later"}, retry_after="3600")])
    assert (caught.value.retry_after, drive.pauses) == (3600, [])


def test_a_date_that_is_none_is_no_reason_to_wait() -> None:
    answers = [says(503, retry_after="soon"), says(200, TASK)]
    assert Drive().run(calls.show("tsk_a"), answers).result.status == "processing"


@pytest.mark.parametrize("code", ["no_provider", "no_price"])
def test_that_nobody_makes_a_model_is_not_asked_twice(code: str) -> None:
    drive = Drive()
    with pytest.raises(Unavailable):
        drive.run(orders.order("a cat", {}), [says(503, {"code": code})])
    assert len(drive.calls) == 1


@pytest.mark.parametrize("answer", [httpx.ReadTimeout("slow"), says(500), says(503)], ids=repr)
def test_a_rotation_that_may_have_happened_is_not_sent_again(
    answer: Exception | httpx.Response,
) -> None:
    drive = Drive()
    with pytest.raises(PlantainError):
        drive.run(calls.rotate_secret(), [answer])
    assert len(drive.calls) == 1


@pytest.mark.parametrize("answer", [httpx.ConnectError("refused"), says(429)], ids=repr)
def test_a_rotation_that_has_not_happened_is_sent_again(answer: Exception | httpx.Response) -> None:
    drive = Drive().run(calls.rotate_secret(), [answer, says(200, {"secret": "whsec_eA=="})])
    assert drive.result.secret == "whsec_eA=="


def test_a_deletion_whose_answer_was_lost_is_done() -> None:
    answers = [httpx.ReadTimeout("slow"), says(404, {"code": "task_not_found"})]
    assert len(Drive().run(calls.delete("tsk_a"), answers).calls) == 2


def test_what_never_was_is_not_deleted() -> None:
    with pytest.raises(NotFound):
        Drive().run(calls.delete("tsk_a"), [says(404)])


def test_a_deletion_waits_until_the_end_was_told() -> None:
    running = says(409, {"code": "task_running"})
    drive = Drive().run(calls.delete("tsk_a"), [running, says(200, ENDED), says(204)])
    assert drive.pauses == [0.5]


def test_a_task_that_runs_is_not_deleted() -> None:
    with pytest.raises(Conflict):
        Drive().run(calls.delete("tsk_a"), [says(409), says(200, TASK)])


@pytest.mark.parametrize("body", [{"hello": "world"}, [], None, {**TASK, "createdAt": 7}])
def test_what_answers_but_is_no_plantain_is_told_so(body: object) -> None:
    with pytest.raises(Unavailable, match="no Plantain"):
        Drive().run(calls.show("tsk_a"), [says(200, body)])


@pytest.mark.parametrize("task_id", ["", "../webhook", "a/b", "tsk_a?wait=1", "tsk_%2e"])
def test_what_is_no_id_is_part_of_no_address(task_id: str) -> None:
    with pytest.raises(NotFound):
        Drive().run(calls.show(task_id), [])
