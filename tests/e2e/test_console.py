"""The console, in a real browser against a real local cloud: every screen, and the whole story."""

import json
import re
from collections.abc import Iterator
from copy import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from local.browser import browsing, chromium
from tests.e2e.cloud import ENDED, Cloud, eventually
from tests.e2e.console import NARROW, Console, tab
from tests.unit.samples import picture

pytestmark = pytest.mark.skipif(
    chromium() is None, reason="needs Chromium: apt-get install chromium"
)
MARKUP = "<img src=x onerror=\"document.title='hacked'\"><b>bold</b>"
NO_SUCH_KEY = f"plt_{'A' * 32}"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def cloud(cloud: Cloud) -> Cloud:
    """The same cloud, to an owner of these tests' own."""
    mine = copy(cloud)
    mine.owner, mine.key = "onlooker", cloud.make_key("onlooker")
    mine.api = cloud.api_of(mine.key)
    return mine


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture
def console(browser: Browser, cloud: Cloud) -> Iterator[Console]:
    with tab(browser, cloud) as console:
        console.sign_in()
        yield console


@pytest.fixture(scope="module")
def made(cloud: Cloud) -> dict[str, Any]:
    """A task with a picture and a thumbnail; beside it another one, and one that failed."""
    orders = [cloud.order(cloud.way("maxapi"), "fast") for _ in range(2)]
    placed, *_ = orders = [*orders, cloud.order(cloud.way("apixo"), "fail=moderation fast")]
    for each in orders:
        cloud.wait(each.task_id)
    return eventually(
        lambda: cloud.show(placed.task_id), lambda task: task["images"][0]["thumbnail"]
    )


# ── the door ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", ["nonsense", "plt_with space", NO_SUCH_KEY, "Bearer plt_é"])
def test_a_wrong_key_is_told_so_and_may_be_put_right(
    browser: Browser, cloud: Cloud, key: str
) -> None:
    with tab(browser, cloud) as console:
        console.page.goto(cloud.url)
        console.page.get_by_label("API key").fill(key)
        console.page.get_by_role("button", name="Sign in").click()
        expect(console.page.get_by_role("alert")).to_have_text(re.compile("key"))
        console.sign_in()


def test_the_key_stays_in_the_tab_and_goes_when_one_signs_out(console: Console) -> None:
    page, key = console.page, console.cloud.key
    kept = page.evaluate("[{...sessionStorage}, {...localStorage}, document.cookie, location.href]")
    assert kept == [{"plantain.key": key}, {}, "", f"{console.cloud.url}/"]
    page.reload()
    page.get_by_label("Prompt", exact=True).wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("API key").wait_for()
    assert page.evaluate("sessionStorage.length") == 0
    assert key not in page.content()


def test_a_key_that_is_revoked_meanwhile_leads_back_to_the_door(console: Console) -> None:
    console.page.evaluate(f"sessionStorage.setItem('plantain.key', '{NO_SUCH_KEY}')")
    console.page.get_by_role("link", name="Gallery").click()
    console.page.get_by_label("API key").wait_for()
    expect(console.page.get_by_role("alert")).to_contain_text("no longer accepted")
    console.sign_in()
    console.page.get_by_role("button", name="Sign out").click()
    console.page.get_by_label("API key").wait_for()
    expect(console.page.get_by_text("no longer accepted")).to_have_count(0)


# ── the whole story ──────────────────────────────────────────────────────────────────────────────


