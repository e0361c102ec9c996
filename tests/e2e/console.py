"""The console in a real browser, as its user sees it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect

from tests.e2e.cloud import PATIENCE, Cloud

expect.set_options(timeout=PATIENCE * 1000)
NARROW = {"width": 375, "height": 700}
WIDE = {"width": 1200, "height": 800}
# An answer such as 422 is shown to the user, and noted by the browser too.
ANSWERED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


class Console:
    """A tab of its own, and all that went wrong in it."""

    def __init__(self, page: Page, cloud: Cloud) -> None:
        self.page, self.cloud = page, cloud
        self.wrong: list[str] = []
        page.set_default_timeout(PATIENCE * 1000)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not ANSWERED.match(message.text):
            self.wrong.append(message.text)

    def soon(self, held: list[Route]) -> Route:
        """The request that is being held back, as soon as the page has sent it."""
        while not held:
            self.page.wait_for_timeout(20)
        return held.pop()

    def forget(self, expected: str) -> None:
        self.wrong = [each for each in self.wrong if expected not in each]

    def sign_in(self, key: str | None = None) -> None:
        self.page.goto(self.cloud.url)
        self.page.get_by_label("API key").fill(key or self.cloud.key)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_label("Prompt", exact=True).wait_for()

    def visit(self, place: str) -> None:
        self.page.goto(f"{self.cloud.url}/#/{place}")

    def make(self, prompt: str) -> str:
        """Fill in the prompt and order it as the form stands; the task's id."""
        self.page.get_by_label("Prompt", exact=True).fill(prompt)
        with self.page.expect_response(lambda r: r.request.method == "POST") as answer:
            self.page.get_by_role("button", name="Make it").click()
        assert answer.value.status == 202, answer.value.text()
        return str(answer.value.json()["taskId"])

    def serious(self) -> list[str]:
        """What keeps somebody from using this screen, as axe finds it."""
        found: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        return [
            f"{each['id']}: {each['nodes'][0]['html']}"
            for each in found
            if each["impact"] in ("serious", "critical")
        ]

    def overflow(self) -> int:
        width: int = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return max(0, width)


@contextmanager
def tab(browser: Browser, cloud: Cloud, **options: Any) -> Iterator[Console]:
    context = browser.new_context(**{"viewport": WIDE, **options})
    console = Console(context.new_page(), cloud)
    try:
        yield console
        assert console.wrong == []
    finally:
        context.close()
