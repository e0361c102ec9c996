"""An owner's tasks, newest first, a page at a time."""

import json
from typing import Any

import pytest

from plantain import lifecycle, listing, settings, store
from plantain.errors import FailureCode, MalformedRequest
from plantain.listing import Wanted
from plantain.models import Failure, State, Task
from plantain.views import show
from tests.integration.world import World
from tests.unit.samples import API, NOW, a_request, a_task

LARGEST_ANSWER = 6 * 1024 * 1024
WHY = Failure(code=FailureCode.PROVIDER_ERROR, message="x")


def create(number: int, owner: str = "alice", **fields: Any) -> Task:
    task = a_task(
        **{
            "state": State.SUBMITTED,
            "task_id": f"tsk_{owner}_{number}",
            "owner": owner,
            "created_at": lifecycle.iso(NOW + number),
            "due": NOW,
            "shard": 1,
            **fields,
        },
    )
    store.create(task)
    return task


def walk(limit: int, status: str | None = None, owner: str = "alice") -> list[list[str]]:
    """All pages, by their tasks' ids."""
    pages, cursor = [], None
    while True:
        page = listing.page(owner, Wanted(status), limit, cursor)
        pages.append([task.task_id for task in page.tasks])
        cursor = page.cursor
        if cursor is None:
            return pages


def test_the_newest_task_comes_first(world: World) -> None:
    tasks = [create(number) for number in (2, 0, 1)]
    page = listing.page("alice", Wanted(), 20, None)
    assert page.tasks == [tasks[0], tasks[2], tasks[1]]
    assert page.cursor is None


@pytest.mark.parametrize(
    ("limit", "pages"), [(1, [1] * 5), (2, [2, 2, 1]), (4, [4, 1]), (5, [5]), (6, [5])]
)
def test_pages_hold_every_task_once(limit: int, pages: list[int], world: World) -> None:
    for number in range(5):
        create(number)
    found = walk(limit)
    assert [task for page in found for task in page] == [f"tsk_alice_{n}" for n in (4, 3, 2, 1, 0)]
    assert [len(page) for page in found] == pages


def test_tasks_of_the_same_moment_are_all_there(world: World) -> None:
    for number in range(5):
        create(number, created_at=lifecycle.iso(NOW))
    found = [task for page in walk(2) for task in page]
    assert sorted(found) == [f"tsk_alice_{number}" for number in range(5)]


def test_a_cursor_stays_where_it_was_while_new_tasks_arrive(world: World) -> None:
    for number in range(4):
        create(number)
    first = listing.page("alice", Wanted(), 2, None)
    create(9)
    second = listing.page("alice", Wanted(), 2, first.cursor)
    assert [task.task_id for task in second.tasks] == ["tsk_alice_1", "tsk_alice_0"]


def test_nobody_sees_another_owners_tasks_even_with_his_cursor(world: World) -> None:
    for number in range(3):
        create(number)
        create(number, "bob")
    alices = listing.page("alice", Wanted(), 1, None).cursor
    assert walk(20, owner="carol") == [[]]
    assert walk(20, owner="bob") == [["tsk_bob_2", "tsk_bob_1", "tsk_bob_0"]]
    found = listing.page("bob", Wanted(), 20, alices).tasks
    assert {task.owner for task in found} == {"bob"}


def test_a_status_is_filtered_before_the_page_is_cut(world: World) -> None:
    for number in range(9):
        task = create(number)
        if number % 4 == 0:
            store.replace(task, lifecycle.failed(task, WHY, NOW))
    assert [page for page in walk(2, "failed") if page] == [
        ["tsk_alice_8", "tsk_alice_4"],
        ["tsk_alice_0"],
    ]
    assert walk(20, "succeeded") == [[]]
    assert len(walk(20, "processing")[0]) == 6


def test_a_filtered_page_is_full_however_far_apart_its_tasks_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "ENTRIES_A_QUERY", 3)
    for number in range(20):
        create(number, state=State.FAILED if number in (1, 10) else State.SUBMITTED)
    assert [page for page in walk(2, "failed") if page] == [["tsk_alice_10", "tsk_alice_1"]]


def test_a_long_search_ends_with_a_cursor_to_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "ENTRIES_A_QUERY", 1)
    monkeypatch.setattr(listing, "QUERIES_A_PAGE", 3)
    for number in range(8):
        create(number, state=State.FAILED if number == 0 else State.SUBMITTED)
    found = walk(20, "failed")
    assert [page for page in found if page] == [["tsk_alice_0"]]
    assert len(found) > 1


def test_a_hundred_of_the_longest_prompts_are_one_page(world: World) -> None:
    prompt = "ü" * 20_000
    for number in range(100):
        create(number, request=a_request(prompt=prompt))
    page = listing.page("alice", Wanted(), 100, None)
    assert len(page.tasks) == 100
    assert {task.request.input.prompt for task in page.tasks} == {prompt}
    assert page.cursor is None


def test_what_the_table_could_not_read_at_once_is_read_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        create(number)
    dynamodb = settings.client("dynamodb")
    asked = []

    def throttled(RequestItems: dict[str, dict[str, list[object]]]) -> object:  # noqa: N803
        """As the real table when a batch is over 16 MB: half of it now."""
        ((table, wanted),) = RequestItems.items()
        asked.append(len(wanted["Keys"]))
        now, later = wanted["Keys"][::2], wanted["Keys"][1::2]
        answer = batch_get_item(RequestItems={table: {"Keys": now}})
        return answer | {"UnprocessedKeys": {table: {"Keys": later}} if later else {}}

    batch_get_item = dynamodb.batch_get_item
    monkeypatch.setattr(dynamodb, "batch_get_item", throttled)
    assert walk(20) == [["tsk_alice_2", "tsk_alice_1", "tsk_alice_0"]]
    assert asked == [6, 3, 1]


@pytest.mark.parametrize(
    "cursor", ["", "x", "e30", "WyIiLCAiIl0", "bnVsbA", "WyJ0c2tfYSIsICIyMDI3Il0"]
)
def test_a_cursor_that_we_did_not_give_is_malformed(cursor: str, world: World) -> None:
    with pytest.raises(MalformedRequest, match="cursor"):
        listing.page("alice", Wanted(), 20, cursor)


def test_a_page_of_long_tasks_is_shorter_than_an_answer_may_be(world: World) -> None:
    """What a Lambda answers is written as JSON twice: quotes take four bytes in the end."""
    prompt = '"' * 20_000
    for number in range(80):
        create(number, request=a_request(prompt=prompt))
    pages = walk(100)
    assert [task for page in pages for task in page] == [
        f"tsk_alice_{number}" for number in reversed(range(80))
    ]
    first = listing.page("alice", Wanted(), 100, None)
    shown = json.dumps([show(task, API) for task in first.tasks])
    assert len(json.dumps({"body": shown})) < LARGEST_ANSWER
    assert len(first.tasks) > 1


def test_a_single_task_is_shown_however_long_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        create(number)
    monkeypatch.setattr(listing, "BYTES_A_PAGE", 1)
    assert [len(page) for page in walk(100)] == [1, 1, 1]