def test_a_picture_whose_webhook_is_lost_from_its_prompt_to_its_end(console: Console) -> None:
    page = console.page
    page.get_by_role("radio", name="nano-banana-2").check()
    page.get_by_role("radio", name="16:9").check()
    page.get_by_role("radio", name="1K").check()
    task_id = console.make("a plantain by the sea [sim:maxapi webhook=lose]")
    stage = page.get_by_role("list", name="Progress").locator("[aria-current=step]")
    expect(stage).to_have_text("At the provider")
    expect(page.get_by_role("heading", name="Done in")).to_be_visible()
    shown = page.get_by_role("img", name="a plantain by the sea")
    expect(shown).to_have_js_property("naturalWidth", 1024)

    eventually(lambda: console.cloud.show(task_id)["images"][0]["thumbnail"], bool)
    page.get_by_role("link", name="Gallery").click()
    newest = page.locator(".pictures button").first
    assert ".thumb.webp" in str(newest.locator("img").get_attribute("src"))
    newest.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(re.compile(r"nano-banana-2.*maxapi.*1024 × 576", re.DOTALL))
    dialog.get_by_role("link", name=task_id).click()

    recorder = page.get_by_role("region", name="Flight recorder")
    steps = ["Ordered", "Is being sent", "Taken", "found by the sweep", "ready", "Stored"]
    expect(recorder).to_contain_text(re.compile(".*".join(steps), re.DOTALL))
    expect(recorder).to_contain_text("Its webhook was lost")
    page.get_by_text("Raw JSON").click()
    raw = json.loads(page.locator(".raw pre").inner_text())
    assert (raw["task"]["taskId"], raw["timeline"]["taskId"]) == (task_id, task_id)

    remove = page.get_by_role("button", name="Delete")
    remove.click()
    page.get_by_role("button", name="Delete it for good?").click()
    page.wait_for_url("**/#/tasks")
    expect(page.locator(f"a[href='#/tasks/{task_id}']")).to_have_count(0)


def test_progress_never_goes_back_while_the_api_does_not_answer(console: Console) -> None:
    page = console.page
    task_id = console.make("a patient plantain [sim:maxapi never]")
    stage = page.get_by_role("list", name="Progress").locator("[aria-current=step]")
    expect(stage).to_have_text("At the provider")
    page.route("**/v1/**", lambda route: route.abort())
    expect(page.get_by_text("The API does not answer")).to_be_visible()
    expect(stage).to_have_text("At the provider")
    page.unroute_all()
    expect(page.get_by_text("The API does not answer")).to_have_count(0)
    console.cloud.api.post(f"/v1/tasks/{task_id}/cancel", json={"discard": True})
    expect(page.get_by_text("It was cancelled")).to_be_visible()
    console.forget("ERR_FAILED")


def test_nothing_that_anybody_wrote_becomes_markup(console: Console) -> None:
    page, body = console.page, console.cloud.body(words="fast")
    body |= {"metadata": {MARKUP[:40]: MARKUP}}
    body["input"]["prompt"] = f"{MARKUP} [sim:fast]"
    task_id = console.cloud.place(body).task_id
    console.cloud.wait(task_id)
    for place in ("gallery", "tasks", f"tasks/{task_id}"):
        console.visit(place)
        expect(page.get_by_text("<b>bold</b>").first).to_be_attached()
        assert page.locator("img[src=x], main b").count() == 0
    assert "hacked" not in page.title()


def test_a_double_click_or_a_key_held_down_buys_once(console: Console) -> None:
    page, names = console.page, list[str]()
    page.on("request", lambda r: names.append(r.headers.get("idempotency-key", "")))
    page.clock.set_fixed_time(NOON)
    console.make("once [sim:fast]")
    page.get_by_role("button", name="Make it").dblclick()
    page.get_by_label("Prompt", exact=True).focus()
    page.keyboard.down("Control")
    for _ in range(5):
        page.keyboard.down("Enter")
    page.keyboard.up("Control")
    page.clock.set_fixed_time(NOON + timedelta(seconds=5))
    console.make("once [sim:fast]")
    assert len(list(filter(None, names))) == 2


def test_a_second_one_is_asked_for_like_the_first(console: Console, made: dict[str, Any]) -> None:
    page = console.page
    console.visit(f"tasks/{made['taskId']}")
    page.get_by_role("button", name="Again").click()
    prompt = made["input"]["prompt"]
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(prompt)
    expect(page.get_by_role("radio", name=made["model"], exact=False).first).to_be_checked()


def test_a_variation_starts_from_the_picture(console: Console, made: dict[str, Any]) -> None:
    page = console.page
    console.visit(f"tasks/{made['taskId']}")
    page.get_by_role("button", name="Vary").click()
    expect(page.get_by_role("img", name="Reference 1")).to_be_visible()
    task = console.cloud.show(console.make("the same in winter [sim:fast]"))
    (url,) = task["input"]["imageUrls"]
    assert url.startswith(f"{console.cloud.url}/u/")


