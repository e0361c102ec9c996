"""In the console, from a prompt to its picture, and to the next one like it."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import expect

from tests.e2e.cloud import eventually
from tests.e2e.console import Console
from tests.unit.samples import picture

MARKUP = "<img src=x onerror=\"document.title='hacked'\"><b>bold</b>"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


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
    second = console.make("the second [sim:maxapi never]")
    with page.expect_response(f"**/v1/tasks/{first}"):
        console.cloud.api.post(f"/v1/tasks/{first}/cancel", json={"discard": True})
    page.evaluate("() => new Promise((drawn) => setTimeout(drawn, 100))")
    assert "the second" in page.get_by_label("Result").inner_text()
    console.cloud.api.post(f"/v1/tasks/{second}/cancel", json={"discard": True})
    expect(page.get_by_text("It was cancelled")).to_be_visible()
