"""Looking after tasks in the console: each by itself, and all summed up."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.e2e.cloud import ENDED
from tests.e2e.console import Console


def test_a_failure_says_why_and_is_found_among_the_failed(
    console: Console, made: dict[str, Any]
) -> None:
    page = console.page
    page.get_by_role("link", name="Tasks").click()
    page.get_by_role("radio", name="Failed").check()
    page.get_by_text("The provider's moderation refused it").first.click()
    expect(page.get_by_role("region", name="Pictures")).to_contain_text("Change the request")


def test_a_bought_task_is_let_go_only_when_asked_twice(console: Console) -> None:
    task_id = console.cloud.order(console.cloud.way("maxapi"), "never").task_id
    page = console.page
    console.visit(f"tasks/{task_id}")
    page.get_by_role("button", name="Cancel").click()
    assert console.cloud.show(task_id)["status"] not in ENDED
    page.get_by_role("button", name="It is paid for. Let it go?").click()
    expect(page.get_by_text("It was cancelled")).to_be_visible()


def test_a_delivery_is_shown_and_sent_again(console: Console) -> None:
    page, body = console.page, console.cloud.body(console.cloud.way("maxapi"), "fast")
    task_id = console.cloud.place({**body, "callBackUrl": "https://hooks.example/told"}).task_id
    console.visit(f"tasks/{task_id}")
    told = page.get_by_role("region", name="Deliveries")
    expect(told).to_contain_text("https://hooks.example/told")
    with page.expect_response(lambda r: r.request.method == "POST") as answer:
        page.get_by_role("button", name="Tell again").click()
    assert answer.value.status == 202


def test_the_overview_sums_up_and_leads_to_what_needs_a_look(
    console: Console, made: dict[str, Any]
) -> None:
    page = console.page
    page.get_by_role("link", name="Overview").click()
    summed = console.cloud.api.get("/v1/overview").json()
    expect(page.get_by_role("region", name="By provider")).to_contain_text("maxapi")
    expect(page.get_by_role("img", name="Tasks over time")).to_be_visible()
    names = page.locator(".tiles h2").all_inner_texts()
    assert names == ["Success", "Half take", "Nearly all take", "Webhooks", "Cost"]
    assert summed["tasks"] > 0
    page.get_by_label("Time", exact=True).select_option("the last week")
    expect(page.get_by_text(re.compile("The sum of"))).to_be_visible()


def test_a_task_is_followed_through_an_outage_of_the_api(console: Console) -> None:
    task_id = console.cloud.order(console.cloud.way("maxapi"), "never").task_id
    page = console.page
    console.visit(f"tasks/{task_id}")
    expect(page.get_by_text("It is on its way")).to_be_visible()
    page.route("**/v1/**", lambda route: route.abort())
    expect(page.get_by_role("status")).to_contain_text("The API cannot be reached")
    page.unroute_all()
    console.cloud.api.post(f"/v1/tasks/{task_id}/cancel", json={"discard": True})
    expect(page.get_by_text("It was cancelled")).to_be_visible()
    console.forget("ERR_FAILED")


def test_a_page_on_which_nothing_is_new_stays_as_it_is(console: Console) -> None:
    page, body = console.page, console.cloud.body(console.cloud.way("maxapi"), "never")
    task_id = console.cloud.place(body).task_id
    console.visit(f"tasks/{task_id}")
    expect(page.get_by_text("Taken: it is being made")).to_be_visible()
    heading = page.get_by_role("heading", level=1).element_handle()
    for _ in range(2):
        with page.expect_response(f"**/v1/tasks/{task_id}/deliveries"):
            pass
    assert heading is not None
    assert heading.evaluate("it => it.isConnected")
    console.cloud.api.post(f"/v1/tasks/{task_id}/cancel", json={"discard": True})


def test_money_is_told_in_whole_cents_from_a_dollar_on(console: Console) -> None:
    page, sums = console.page, console.cloud.api.get("/v1/overview").json()
    nobody = {"expected": 0, "arrived": 0}
    maker = {"provider": "maxapi", "tasks": 1, "successRate": None, "seconds": None}
    costs = {"1.50": 1.5, "12.00": 12, "0.125": 0.125, "0.03": 0.03}
    found = [{**maker, "webhooks": nobody, "cost": cost} for cost in costs.values()]
    page.route(
        "**/v1/overview?*", lambda r: r.fulfill(json={**sums, "tasks": 4, "providers": found})
    )
    page.get_by_role("link", name="Overview").click()
    expect(page.locator("tbody td:last-child")).to_have_text([f"${told}" for told in costs])


def test_a_task_that_waits_for_a_provider_has_lost_no_webhook(
    console: Console, made: dict[str, Any]
) -> None:
    words = ["submitting", "refused", "queued", "sweep", "submitting", "submitted", "sweep"]
    steps = [
        {"at": made["createdAt"], "after": n, "what": what, "why": None}
        for n, what in enumerate([*words, "succeeded"], 1)
    ]
    path = f"tasks/{made['taskId']}"
    console.page.route(
        f"**/v1/{path}/timeline",
        lambda route: route.fulfill(json={"taskId": made["taskId"], "steps": steps}),
    )
    console.visit(path)
    recorder = console.page.get_by_role("region", name="Flight recorder")
    told = ["Waits for a provider", "Its turn", "Taken", "found by the sweep", "webhook was lost"]
    expect(recorder).to_contain_text(re.compile(".*".join(told), re.DOTALL))
    expect(recorder.get_by_text("Its webhook was lost")).to_have_count(1)