def test_a_variation_names_the_picture_that_the_world_can_see(
    console: Console, made: dict[str, Any]
) -> None:
    page, link = console.page, "https://pictures.example/i/made.png"
    seen = {**made, "images": [{**made["images"][0], "link": link}]}
    page.route(f"**/v1/tasks/{made['taskId']}", lambda route: route.fulfill(json=seen))
    page.route(link, lambda route: route.fulfill(body=picture(size=(64, 64))))
    console.visit(f"tasks/{made['taskId']}")
    page.get_by_role("button", name="Vary").click()
    expect(page.get_by_role("img", name="Reference 1")).to_have_js_property("naturalWidth", 64)


def test_what_is_not_ordered_yet_waits_for_whoever_comes_back(console: Console) -> None:
    page = console.page
    page.get_by_label("Prompt", exact=True).fill("a long thought")
    page.get_by_role("radio", name="nano-banana-2").check()
    page.get_by_role("radio", name="9:16").check()
    page.get_by_label("Made by").select_option("The cheapest")
    page.get_by_role("link", name="Gallery").click()
    page.locator(".pictures").or_(page.get_by_text("No pictures yet")).first.wait_for()
    page.go_back()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("a long thought")
    expect(page.get_by_role("radio", name="9:16")).to_be_checked()
    expect(page.get_by_label("Made by")).to_have_value("value")
    page.get_by_role("button", name="Sign out").click()
    console.sign_in()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("")


def test_who_comes_back_sees_how_the_last_order_stands(console: Console) -> None:
    page = console.page
    task_id = console.make("a plantain on a journey [sim:maxapi never]")
    stage = page.get_by_role("list", name="Progress").locator("[aria-current=step]")
    expect(stage).to_have_text("At the provider")
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("link", name="Create").click()
    expect(page.get_by_label("Result")).to_contain_text("a plantain on a journey")
    expect(stage).to_have_text("At the provider")
    page.get_by_role("link", name="Overview").click()
    console.cloud.api.post(f"/v1/tasks/{task_id}/cancel", json={"discard": True})
    page.get_by_role("link", name="Create").click()
    expect(page.get_by_text("It was cancelled")).to_be_visible()
    page.get_by_role("link", name="Overview").click()
    console.cloud.api.delete(f"/v1/tasks/{task_id}")
    page.get_by_role("link", name="Create").click()
    expect(page.get_by_text("Your picture appears here")).to_be_visible()


def test_of_two_orders_the_later_one_is_shown(console: Console) -> None:
    page = console.page
    page.clock.set_fixed_time(NOON)
    first = console.make("the first [sim:maxapi never]")
    page.clock.set_fixed_time(NOON + timedelta(seconds=5))
    console.make("the second [sim:maxapi never]")
    with page.expect_response(f"**/v1/tasks/{first}"):
        console.cloud.api.post(f"/v1/tasks/{first}/cancel", json={"discard": True})
    page.evaluate("() => new Promise((drawn) => setTimeout(drawn, 100))")
    assert "the second" in page.get_by_label("Result").inner_text()


# ── what may be asked for ────────────────────────────────────────────────────────────────────────


def test_what_nobody_can_make_is_said_before_it_is_sent(console: Console) -> None:
    page, sent = console.page, list[str]()
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_role("radio", name="21:9").check()
    page.get_by_role("radio", name="1K").check()
    page.get_by_label("Prompt", exact=True).fill("a lamp")
    expect(page.get_by_text("Nobody can make this as it is.")).to_be_visible()
    expect(page.locator("#wrong-aspectRatio")).to_contain_text("maxapi does not make this shape")
    page.get_by_role("button", name="Make it").click()
    assert "POST" not in sent
    page.get_by_role("radio", name="16:9").check()
    expect(page.get_by_text("is asked first")).to_contain_text("maxapi")
    page.get_by_label("Prompt", exact=True).fill(" ")
    expect(page.locator("#wrong-prompt")).not_to_be_empty()


def test_what_the_api_refuses_is_said_where_it_belongs(console: Console) -> None:
    page = console.page
    page.get_by_label("Link to a picture").fill("http://127.0.0.1/secret.png")
    page.get_by_label("Link to a picture").press("Enter")
    page.get_by_label("Prompt", exact=True).fill("a lamp")
    page.get_by_label("Prompt", exact=True).press("Control+Enter")
    expect(page.locator("#wrong-imageUrls")).to_contain_text("https://")


