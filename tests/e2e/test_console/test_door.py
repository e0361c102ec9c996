"""The console's door: a key opens it, stays in its tab, and is asked for again."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.cloud import Cloud
from tests.e2e.console import Console, tab

NO_SUCH_KEY = f"plt_{'A' * 32}"


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
