"""What a key may do is counted exactly: no request too many, none twice, nothing stays taken."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest

from plantain import claims, removal, settings, store, tasks, usage
from plantain.errors import (
    LimitReached,
    NoPrice,
    TaskDeleted,
    TooManyActive,
    TooManyRequests,
    TooManyTasks,
    TooMuchSpent,
)
from plantain.intake import task_id_of
from plantain.limits import Caller, read
from plantain.models import Claim, State, Task
from plantain.rows import pack_row, unpack_row
from tests.integration.world import Crash, World
from tests.unit.samples import NOW

MODEL = "nano-banana-2"  # of two providers
PRICES = "maxapi/nano-banana-2=0.10,apixo/nano-banana-2=0.25"
TO_MIDNIGHT = 16 * 3600  # it is eight o'clock


def used(world: World) -> dict[str, Any]:
    """What the key has used, by what its item says."""
    table, key = settings.settings().usage_table, pack_row({"id": world.caller.key})
    return unpack_row(settings.client("dynamodb").get_item(TableName=table, Key=key)["Item"])


def counts(world: World) -> tuple[int, int, int]:
    """Tasks and cents of the day, and tasks that are active."""
    found = used(world)
    return found["tasks"], found["spend"] // 10_000, len(found.get("active", []))


def end(world: World, task: Task) -> Task:
    world.webhook(task)
    return world.settle(task.task_id)


# ── a day's tasks ────────────────────────────────────────────────────────────────────────────────


def test_a_days_tasks_are_counted_until_the_day_is_over(world: World) -> None:
    world.limit("tasks=2/day")
    world.order()
    world.order()
    with pytest.raises(TooManyTasks) as refused:
        world.order(key="third")
    assert refused.value.retry_after == TO_MIDNIGHT
    assert store.find(task_id_of("alice", "third")) is None
    assert len(world.providers.submissions) == 2
    world.now = NOW + TO_MIDNIGHT
    world.order()
    assert used(world)["tasks"] == 1


def test_each_key_counts_for_itself(world: World) -> None:
    world.limit("tasks=1")
    world.order()
    world.caller = Caller("alice", "ba9876543210", read("tasks=1"))
    world.order()
    with pytest.raises(TooManyTasks):
        world.order()


def test_what_is_refused_for_another_reason_does_not_count(world: World) -> None:
    world.limit("tasks=1")
    with pytest.raises(Exception, match="cannot be used"):
        world.order(imageUrls=["https://127.0.0.1/a.png"])
    world.order()


# ── tasks at the same time ───────────────────────────────────────────────────────────────────────


def test_a_place_is_free_again_when_the_end_is_told(world: World) -> None:
    world.limit("active=1")
    task = world.order()
    with pytest.raises(TooManyActive) as refused:
        world.order()
    assert refused.value.retry_after
    end(world, task)
    assert counts(world) == (1, 0, 0)
    world.order()


def test_a_client_that_saw_the_end_first_finds_the_place_free(world: World) -> None:
    world.limit("active=1")
    first = world.webhook(world.order())
    assert first.state is State.SUCCEEDED
    world.order()
    world.settle(first.task_id)
    assert counts(world) == (2, 0, 1)


def test_a_place_is_given_back_once_however_often_the_end_is_told(world: World) -> None:
    world.limit("active=2 spend=9")
    world.set(PRICES=PRICES)
    task, _ = world.order(MODEL), world.order(MODEL)
    ended = end(world, task)
    before = used(world)
    tasks.announce(ended)
    assert used(world) == before
    assert counts(world) == (2, 10 + 25, 1)


def test_a_claim_whose_request_died_is_not_held_for_long(world: World) -> None:
    world.limit("active=1")
    usage.take("tsk_dead", Claim(key=world.caller.key, at=NOW), world.caller.limits)
    with pytest.raises(TooManyActive):  # it may still be about to be written
        world.order()
    world.now = NOW + claims.ORPHAN_SECONDS + 1
    world.order()
    with pytest.raises(TooManyActive):
        world.order()


# ── a day's money ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def priced(world: World) -> World:
    world.set(PRICES=PRICES)
    world.limit("spend=0.30/day")
    return world


def test_until_its_end_a_task_counts_as_the_dearest_it_may_become(priced: World) -> None:
    task = priced.order(MODEL)
    assert counts(priced) == (1, 25, 1)
    with pytest.raises(TooMuchSpent) as refused:
        priced.order(MODEL)
    assert refused.value.retry_after == TO_MIDNIGHT
    end(priced, task)
    assert counts(priced) == (1, 10, 0)
    priced.order(MODEL, outside={"provider": "maxapi"})


def test_a_task_that_went_elsewhere_counts_as_what_it_cost_there(priced: World) -> None:
    priced.providers.say("maxapi", submit="unauthorized")
    end(priced, priced.order(MODEL))
    assert counts(priced) == (1, 25, 0)


@pytest.mark.parametrize("refusal", ["moderation", "invalid parameters", "unauthorized"])
def test_what_was_provably_not_bought_costs_nothing(refusal: str, priced: World) -> None:
    for provider in ("maxapi", "apixo"):
        priced.providers.say(provider, submit=refusal if provider == "maxapi" else "unauthorized")
    task = priced.settle(priced.order(MODEL).task_id)
    assert task.state is State.FAILED
    assert counts(priced) == (1, 0, 0)


def test_a_task_that_was_cancelled_in_time_costs_nothing(priced: World) -> None:
    for provider in ("maxapi", "apixo"):
        priced.providers.say(provider, submit="503")
    task = removal.cancel("alice", priced.order(MODEL).task_id, discard=False)
    priced.settle(task.task_id)
    assert counts(priced) == (1, 0, 0)


def test_what_may_have_been_bought_counts(priced: World) -> None:
    priced.providers.say("maxapi", submit=httpx.ReadTimeout("slow"))
    task = priced.settle(priced.order(MODEL).task_id)
    assert task.failure is not None
    assert task.failure.code == "charge_unknown"
    assert counts(priced) == (1, 10, 0)


def test_an_end_after_midnight_changes_nothing_of_the_new_day(priced: World) -> None:
    priced.now = NOW + TO_MIDNIGHT - 1
    late = priced.order(MODEL)
    priced.now += 2
    priced.order(MODEL)
    end(priced, late)
    assert counts(priced) == (1, 25, 1)


def test_where_nobody_knows_the_price_nothing_is_bought(priced: World) -> None:
    priced.set(PRICES="maxapi/nano-banana-2=0.10")
    with pytest.raises(NoPrice, match="apixo/nano-banana-2"):
        priced.order(MODEL)
    priced.order(MODEL, outside={"provider": "maxapi"})


def test_what_is_dearer_than_a_whole_day_is_never_bought(priced: World) -> None:
    priced.limit("spend=0.2")
    with pytest.raises(TooMuchSpent):
        priced.order(MODEL)


# ── requests ─────────────────────────────────────────────────────────────────────────────────────


def test_a_minutes_requests_are_counted_until_the_minute_is_over(world: World) -> None:
    caller = Caller("alice", "0123456789ab", read("requests=2/min"))
    for second in (0, 59):
        usage.count_request(caller, NOW + second)
    with pytest.raises(TooManyRequests) as refused:
        usage.count_request(caller, NOW + 50)
    assert refused.value.retry_after == 10
    usage.count_request(caller, NOW + 60)
    usage.count_request(Caller("alice", "ba9876543210", read("requests=2/min")), NOW)


# ── without a race, and not twice ────────────────────────────────────────────────────────────────


def at_once(many: int, work: Callable[[int], object]) -> list[object]:
    """What each made of it: what it returned, or how it was refused."""
    barrier = Barrier(many)

    def one(number: int) -> object:
        barrier.wait()
        try:
            return work(number)
        except LimitReached as refused:
            return type(refused)

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(one, range(many)))


@pytest.mark.parametrize(
    ("limits", "refusal"),
    [("tasks=5", TooManyTasks), ("active=5", TooManyActive), ("spend=1.25", TooMuchSpent)],
)
def test_of_many_at_the_same_moment_as_many_come_through_as_may(
    limits: str, refusal: type[LimitReached], world: World
) -> None:
    world.set(PRICES=PRICES)
    world.limit(limits)
    made = at_once(12, lambda number: world.order(MODEL, key=str(number)).task_id)
    assert made.count(refusal) == 7
    assert used(world)["tasks"] == len(world.providers.submissions) == 5


def test_of_many_requests_at_the_same_moment_as_many_come_through_as_may(world: World) -> None:
    caller = Caller("alice", "0123456789ab", read("requests=5"))
    made = at_once(12, lambda _: usage.count_request(caller, NOW))
    assert made.count(TooManyRequests) == 7


def test_a_repeated_request_counts_once_and_is_answered_at_the_limit(world: World) -> None:
    world.limit("tasks=2 active=2")
    first = world.order(key="k")
    world.now += 5
    assert world.order(key="k") == first
    assert counts(world) == (1, 0, 1)
    world.order()
    assert world.order(key="k") == first
    assert counts(world) == (2, 0, 2)


def test_the_same_request_many_times_at_the_same_moment_counts_once(world: World) -> None:
    world.limit("tasks=20 active=20")
    made = at_once(12, lambda _: world.order(key="k").task_id)
    assert len(set(made)) == 1
    assert counts(world) == (1, 0, 1)


def test_a_repeat_of_a_deleted_task_counts_for_nothing(world: World) -> None:
    world.limit("tasks=2 active=2")
    task = end(world, world.order(key="k"))
    removal.remove("alice", task.task_id)
    world.now += 5
    with pytest.raises(TaskDeleted):
        world.order(key="k")
    assert counts(world) == (1, 0, 0)


def test_a_count_whose_answer_was_lost_counts_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    dynamodb = settings.client("dynamodb")
    update = dynamodb.update_item

    def twice(**request: Any) -> Any:
        if request["TableName"] == settings.settings().usage_table:
            update(**request)
        return update(**request)

    monkeypatch.setattr(dynamodb, "update_item", twice)
    world.set(PRICES=PRICES)
    world.limit("tasks=9 active=9 spend=9")
    end(world, world.order(MODEL))
    assert counts(world) == (1, 10, 0)


def test_wherever_a_function_is_killed_its_place_is_free_in_the_end(
    world: World, clean: Callable[[], None]
) -> None:
    def walk(key: str) -> None:
        world.caller = Caller("alice", key, read("active=1"))
        task = world.order(key="k")
        world.webhook(task)
        world.settle(task.task_id)

    world.fuse = 1_000_000
    walk("whole")
    steps = 1_000_000 - world.fuse
    assert steps > 20
    for step in range(1, steps):
        clean()
        world.fuse = step
        with pytest.raises(Crash):
            walk(f"killed at {step}")
        if store.find(task_id_of("alice", "k")):
            world.settle(task_id_of("alice", "k"))
        world.wait(claims.ORPHAN_SECONDS + 1)
        assert world.order(key="next").claim
