"""A task is recorded, then bought: what each answer of a provider makes of it."""

from typing import Any

import httpx
import pytest

from plantain import references, settings, store, uploads
from plantain.errors import FailureCode, InvalidRequest, NoProvider
from plantain.intake import task_id_of
from plantain.models import State, Task, UploadRequest
from tests.integration.world import World
from tests.unit.samples import API, NOW

PNG = "https://example.com/a.png"
ELSEWHERE = [
    *("429 with Retry-After", "503", "500 in its own envelope", "unauthorized"),
    *("payment required", "insufficient points", "error code inside HTTP 200"),
    *(httpx.ConnectError("refused"), httpx.ConnectTimeout("slow")),
]
UNCLEAR = [
    *("bare 500", "500 of a gateway", "502 of a proxy", "504 of a proxy", "request time-out"),
    *("success without id", "success that is not JSON", "empty object", "moved"),
    *(httpx.ReadTimeout("slow"), httpx.ReadError("reset"), httpx.RemoteProtocolError("gone")),
]


def test_an_accepted_task_is_submitted_and_bought_once(world: World) -> None:
    task = world.order()
    assert task == world.read(task)
    assert (task.state, task.provider, task.attempt) == (State.SUBMITTED, "maxapi", 1)
    assert task.provider_task_id == "c3d4e5f6-a7b8-9012-cdef-234567890abc"
    assert world.providers.asked() == ["maxapi"]
    assert world.rings() == []


def test_the_row_is_there_before_anything_is_bought(world: World) -> None:
    seen: list[Task | None] = []

    def look(request: httpx.Request) -> str:
        seen.append(store.find(task_id_of("alice", "k")))
        return "accepted"

    world.providers.say("maxapi", submit=look)
    world.order(key="k")
    (row,) = seen
    assert row is not None
    assert (row.state, row.hold, row.due) == (State.SUBMITTING, NOW + 40, NOW + 45)


@pytest.mark.parametrize("answer", ELSEWHERE, ids=str)
def test_what_is_not_bought_here_is_bought_elsewhere(answer: Any, world: World) -> None:
    world.providers.say("maxapi", submit=answer)
    task = world.order("nano-banana-2")
    assert (task.state, task.provider, task.attempt) == (State.SUBMITTED, "apixo", 2)
    assert world.providers.asked() == ["maxapi", "apixo"]


@pytest.mark.parametrize("answer", UNCLEAR, ids=str)
def test_what_may_have_been_bought_is_not_bought_again(answer: Any, world: World) -> None:
    world.providers.say("maxapi", submit=answer)
    task = world.order("nano-banana-2")
    assert (task.state, task.provider, task.hold) == (State.UNKNOWN, "maxapi", None)
    world.wait(960)
    task = world.read(task)
    assert (task.state, task.failure and task.failure.code) == (
        State.FAILED,
        FailureCode.CHARGE_UNKNOWN,
    )
    assert world.providers.asked() == ["maxapi"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("invalid parameters", FailureCode.INVALID_INPUT),
        ("another code inside HTTP 200", FailureCode.INVALID_INPUT),
        ("moderation", FailureCode.CONTENT_MODERATION),
    ],
)
def test_a_request_that_is_refused_is_refused_everywhere(
    answer: str, code: FailureCode, world: World
) -> None:
    world.providers.say("maxapi", submit=answer)
    task = world.order("nano-banana-2")
    assert (task.state, task.failure and task.failure.code) == (State.FAILED, code)
    assert world.providers.asked() == ["maxapi"]


def test_an_account_that_all_refuse_is_the_end(world: World) -> None:
    world.providers.say("maxapi", submit="unauthorized")
    world.providers.say("apixo", submit="insufficient credits, as a 400")
    task = world.order("nano-banana-2")
    assert (task.state, task.attempt) == (State.FAILED, 2)
    assert task.failure is not None
    assert task.failure.code is FailureCode.INSUFFICIENT_CREDITS
    assert task.failure.retryable


def test_retry_after_is_honoured_and_then_the_task_is_bought(world: World) -> None:
    world.accounts("maxapi")
    world.providers.say("maxapi", submit=["429 with Retry-After", "accepted"])
    task = world.order()
    assert (task.state, task.hold) == (State.QUEUED, NOW + 7)
    world.wait(6)
    assert world.providers.asked() == ["maxapi"]
    world.wait(1)
    assert world.providers.asked() == ["maxapi"] * 2
    assert world.read(task).state is State.SUBMITTED


def test_an_outage_is_waited_out_with_fewer_and_fewer_tries(world: World) -> None:
    world.accounts("maxapi")
    world.providers.say("maxapi", submit=httpx.ConnectError("refused"))
    task = world.order()
    world.wait(600)
    assert 5 < len(world.providers.submissions) < 15
    world.providers.say("maxapi", submit="accepted")
    world.wait(120)
    task = world.read(task)
    assert (task.state, task.attempt) == (State.SUCCEEDED, len(world.providers.submissions))


