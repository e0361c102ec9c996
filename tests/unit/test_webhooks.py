"""A delivery's walk: owed once, tried once at a time, whatever is repeated or cut off."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from plantain import deliveries, downstream, endpoints, owners, store, webhooks
from plantain.errors import DeliveryMoved, InvalidRequest, NoWebhook, TaskDeleted, TaskRunning
from plantain.lifecycle import iso
from plantain.models import State, Task
from plantain.notices import Answer, Delivery, Errand, Webhook
from tests.unit.samples import a_request, a_task

FAST, SLOW = "arn:aws:sqs:us-east-1:1:fast", "arn:aws:sqs:us-east-1:1:slow"
URL = "https://client.test/hook"
TAKEN = Answer(status=200, duration_ms=1)
REFUSED = Answer(status=500, error="refused", duration_ms=1)
TIMEOUT = Answer(error="timeout", duration_ms=1)


class World:
    """The table, the queues and an endpoint, as far as a delivery touches them."""

    def __init__(self) -> None:
        self.task: Task | None = a_task(
            State.SUCCEEDED,
            request=a_request(outside={"callBackUrl": URL}),
            finished_at=iso(time.time()),
        )
        self.webhook = Webhook(secret="whsec_c2VjcmV0")
        self.rows: dict[str, Delivery] = {}
        self.fast: list[Errand] = []
        self.slow: list[Errand] = []
        self.buried: list[Errand] = []
        self.hidden: list[int] = []
        self.timeouts = 0
        self.posts: list[str] = []
        self.answer: Callable[[], Answer] = lambda: TAKEN

    @property
    def delivery(self) -> Delivery:
        (row,) = self.rows.values()
        return row

    def open_once(self, delivery: Delivery) -> Delivery:
        return self.rows.setdefault(delivery.event_id, delivery)

    def replace(self, old: Delivery, new: Delivery) -> Delivery:
        row = self.rows[old.event_id]
        if (row.series, row.count, row.state) != (old.series, old.count, old.state):
            raise DeliveryMoved
        self.rows[old.event_id] = new
        return new

    def post(self, url: str, content: bytes, headers: dict[str, str]) -> Answer:
        self.posts.append(headers["webhook-id"])
        return self.answer()

    def find(self, task_id: str) -> Task | None:
        if self.task is None:
            raise TaskDeleted
        return self.task

    def note(self, owner: str, url: str, before: int, answer: Answer) -> None:
        self.timeouts = self.timeouts + 1 if answer.error == "timeout" else 0

    def deliver(self, errand: Errand, queue: str = FAST) -> bool:
        """Whether the message stays."""
        return webhooks.receive(errand.model_dump_json(by_alias=True), "receipt", queue)

    def make_due(self) -> None:
        now = {"next_at": iso(time.time() - 1)}
        self.rows = {name: row.model_copy(update=now) for name, row in self.rows.items()}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, environment: pytest.MonkeyPatch) -> World:
    environment.setenv("WEBHOOK_DELAYS", "100,200")
    environment.setenv("SLOW_DELIVER_QUEUE_URL", "https://sqs/1/slow")
    world = World()
    fakes: dict[Any, dict[str, Any]] = {
        deliveries: {
            "open_once": world.open_once,
            "find": lambda task_id, event_id: world.rows.get(event_id),
            "of_task": lambda task_id: list(world.rows.values()),
            "replace": world.replace,
            "send": lambda e, slow=False: (world.slow if slow else world.fast).append(e),
            "bury": world.buried.append,
            "hide": lambda receipt, slow, seconds: world.hidden.append(seconds),
        },
        endpoints: {"timeouts": lambda owner, url: world.timeouts, "note": world.note},
        downstream: {"post": world.post},
        owners: {"webhook_of": lambda owner: world.webhook},
        store: {"find": world.find, "find_of": lambda owner, task_id: world.task},
    }
    for module, replaced in fakes.items():
        for name, fake in replaced.items():
            monkeypatch.setattr(module, name, fake)
    return world


def announced(world: World) -> Errand:
    assert world.task
    webhooks.announce(world.task)
    return world.fast[-1]


def test_published_twice_is_one_delivery(world: World) -> None:
    first = announced(world)
    again = announced(world)
    assert first == again
    assert [world.deliver(errand) for errand in world.fast] == [False, False]
    assert (len(world.rows), len(world.posts)) == (1, 1)
    announced(world)
    assert len(world.fast) == 2


def test_a_message_says_nothing_of_the_event_or_the_secret(world: World) -> None:
    text = announced(world).model_dump_json(by_alias=True)
    assert text == f'{{"taskId":"tsk_test","eventId":"{world.delivery.event_id}","series":0}}'


def test_an_owners_webhook_stands_in_for_the_tasks_own(world: World) -> None:
    world.task = a_task(State.FAILED, finished_at=iso(0))
    webhooks.announce(world.task)
    assert not world.rows
    world.webhook = Webhook(url="https://owner.test/", secret="whsec_c2VjcmV0")
    webhooks.announce(world.task)
    assert world.delivery.url == "https://owner.test/"


def test_what_is_refused_is_hidden_until_its_time(world: World) -> None:
    world.answer = lambda: REFUSED
    errand = announced(world)
    assert world.deliver(errand)
    assert 90 <= world.hidden[-1] <= 101
    assert world.deliver(errand)  # back too early
    assert len(world.posts) == 1


def test_a_duplicated_message_never_sends_twice_at_the_same_try(world: World) -> None:
    errand = announced(world)

    def meanwhile() -> Answer:
        assert world.deliver(errand)  # the duplicate is kept, and sends nothing
        return TAKEN

    world.answer = meanwhile
    assert not world.deliver(errand)
    assert not world.deliver(errand)
    assert (len(world.posts), world.delivery.count) == (1, 1)


def test_two_that_begin_at_the_same_moment_send_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    errand, read = announced(world), world.delivery
    world.answer = lambda: REFUSED
    assert world.deliver(errand)
    monkeypatch.setattr(deliveries, "find", lambda task_id, event_id: read)
    assert world.deliver(errand)
    assert (len(world.posts), world.hidden[-1]) == (1, 1)


def test_a_try_that_was_cut_off_is_followed_by_another(world: World) -> None:
    errand = announced(world)

    def killed() -> Answer:
        raise KeyboardInterrupt

    world.answer = killed
    with pytest.raises(KeyboardInterrupt):
        world.deliver(errand)
    world.answer = lambda: TAKEN
    assert world.deliver(errand)  # its lease is not over
    world.make_due()
    assert not world.deliver(errand)
    assert [one.error for one in world.delivery.tries] == ["interrupted", None]


def test_after_the_last_try_it_has_failed_and_is_buried(world: World) -> None:
    errand = announced(world)
    world.answer = lambda: REFUSED
    for stays in (True, True, False):
        assert world.deliver(errand) is stays
        world.make_due()
    assert (world.delivery.state, world.buried) == ("failed", [errand])
    assert not world.deliver(errand)
    assert len(world.posts) == 3


def test_it_ends_also_if_every_try_is_cut_off(world: World) -> None:
    errand = announced(world)

    def killed() -> Answer:
        raise KeyboardInterrupt

    world.answer = killed
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            world.deliver(errand)
        world.make_due()
    assert not world.deliver(errand)
    assert (world.delivery.state, world.buried) == ("failed", [errand])
    assert {one.error for one in world.delivery.tries} == {"interrupted"}


def test_after_two_timeouts_it_goes_the_slow_way_until_it_answers(world: World) -> None:
    world.answer = lambda: TIMEOUT
    errand = announced(world)
    for _ in range(2):
        assert world.deliver(errand)
        world.make_due()
    assert not world.deliver(errand)
    assert (world.slow, len(world.posts)) == ([errand], 2)
    world.answer = lambda: REFUSED
    assert not world.deliver(errand, SLOW)  # that was the last try
    assert (len(world.posts), world.timeouts) == (3, 0)


def test_what_recovered_leaves_the_slow_queue(world: World) -> None:
    errand = announced(world)
    assert not world.deliver(errand, SLOW)
    assert (world.posts, world.fast) == ([], [errand, errand])


def test_a_deleted_task_is_told_no_more(world: World) -> None:
    errand = announced(world)
    world.task = None
    assert not world.deliver(errand)
    assert (world.delivery.state, world.posts) == ("stopped", [])


def test_sent_again_it_has_the_same_id_and_the_old_message_is_void(world: World) -> None:
    world.answer = lambda: REFUSED
    old = announced(world)
    assert world.deliver(old)
    (shown,) = webhooks.send_again("alice", "tsk_test")
    assert (shown.state, shown.count, shown.series) == ("pending", 0, 1)
    assert not world.deliver(old)
    world.answer = lambda: TAKEN
    assert not world.deliver(world.fast[-1])
    assert world.posts == [shown.event_id] * 2
    assert world.delivery.state == "delivered"


def test_a_try_that_ends_after_it_was_asked_again_changes_nothing(world: World) -> None:
    errand = announced(world)

    def asked_meanwhile() -> Answer:
        webhooks.send_again("alice", "tsk_test")
        return TAKEN

    world.answer = asked_meanwhile
    assert world.deliver(errand)
    assert (world.delivery.state, world.delivery.series) == ("pending", 1)


def test_only_what_has_ended_and_has_somewhere_to_go_is_sent_again(world: World) -> None:
    world.task = a_task(State.SUBMITTED)
    with pytest.raises(TaskRunning):
        webhooks.send_again("alice", "tsk_test")
    world.task = a_task(State.FAILED, finished_at=iso(0))
    with pytest.raises(NoWebhook):
        webhooks.send_again("alice", "tsk_test")
    with pytest.raises(NoWebhook):
        webhooks.test("alice")


@pytest.mark.parametrize(
    "url",
    ["http://client.test/", "https://10.1.2.3/", "https://a:b@client.test/", "https://localhost/"],
)
def test_a_webhook_is_public_and_https(world: World, url: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        webhooks.choose("alice", url)
    assert refused.value.errors[0]["field"] == "url"


def test_the_same_is_told_however_long_the_prompt(world: World) -> None:
    """The topic is told from the row, which holds the head of a long request only."""
    from plantain.rows import row_of, task_of
    from plantain.views import event

    request = a_request(prompt="x" * 5000, imageUrls=["https://e.test/a.png"])
    task = a_task(State.SUCCEEDED, request=request, finished_at=iso(0))
    assert webhooks._event(task) == event(task_of(row_of(task)), "")
