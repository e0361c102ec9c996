"""The console's lists, and every screen that has nothing to show."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.cloud import Cloud
from tests.e2e.console import Console, tab


def a_page(task: dict[str, Any], route: Route) -> dict[str, Any]:
    """Fifty of five thousand tasks that are all like this one."""
    start = int((re.findall(r"cursor=(\d+)", route.request.url) or [0])[0])
    tasks = [{**task, "taskId": f"tsk_{n:026}"} for n in range(start, start + 50)]
    return {"tasks": tasks, "cursor": str(start + 50) if start + 50 < 5000 else None}


def test_of_five_thousand_tasks_only_a_page_is_drawn(
    console: Console, made: dict[str, Any]
) -> None:
    page, asked = console.page, list[str]()

    def list_many(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(json=a_page(made, route))

    page.route("**/v1/tasks?*", list_many)
    page.get_by_role("link", name="Tasks").click()
    for number in range(1, 26):
        expect(page.get_by_text(f"Page {number}", exact=True)).to_be_visible()
        assert page.locator(".rows li").count() == 50
        page.get_by_role("button", name="Older").click()
    page.get_by_role("button", name="Newer").click()
    expect(page.get_by_text("Page 25", exact=True)).to_be_visible()
    assert all("limit=50" in url for url in asked)


def test_two_clicks_on_older_skip_no_page(console: Console, made: dict[str, Any]) -> None:
    page, held = console.page, list[Route]()
    page.route("**/v1/tasks?*", lambda route: route.fulfill(json=a_page(made, route)))
    page.get_by_role("link", name="Tasks").click()
    expect(page.locator(".rows li")).to_have_count(50)
    page.route("**/v1/tasks?*", lambda route: held.append(route))
    older = page.get_by_role("button", name="Older")
    older.evaluate("button => { button.click(); button.click(); }")
    later = console.soon(held)
    later.fulfill(json=a_page(made, later))
    expect(page.get_by_text("Page 2", exact=True)).to_be_visible()
    expect(page.locator(".rows a").first).to_have_attribute("href", f"#/tasks/tsk_{50:026}")


def test_of_two_filters_the_later_one_counts(console: Console, made: dict[str, Any]) -> None:
    page, held = console.page, list[Route]()
    page.get_by_role("link", name="Tasks").click()
    page.locator(".rows li").first.wait_for()
    page.route("**/v1/tasks?*status=failed*", lambda route: held.append(route))
    page.get_by_role("radio", name="Failed").check()
    late = console.soon(held)
    page.get_by_role("radio", name="Done").check()
    page.locator(".rows .succeeded").first.wait_for()
    with page.expect_response("**/v1/tasks?*status=failed*") as answer:
        late.continue_()
    answer.value.finished()
    page.evaluate("fetch('console/icon.svg').then(answer => answer.text())")  # heard after it
    assert page.locator(".rows .failed").count() == 0


def test_who_has_nothing_yet_is_told_what_to_do(browser: Browser, cloud: Cloud) -> None:
    with tab(browser, cloud) as console:
        console.sign_in(cloud.make_key("newcomer"))
        for place in ("gallery", "tasks", "overview"):
            console.visit(place)
            console.page.get_by_role("link", name=re.compile("^Create (one|a picture)")).click()
            console.page.get_by_label("Prompt", exact=True).wait_for()


@pytest.mark.parametrize("place", ["gallery", "tasks", "overview"])
def test_what_cannot_be_had_now_can_be_tried_again(console: Console, place: str) -> None:
    page = console.page
    page.route("**/v1/*", lambda route: route.abort())
    console.visit(place)
    expect(page.get_by_role("alert")).to_contain_text("The API cannot be reached")
    page.unroute("**/v1/*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    console.forget("ERR_FAILED")


def test_a_task_that_is_not_there_is_said_to_be_gone(console: Console) -> None:
    console.visit(f"tasks/tsk_{'z' * 26}")
    expect(console.page.get_by_text("There is no such task")).to_be_visible()


@pytest.mark.parametrize("place", ["constructor", "%", "gallery/../..", "tasks/%E0%A4%A"])
def test_an_odd_address_leads_somewhere(console: Console, place: str) -> None:
    console.visit(place)
    expect(console.page.locator("main :is(h1, .empty)").first).to_be_attached()
    expect(console.page.locator("main .waiting")).to_have_count(0)
    assert console.wrong == [], "the screen was drawn without an error"


def test_a_screen_that_cannot_be_loaded_says_so_in_words(console: Console) -> None:
    page = console.page
    page.route("**/console/overview.js", lambda route: route.abort())
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_role("alert")).to_contain_text("The API cannot be reached")
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="How it goes")).to_be_visible()
    console.forget("ERR_FAILED")
