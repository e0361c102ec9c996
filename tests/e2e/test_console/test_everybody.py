"""The console can be used by everybody, on every screen and with every browser's ways."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.cloud import Cloud
from tests.e2e.console import NARROW, Console, tab


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
