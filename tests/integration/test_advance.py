"""One step at a time: each state of a task, and each kind of answer."""

from typing import Any

import httpx
import pytest

from plantain import bell, rings, settings, tasks
from plantain.errors import FailureCode
from plantain.models import State, Task
from plantain.rings import Ring
from tests.integration.world import World
from tests.unit.gateway import function
from tests.unit.samples import NOW

PNG = "https://example.com/a.png"
WAITING = [
    *("PENDING", "PROCESSING", "an unknown state", "success without urls"),
    *("not found", "429 with Retry-After", "500", "not JSON", "unauthorized"),
    *(httpx.ConnectError("refused"), httpx.ReadTimeout("slow")),
]


def ended(task: Task, code: FailureCode | None) -> bool:
    state = State.FAILED if code else State.SUCCEEDED
    return (task.state, task.failure and task.failure.code) == (state, code)


def test_a_webhook_finishes_its_task(world: World) -> None:
    task = world.webhook(world.order())
    assert ended(task, None)
    assert len(task.images) == 1
    assert len(world.providers.questions) == 1


def test_without_a_webhook_the_sweep_finishes_the_task(world: World) -> None:
    task = world.order()
    world.wait(59)
    assert world.read(task).state is State.SUBMITTED
    world.wait(61)
    assert ended(world.read(task), None)


def test_a_provider_without_webhooks_is_asked_again_and_again(world: World) -> None:
    world.accounts("aigptimage")
    world.providers.say("aigptimage", status=["waiting", "generating", "success"])
    task = world.order(imageUrls=[PNG])
    world.wait(13 + 3 + 3)
    assert ended(world.read(task), None)
    assert len(world.providers.questions) == 3


@pytest.mark.parametrize("answer", WAITING, ids=str)
def test_a_task_that_is_not_ready_stays_and_one_chain_looks_again(
    answer: Any, world: World
) -> None:
    world.providers.say("maxapi", status=answer)
    task = world.order()
    assert world.webhook(task) == task
    assert world.rings() == []
    tasks.advance(Ring(task_id=task.task_id, attempt=1, chain=True))
    assert world.read(task) == task
    ((_, ring),) = world.rings()
    assert ring.chain


def test_retry_after_of_a_status_is_honoured(world: World) -> None:
    world.providers.say("maxapi", status="429 with Retry-After")
    task = world.order()
    tasks.advance(Ring(task_id=task.task_id, attempt=1, chain=True))
    assert [delay for delay, _ in world.rings()] == [9]


def test_webhooks_however_many_do_not_multiply_the_looks(world: World) -> None:
    world.accounts("aigptimage")
    world.providers.say("aigptimage", status="waiting")
    task = world.order(imageUrls=[PNG])
    for _ in range(20):
        world.webhook(task)
    assert len(world.rings()) == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("failed by moderation", FailureCode.CONTENT_MODERATION),
        ("failed by parameters", FailureCode.INVALID_INPUT),
        ("failed", FailureCode.PROVIDER_ERROR),
        ("TIMEOUT", FailureCode.PROVIDER_TIMEOUT),
        ("CANCELLED", FailureCode.PROVIDER_CANCELLED),
    ],
)
def test_a_job_that_failed_is_the_end_of_its_task(
    answer: str, code: FailureCode, world: World
) -> None:
    world.providers.say("maxapi", status=answer)
    assert ended(world.webhook(world.order("nano-banana-2")), code)
    assert world.providers.asked() == ["maxapi"]


@pytest.mark.parametrize(
    ("answer", "goes_on"),
    [("failed", True), ("TIMEOUT", True), ("failed by moderation", False)],
)
def test_by_policy_a_transient_failure_goes_to_another_provider(
    answer: str, goes_on: bool, world: World
) -> None:
    world.set(RESUBMIT_POLICY="once")
    world.providers.say("maxapi", status=answer)
    task = world.webhook(world.order("nano-banana-2"))
    world.wait(1)
    assert world.providers.asked() == ["maxapi", "apixo"][: 1 + goes_on]
    assert (world.read(task).state is State.SUBMITTED) == goes_on


def test_by_policy_once_is_once(world: World) -> None:
    world.set(RESUBMIT_POLICY="once")
    world.providers.say("maxapi", status="failed")
    world.providers.say("apixo", status="failed: GENERATION_FAILED")
    task = world.webhook(world.order("nano-banana-2"))
    world.wait(1)
    task = world.webhook(task, attempt=2)
    assert ended(task, FailureCode.PROVIDER_ERROR)
    assert world.providers.asked() == ["maxapi", "apixo"]


def test_a_job_that_was_not_paid_for_goes_to_another_provider_without_any_policy(
    world: World,
) -> None:
    world.providers.say("maxapi", status="failed for points")
    task = world.webhook(world.order("nano-banana-2"))
    world.wait(1)
    assert world.providers.asked() == ["maxapi", "apixo"]
    assert ended(world.webhook(task, attempt=2), None)