@pytest.mark.parametrize("answer", ["503", "429 with Retry-After"])
def test_an_outage_without_end_ends_at_the_deadline(answer: str, world: World) -> None:
    world.set(DEADLINE_SECONDS=300)
    world.accounts("maxapi")
    world.providers.say("maxapi", submit=answer)
    task = world.order()
    world.wait(300 + 60)
    task = world.read(task)
    assert task.failure is not None
    assert task.failure.code is FailureCode.DEADLINE_EXCEEDED


def test_a_very_long_retry_after_does_not_outlast_the_deadline(world: World) -> None:
    world.set(DEADLINE_SECONDS=300)
    world.accounts("maxapi")
    answer = httpx.Response(503, headers={"Retry-After": "86400"})
    world.providers.say("maxapi", submit=answer)
    task = world.order()
    world.wait(300 + 60)
    assert world.read(task).state is State.FAILED


def test_a_wait_that_the_queue_cannot_keep_is_kept_in_parts(world: World) -> None:
    world.accounts("maxapi")
    answer = httpx.Response(503, headers={"Retry-After": "1000"})
    world.providers.say("maxapi", submit=[answer, "accepted"])
    world.order()
    assert [delay for delay, _ in world.rings()] == [900]
    world.wait(999)
    assert len(world.providers.submissions) == 1
    world.wait(1)
    assert len(world.providers.submissions) == 2


def test_a_busy_provider_is_preferred_to_one_that_refuses_the_account(world: World) -> None:
    world.providers.say("maxapi", submit=["503 with Retry-After", "accepted"])
    world.providers.say("apixo", submit="unauthorized")
    task = world.order("nano-banana-2")
    assert (task.state, task.hold) == (State.QUEUED, NOW + 30)
    world.wait(30)
    assert world.providers.asked() == ["maxapi", "apixo", "maxapi"]
    assert world.read(task).state is State.SUBMITTED


def test_a_pinned_task_waits_for_its_provider(world: World) -> None:
    world.providers.say("maxapi", submit="503")
    task = world.order("nano-banana-2", outside={"provider": "maxapi"})
    assert task.state is State.QUEUED
    assert world.providers.asked() == ["maxapi"]


def test_a_task_that_lost_its_only_provider_waits_for_the_owner(world: World) -> None:
    world.accounts("maxapi")
    world.providers.say("maxapi", submit=["503", "accepted"])
    task = world.order()
    world.accounts("liangxin")
    world.wait(300)
    assert world.read(task).state is State.QUEUED
    world.accounts("maxapi")
    world.wait(120)
    assert world.read(task).state is State.SUCCEEDED


def test_a_provider_without_webhooks_is_asked_when_its_job_may_be_done(world: World) -> None:
    world.accounts("aigptimage")
    world.order(imageUrls=[PNG])
    ((delay, ring),) = world.rings()
    assert (ring.chain, delay) == (True, 13)


@pytest.mark.parametrize("url", ["http://example.com/a.png", "https://127.0.0.1/a.png"])
def test_a_url_that_may_not_be_used_is_refused_and_nothing_recorded(url: str, world: World) -> None:
    with pytest.raises(InvalidRequest) as refused:
        world.order(imageUrls=[PNG, url], key="k")
    assert [error["field"] for error in refused.value.errors] == ["input.imageUrls.1"]
    with pytest.raises(InvalidRequest) as refused:
        world.order(outside={"callBackUrl": url}, key="k")
    assert [error["field"] for error in refused.value.errors] == ["callBackUrl"]
    assert store.find(task_id_of("alice", "k")) is None


def test_a_reference_that_was_never_uploaded_is_not_paid_for(world: World) -> None:
    place = uploads.invite(UploadRequest(content_type="image/png", bytes=3), API)
    with pytest.raises(InvalidRequest) as refused:
        world.order(imageUrls=[PNG, place.link], key="k")
    assert [error["field"] for error in refused.value.errors] == ["input.imageUrls.1"]
    assert store.find(task_id_of("alice", "k")) is None
    assert world.providers.submissions == []


def test_an_order_sent_again_is_the_same_when_its_upload_has_gone(world: World) -> None:
    place = uploads.invite(UploadRequest(content_type="image/png", bytes=3), API)
    where = {
        "Bucket": settings.settings().image_bucket,
        "Key": references.key_of(place.link.rpartition("/")[2]),
    }
    settings.client("s3").put_object(**where, Body=b"png")
    task = world.order(imageUrls=[place.link], key="k")
    settings.client("s3").delete_objects(
        Bucket=where["Bucket"], Delete={"Objects": [{"Key": where["Key"]}], "Quiet": True}
    )
    assert world.order(imageUrls=[place.link], key="k") == task
    with pytest.raises(InvalidRequest):
        world.order(imageUrls=[place.link], key="other")
    assert len(world.providers.submissions) == 1


def test_without_any_account_nothing_is_recorded(world: World) -> None:
    world.accounts()
    with pytest.raises(NoProvider):
        world.order(key="k")
    assert store.find(task_id_of("alice", "k")) is None
