"""Looking at tasks and models through the query function's own handler."""

from typing import Any

import pytest

from plantain import backlog, listing, store
from plantain.errors import TaskNotFound
from plantain.listing import Wanted
from plantain.models import State, Task
from tests.unit.gateway import function, problem, request, told
from tests.unit.samples import a_task

query = function("query")


def get(path: str, **parameters: str) -> dict[str, Any]:
    answer: dict[str, Any] = query.handler(request("GET", path, query=parameters), None)
    return answer


def test_a_task_is_shown_to_its_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def find_of(owner: str, task_id: str) -> Task:
        asked.append((owner, task_id))
        return a_task(State.SUBMITTED)

    monkeypatch.setattr(store, "find_of", find_of)
    answer = get("/v1/tasks/tsk_test")
    assert (answer["statusCode"], told(answer)["status"]) == (200, "processing")
    assert asked == [("alice", "tsk_test")]


def test_a_task_that_is_not_there_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_of(owner: str, task_id: str) -> Task:
        raise TaskNotFound

    monkeypatch.setattr(store, "find_of", find_of)
    problem(get("/v1/tasks/tsk_other"), 404, "task_not_found")


@pytest.mark.parametrize(
    ("sent", "asked"),
    [
        ({}, (Wanted(), 20, None)),
        ({"limit": "1"}, (Wanted(), 1, None)),
        ({"limit": "100", "status": "failed"}, (Wanted("failed"), 100, None)),
        ({"cursor": "abc", "status": "processing"}, (Wanted("processing"), 20, "abc")),
        (
            {"model": "nano-banana-2", "provider": "apixo"},
            (Wanted(model="nano-banana-2", provider="apixo"), 20, None),
        ),
        (
            {"createdAfter": "2027-01-15", "createdBefore": "2027-01-15T10:00:00.5+02:00"},
            (Wanted(since="2027-01-15T00:00:00.000Z", until="2027-01-15T08:00:00.500Z"), 20, None),
        ),
    ],
)
def test_a_list_is_asked_for_as_sent(
    sent: dict[str, str], asked: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def page(*arguments: Any) -> listing.Page:
        calls.append(arguments)
        return listing.Page([a_task()], "next")

    monkeypatch.setattr(listing, "page", page)
    shown = told(get("/v1/tasks", **sent))
    assert calls == [("alice", *asked)]
    assert ([task["taskId"] for task in shown["tasks"]], shown["cursor"]) == (["tsk_test"], "next")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("limit", value) for value in ("0", "101", "-1", "1.5", "ten", "", "1e2", "²", "100000")],
        *[("status", value) for value in ("submitted", "unknown", "", "FAILED", "done")],
        *[("model", value) for value in ("", "nano", "dall-e")],
        *[("provider", value) for value in ("", "MAXAPI", "nobody")],
        *[("createdAfter", value) for value in ("", "yesterday", "2027-13-01", "1800000000")],
        *[("createdBefore", value) for value in ("", "0001-01-01T00:00:00+14:00", "2027-01-15T25")],
    ],
)
def test_a_list_that_cannot_be_made_says_what_can(name: str, value: str) -> None:
    (error,) = problem(get("/v1/tasks", **{name: value}), 422, "invalid_request")["errors"]
    assert error["field"] == name
    assert error["allowed"]


def test_a_time_whose_plus_became_a_space_is_shown_one_that_is_understood() -> None:
    answer = get("/v1/tasks", createdAfter="2027-01-15T08:00:00 01:00")
    (error,) = problem(answer, 422, "invalid_request")["errors"]
    assert error["allowed"] == ["an ISO 8601 time, such as 2026-01-31T12:00:00Z"]


@pytest.mark.parametrize(
    ("path", "name", "value", "allowed"),
    [
        *[
            ("/v1/overview", "hours", value, "whole hours from 1 to 168")
            for value in ("0", "169", "-1", "1.5", "", "²", "a day", "1000", "0024")
        ],
        *[
            ("/v1/tasks/tsk_test", "wait", value, "whole seconds from 0 to 25")
            for value in ("26", "-1", "+1", " 1", "1.5", "", "²", "007")
        ],
    ],
)
def test_a_number_is_whole_and_within_what_is_allowed(
    path: str, name: str, value: str, allowed: str
) -> None:
    (error,) = problem(get(path, **{name: value}), 422, "invalid_request")["errors"]
    assert (error["field"], error["allowed"]) == (name, [allowed])


@pytest.mark.parametrize(
    ("hours", "asked"), [({}, 24), ({"hours": "1"}, 1), ({"hours": "168"}, 168)]
)
def test_the_overview_is_of_as_many_hours_as_are_asked_for(
    hours: dict[str, str], asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "latest", lambda *_: ([], True))
    monkeypatch.setattr(backlog, "dead_letters", dict)
    assert told(get("/v1/overview", **hours))["hours"] == asked


@pytest.mark.parametrize("cursor", ["x", "e30", "W10", "bnVsbA", "WzEsMl0", "ü", "a" * 1000])
def test_a_cursor_of_ones_own_is_malformed(cursor: str) -> None:
    problem(get("/v1/tasks", cursor=cursor), 400, "malformed_request")


def test_the_models_that_can_be_made_are_listed(accounts: None) -> None:
    shown = told(get("/v1/models"))["models"]
    assert [len(entry["providers"]) for entry in shown] == [3, 2, 2]