def test_a_job_that_was_not_paid_for_anywhere_is_the_end(world: World) -> None:
    world.providers.say("maxapi", status="failed for points")
    assert ended(world.webhook(world.order()), FailureCode.INSUFFICIENT_CREDITS) is False
    world.accounts("maxapi")
    other = world.webhook(world.order())
    assert ended(other, FailureCode.INSUFFICIENT_CREDITS)


def test_at_the_deadline_there_is_one_last_look(world: World) -> None:
    world.set(DEADLINE_SECONDS=300)
    world.providers.say("maxapi", status="PROCESSING")
    late, lucky = world.order(), world.order()
    world.now += 300
    assert ended(world.webhook(late), FailureCode.DEADLINE_EXCEEDED)
    world.providers.say("maxapi", status="success")
    assert ended(world.webhook(lucky), None)


@pytest.mark.parametrize("answer", ["PROCESSING", "not found"])
def test_a_job_that_never_ends_ends_at_the_deadline(answer: Any, world: World) -> None:
    world.set(DEADLINE_SECONDS=300)
    world.providers.say("maxapi", status=answer)
    task = world.order()
    world.wait(300 + 60)
    assert ended(world.read(task), FailureCode.DEADLINE_EXCEEDED)
    assert world.providers.asked() == ["maxapi"]


def test_a_provider_that_is_down_at_the_deadline_is_asked_for_a_while_longer(world: World) -> None:
    world.set(DEADLINE_SECONDS=300)
    world.providers.say("maxapi", status=httpx.ConnectError("down"))
    back, gone = world.order(), world.order()
    world.wait(300 + 600)
    assert not world.read(back).finished_at
    world.providers.say("maxapi", status="success")
    assert ended(world.webhook(back), None)
    world.providers.say("maxapi", status=httpx.ConnectError("down"))
    world.wait(400)
    assert ended(world.read(gone), FailureCode.DEADLINE_EXCEEDED)
    world.providers.say("maxapi", status="success")
    world.wait(1000)
    assert world.read(gone).late_success


def test_a_task_that_ended_is_not_touched_by_late_and_repeated_rings(world: World) -> None:
    task = world.webhook(world.order())
    for ring in (Ring(task_id=task.task_id), Ring(task_id=task.task_id, attempt=1, hint="job")):
        tasks.advance(ring)
    assert world.read(task) == task
    assert len(world.providers.questions) == 1


@pytest.mark.parametrize("answer", ["failed", "success"])
def test_two_workers_at_once_end_a_task_once(answer: str, world: World) -> None:
    def meanwhile(request: httpx.Request) -> str:
        world.providers.say("maxapi", status=answer)
        tasks.advance(Ring(task_id=task.task_id))
        return "failed by moderation"

    world.providers.say("maxapi", status=meanwhile)
    task = world.order()
    first = world.webhook(task)
    assert ended(first, None if answer == "success" else FailureCode.PROVIDER_ERROR)


def test_a_ring_for_nobody_is_forgotten(world: World) -> None:
    tasks.advance(Ring(task_id="tsk_none", attempt=1))
    assert world.rings() == []


def test_a_ring_during_the_lease_is_put_off_if_it_is_a_chain(world: World) -> None:
    world.accounts("maxapi")
    world.providers.say("maxapi", submit="503 with Retry-After")
    task = world.order()
    world.lose_rings()
    assert world.webhook(task) == task
    assert world.rings() == []
    tasks.advance(Ring(task_id=task.task_id, attempt=1, chain=True))
    assert [delay for delay, _ in world.rings()] == [30]
    assert len(world.providers.submissions) == 1


def test_the_queues_message_is_a_ring(world: World) -> None:
    task = world.order()
    body = Ring(task_id=task.task_id, attempt=1).written()
    record = {"messageId": "m", "eventSource": "aws:sqs", "body": body, "attributes": {}}
    answer = function("advance").handler({"Records": [record]}, None)
    assert answer == {"batchItemFailures": []}
    assert ended(world.read(task), None)


def test_a_ring_really_travels_through_the_queue(world: World, monkeypatch: Any) -> None:
    sqs = settings.client("sqs")
    queue = sqs.create_queue(QueueName=f"bell-{NOW}")["QueueUrl"]
    world.set(ADVANCE_QUEUE_URL=queue)
    monkeypatch.setattr(bell, "client", settings.client)
    bell.ring(Ring(task_id="tsk_0", attempt=1, hint="ü", chain=True))
    bell.ring_all(f"tsk_{number}" for number in range(1, 12))
    came = []
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        came += [rings.read(message["Body"]) for message in messages]
    assert {ring.task_id for ring in came} == {f"tsk_{number}" for number in range(12)}
    assert Ring(task_id="tsk_0", attempt=1, hint="ü", chain=True) in came