def test_a_reference_is_uploaded_and_shown(console: Console) -> None:
    page = console.page
    page.get_by_label("Pictures to upload").set_input_files(
        {"name": "cat.png", "mimeType": "image/png", "buffer": picture(size=(64, 64))}
    )
    reference = page.get_by_role("img", name="Reference 1")
    expect(reference).to_have_js_property("naturalWidth", 64)
    task = console.cloud.show(console.make("a cat [sim:fast]"))
    assert task["input"]["imageUrls"][0].startswith(f"{console.cloud.url}/u/")
    page.get_by_label("Pictures to upload").set_input_files(
        {"name": "cat.txt", "mimeType": "text/plain", "buffer": b"a cat"}
    )
    expect(page.locator("#wrong-imageUrls")).to_contain_text("cat.txt is no PNG")


DROP = """(bytes) => {
    const dropped = new DataTransfer();
    dropped.items.add(new File([new Uint8Array(bytes)], "cat.png", { type: "image/png" }));
    const options = { dataTransfer: dropped, bubbles: true, cancelable: true };
    return !document.querySelector("h1").dispatchEvent(new DragEvent("drop", options));
}"""


def test_a_picture_is_a_reference_wherever_it_is_dropped(console: Console) -> None:
    page, cat = console.page, list(picture(size=(64, 64)))
    assert page.evaluate(DROP, cat), "the browser would show it in place of the page"
    expect(page.get_by_role("img", name="Reference 1")).to_have_js_property("naturalWidth", 64)
    page.get_by_role("link", name="Gallery").click()
    page.get_by_role("heading", name="Gallery").wait_for(state="attached")
    sent = list[str]()
    page.on("request", lambda r: sent.append(r.url))
    assert page.evaluate(DROP, cat)
    with page.expect_response("**/v1/overview*"):
        page.get_by_role("link", name="Overview").click()
    assert not any(url.endswith("/v1/uploads") for url in sent)


def test_nothing_is_ordered_without_the_reference_that_is_still_on_its_way(
    console: Console,
) -> None:
    page, held, sent = console.page, list[Route](), list[str]()
    page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
    page.route("**/v1/uploads", lambda route: held.append(route))
    page.get_by_label("Prompt", exact=True).fill("a cat [sim:fast]")
    cat = {"mimeType": "image/png", "buffer": picture(size=(64, 64))}
    text = {"name": "cat.txt", "mimeType": "text/plain", "buffer": b"a cat"}
    page.get_by_label("Pictures to upload").set_input_files([text, {"name": "cat.png", **cat}])
    page.get_by_role("button", name="Make it").click()
    expect(page.locator("#wrong-imageUrls")).to_contain_text("Wait until")
    assert not any(url.endswith("/v1/tasks") for url in sent)
    console.soon(held).continue_()
    expect(page.get_by_role("img", name="Reference 1")).to_be_visible()
    expect(page.locator("#wrong-imageUrls")).to_have_text("cat.txt is no PNG, JPEG or WebP.")


def test_a_reference_that_cannot_be_shown_can_still_be_ordered(console: Console) -> None:
    page = console.page
    page.route("https://pictures.example/**", lambda route: route.fulfill(body=b"no picture"))
    page.get_by_label("Link to a picture").fill("https://pictures.example/cat.png")
    page.get_by_label("Link to a picture").press("Enter")
    expect(page.get_by_text("No preview")).to_be_visible()
    page.get_by_role("button", name="Remove reference 1").click()
    expect(page.get_by_text("No preview")).to_have_count(0)


# ── looking after tasks ──────────────────────────────────────────────────────────────────────────


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


# ── many, none, and not to be had ────────────────────────────────────────────────────────────────


def test_of_five_thousand_tasks_only_a_page_is_drawn(
    console: Console, made: dict[str, Any]
) -> None:
    page, asked = console.page, list[str]()

    def list_many(route: Route) -> None:
        start = int((re.findall(r"cursor=(\d+)", route.request.url) or [0])[0])
        asked.append(route.request.url)
        tasks = [{**made, "taskId": f"tsk_{n:026}"} for n in range(start, start + 50)]
        cursor = str(start + 50) if start + 50 < 5000 else None
        route.fulfill(json={"tasks": tasks, "cursor": cursor})

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

    def list_many(route: Route) -> None:
        start = int((re.findall(r"cursor=(\d+)", route.request.url) or [0])[0])
        tasks = [{**made, "taskId": f"tsk_{n:026}"} for n in range(start, start + 50)]
        route.fulfill(json={"tasks": tasks, "cursor": str(start + 50)})

    page.route("**/v1/tasks?*", list_many)
    page.get_by_role("link", name="Tasks").click()
    expect(page.locator(".rows li")).to_have_count(50)
    page.route("**/v1/tasks?*", lambda route: held.append(route))
    older = page.get_by_role("button", name="Older")
    older.evaluate("button => { button.click(); button.click(); }")
    list_many(console.soon(held))
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


