"""Filters of a list: each, and all of them together, however many tasks lie between two hits."""

from typing import Any

import pytest

from plantain import lifecycle, listing, store
from plantain.errors import MalformedRequest
from plantain.listing import Wanted
from plantain.models import MODELS, State
from tests.integration.test_listing import create
from tests.integration.world import World
from tests.unit.samples import NOW, a_request

MANY = 130
STATES = [State.SUCCEEDED, State.FAILED, State.SUBMITTED, State.CANCELLED, State.QUEUED]
PROVIDERS = ["maxapi", "apixo", None]


def fields(number: int) -> dict[str, Any]:
    """Every combination of state, model and provider comes along, again and again."""
    return {
        "state": STATES[number % 5],
        "request": a_request(MODELS[number // 5 % 3]),
        "provider": PROVIDERS[number // 15 % 3],
    }


@pytest.fixture
def many(world: World) -> None:
    for number in range(MANY):
        create(number, **fields(number))
        create(number, "bob", **fields(number))


def at(number: int) -> str:
    return lifecycle.iso(NOW + number)


def expected(wanted: Wanted) -> list[str]:
    """What a list should have, newest first."""
    return [
        f"tsk_alice_{number}"
        for number in reversed(range(MANY))
        if wanted.status in (None, lifecycle.STATUS[fields(number)["state"]])
        and wanted.model in (None, fields(number)["request"].model)
        and wanted.provider in (None, fields(number)["provider"])
        and (wanted.since or at(0)) <= at(number) <= (wanted.until or at(MANY))
    ]


def read(wanted: Wanted, limit: int) -> list[list[str]]:
    pages: list[list[str]] = []
    cursor = None
    while True:
        page = listing.page("alice", wanted, limit, cursor)
        pages.append([task.task_id for task in page.tasks])
        if (cursor := page.cursor) is None:
            return pages


WANTED = [
    Wanted(),
    Wanted(status="failed"),
    Wanted(status="queued"),
    Wanted(model="nano-banana-pro"),
    Wanted(provider="apixo"),
    Wanted(since=at(20)),
    Wanted(until=at(100)),
    Wanted(since=at(10), until=at(119)),
    Wanted(since=at(64), until=at(64)),
    Wanted("succeeded", "nano-banana-2", "maxapi"),
    Wanted("processing", "nano-banana", "apixo", at(5), at(125)),
    Wanted("failed", None, "maxapi", at(MANY - 30), None),
    Wanted(since=at(MANY)),
    Wanted(until=at(-1)),
    Wanted("failed", since=at(50), until=at(49)),
]


def test_every_filter_and_page_size_finds_the_same(many: None) -> None:
    for wanted in WANTED:
        for limit in (7, 100):
            pages = read(wanted, limit)
            found = [task_id for page in pages for task_id in page]
            assert found == expected(wanted), (wanted, limit)
            assert all(len(page) == limit for page in pages[:-1]), (wanted, limit)


def test_a_filter_that_reads_little_at_a_time_finds_the_same(
    many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the table were a hundred times as large."""
    monkeypatch.setattr(listing, "ENTRIES_A_QUERY", 4)
    monkeypatch.setattr(listing, "QUERIES_A_PAGE", 3)
    for wanted in WANTED:
        found = [task_id for page in read(wanted, 5) for task_id in page]
        assert found == expected(wanted), wanted


def test_a_cursor_stays_in_its_place_while_tasks_come_end_and_go(many: None) -> None:
    wanted = Wanted(status="processing", until=at(MANY))
    whole = expected(wanted)
    first = listing.page("alice", wanted, 10, None)
    create(MANY, state=State.SUBMITTED)
    last = first.tasks[-1]
    store.replace(last, lifecycle.cancelled(last, NOW))
    rest = listing.page("alice", wanted, 100, first.cursor)
    assert [task.task_id for task in [*first.tasks, *rest.tasks]] == whole


def test_a_task_is_found_by_the_provider_and_state_that_it_has_now(world: World) -> None:
    world.accounts("maxapi", "apixo")
    world.providers.say("maxapi", submit="unauthorized")
    task = world.order("nano-banana-2")
    assert listing.page("alice", Wanted("processing", None, "maxapi"), 20, None).tasks == []
    assert listing.page("alice", Wanted("processing", None, "apixo"), 20, None).tasks == [task]
    ended = world.webhook(task, attempt=2)
    assert listing.page("alice", Wanted("processing"), 20, None).tasks == []
    assert listing.page("alice", Wanted("succeeded", None, "apixo"), 20, None).tasks == [ended]


def test_a_cursor_outside_the_span_is_malformed(many: None) -> None:
    cursor = listing.page("alice", Wanted(), 1, None).cursor
    with pytest.raises(MalformedRequest):
        listing.page("alice", Wanted(until=at(50)), 1, cursor)