# ── for everybody ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_can_be_used_by_everybody_on_any_screen(
    browser: Browser, cloud: Cloud, made: dict[str, Any], scheme: str
) -> None:
    options: dict[str, Any] = {"color_scheme": scheme}
    if scheme == "dark":
        options["viewport"] = NARROW
    with tab(browser, cloud, **options) as console:
        console.page.goto(cloud.url)
        console.page.get_by_label("API key").wait_for()
        assert console.serious() == []
        console.sign_in()
        seen = {
            "create": console.page.get_by_label("Prompt", exact=True),
            "gallery": console.page.locator(".pictures img").first,
            "tasks": console.page.locator(".rows li").first,
            f"tasks/{made['taskId']}": console.page.locator(".steps li").first,
            "overview": console.page.locator(".tiles").first,
        }
        for place, sign in seen.items():
            console.visit(place)
            sign.wait_for()
            assert (place, console.serious(), console.overflow()) == (place, [], 0)


def test_what_is_happening_is_in_sight_on_a_narrow_screen(browser: Browser, cloud: Cloud) -> None:
    with tab(browser, cloud, viewport=NARROW) as console:
        console.sign_in()
        console.make("in sight [sim:fast]")
        end = console.page.get_by_role("link", name=re.compile("^(See what|What happened)"))
        expect(end).to_be_in_viewport()


def test_everything_is_done_by_keyboard_too(console: Console, made: dict[str, Any]) -> None:
    page = console.page
    page.get_by_role("link", name="Gallery").focus()
    page.keyboard.press("Enter")
    cards = page.locator(".pictures button")
    cards.first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("figure img")).to_be_visible()
    first = dialog.get_by_role("link").inner_text()
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("link")).not_to_have_text(first)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert focused(page) == "BUTTON"


def focused(page: Page) -> str:
    name: str = page.evaluate("document.activeElement.tagName")
    return name


def test_a_picture_is_saved_and_its_link_copied(
    console: Console, made: dict[str, Any], tmp_path: Path
) -> None:
    page = console.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    console.visit(f"tasks/{made['taskId']}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    download.value.save_as(tmp_path / "saved")
    assert (tmp_path / "saved").stat().st_size == made["images"][0]["bytes"]
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status")).to_contain_text("needs no key")
    assert page.evaluate("navigator.clipboard.readText()") == made["images"][0]["link"]
    console.visit("gallery")
    page.locator(".pictures button").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Copy link").click()
    expect(dialog.get_by_role("status")).to_contain_text("needs no key")


def test_a_link_is_copied_by_hand_where_the_browser_keeps_its_clipboard(
    console: Console, made: dict[str, Any]
) -> None:
    page = console.page
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.reload()
    console.visit(f"tasks/{made['taskId']}")
    with page.expect_event("dialog") as asked:
        page.get_by_role("button", name="Copy link").click()
    assert asked.value.default_value == made["images"][0]["link"]


def test_a_picture_that_was_deleted_elsewhere_is_said_to_be_gone(
    browser: Browser, console: Console
) -> None:
    page = console.page
    task = console.cloud.order(console.cloud.way("maxapi"), "fast")
    console.cloud.wait(task.task_id)
    console.visit("gallery")
    page.locator(".pictures button").first.wait_for()
    with tab(browser, console.cloud) as other:
        other.sign_in()
        other.visit(f"tasks/{task.task_id}")
        other.page.get_by_role("button", name="Download").wait_for()
        console.cloud.api.delete(f"/v1/tasks/{task.task_id}").raise_for_status()
        other.page.get_by_role("button", name="Download").click()
        expect(other.page.get_by_role("status")).to_contain_text("deleted meanwhile")
    page.locator(".pictures button").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("This picture is gone")
