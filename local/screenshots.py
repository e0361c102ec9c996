"""Pictures of the console for the README: python -m local.screenshots

A local cloud is started, a day's worth of orders is placed with simulated providers, and each
screen is photographed, light and dark, wide and narrow.
"""

import io
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page

from local import background
from local.browser import browsing, chromium
from local.config import Trouble

WIDE, MIDDLE, NARROW = (1200, 760), (820, 560), (390, 720)
FOLDER = Path("docs/screenshots")
COLOURS = 256
PRICES = {
    "maxapi/nano-banana": 0.03,
    "maxapi/nano-banana-2": 0.05,
    "maxapi/nano-banana-pro": 0.12,
    "apixo/nano-banana": 0.02,
    "apixo/nano-banana-2": 0.06,
    "liangxin/nano-banana-pro": 0.14,
    "aigptimage/nano-banana": 0.02,
}
LOST = "a lighthouse at dusk, seen from the water [sim: webhook=lose]"
# Model, ratio and prompt; the words in brackets are for the simulated providers.
ORDERS = (
    ("nano-banana-2", "3:2", LOST),
    ("nano-banana", "16:9", "a plantain in sunglasses, on a beach at dusk"),
    ("nano-banana-2", "1:1", "the inside of a clock that runs on honey"),
    ("nano-banana-pro", "3:4", "a cat waiting for the rain to end"),
    ("nano-banana-2", "9:16", "a tall library with a ladder and no books"),
    ("nano-banana", "16:9", "a bus stop in the savannah [sim: busy=1]"),
    ("nano-banana-2", "4:3", "tea for two, on the moon"),
    ("nano-banana-pro", "1:1", "portrait of a very serious plantain"),
    ("nano-banana-2", "16:9", "harvest in the mountains, from above"),
    ("nano-banana-2", "3:2", "a market at night, all in yellow [sim: webhook=lose]"),
    ("nano-banana-pro", "16:9", "a paper boat crossing a blue tablecloth"),
    ("nano-banana", "16:9", "something that nobody may draw [sim: fail=moderation]"),
    ("nano-banana-2", "1:1", "a whale in a swimming pool [sim: fail=transient]"),
    ("nano-banana", "9:16", "the longest banana in the world"),
    ("nano-banana-2", "21:9", "a train window, the whole coast in it"),
    ("nano-banana-2", "1:1", "a garden for one bee [sim: never]"),
)
Json = dict[str, Any]


class Studio:
    """A local cloud with a browser in front of it."""

    def __init__(self, ready: Json, browser: Browser) -> None:
        self.url, self.key, self.browser = ready["api"], ready["key"], browser
        headers = {"Authorization": f"Bearer {self.key}"}
        self.api = httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)

    def order(self) -> Iterator[str]:
        for model, ratio, prompt in ORDERS:
            wanted = {"prompt": prompt, "aspectRatio": ratio}
            size = {} if model == "nano-banana" else {"resolution": "1K"}
            body = {"model": model, "input": wanted | size}
            yield self.api.post("/v1/tasks", json=body).raise_for_status().json()["taskId"]

    def settle(self) -> None:
        """Until all but the one that never ends are over, with their thumbnails."""
        while True:
            tasks = self.api.get("/v1/tasks?limit=100").raise_for_status().json()["tasks"]
            open_ = [task for task in tasks if not task["finishedAt"]]
            bare = [i for task in tasks for i in task["images"] if not i["thumbnail"]]
            if len(open_) <= 1 and not bare:
                return
            time.sleep(1)

    @contextmanager
    def page(self, scheme: Literal["light", "dark"], width: int, height: int) -> Iterator[Page]:
        context = self.browser.new_context(
            color_scheme=scheme, viewport={"width": width, "height": height}
        )
        page = context.new_page()
        page.goto(self.url)
        page.get_by_label("API key").fill(self.key)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_label("Prompt").wait_for()
        yield page
        context.close()


def shoot(page: Page, name: str) -> None:
    """What is seen, in so few colours that it stays small."""
    page.wait_for_load_state("networkidle")
    seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    few = seen.quantize(COLOURS, kmeans=1)
    seen.quantize(palette=few).save(FOLDER / f"{name}.png", optimize=True)
    print(f"{FOLDER / name}.png", flush=True)


def shots(studio: Studio, lost: str) -> None:
    with studio.page("light", *WIDE) as page:
        page.get_by_label("Prompt").fill("a plantain in sunglasses, under palms, late afternoon")
        page.get_by_role("radio", name="nano-banana-2").check()
        page.get_by_role("radio", name="16:9").check()
        page.get_by_role("button", name="Make it").click()
        page.get_by_role("heading", name="Done in").wait_for()
        shoot(page, "create")
        page.goto(f"{studio.url}/#/tasks/{lost}")
        page.get_by_text("found by the sweep").wait_for()
        shoot(page, "task")
    with studio.page("dark", *MIDDLE) as page:
        page.get_by_role("link", name="Gallery").click()
        page.locator(".pictures img").first.wait_for()
        shoot(page, "gallery-dark")
    with studio.page("dark", *WIDE) as page:
        page.get_by_role("link", name="Overview").click()
        page.get_by_text("By provider").first.wait_for()
        shoot(page, "overview-dark")
    with studio.page("light", *NARROW) as page:
        page.get_by_role("link", name="Tasks").click()
        page.locator(".rows img").first.wait_for()
        shoot(page, "tasks-narrow")


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended."))
    if chromium() is None:
        sys.exit("No Chromium is installed: apt-get install chromium, or your system's own way")
    FOLDER.mkdir(exist_ok=True)
    prices = ",".join(f"{name}={price}" for name, price in PRICES.items())
    settings = {"SWEEP_SECONDS": 2, "FIRST_CHECK_SECONDS": 15, "PARAMETERS": f"Prices={prices}"}
    with tempfile.TemporaryDirectory() as directory:
        try:
            with background.running(Path(directory), **settings) as (_, ready), browsing() as it:
                studio = Studio(ready, it)
                lost, *_ = list(studio.order())
                studio.settle()
                shots(studio, lost)
        except Trouble as trouble:
            sys.exit(f"{trouble}")


if __name__ == "__main__":
    main()
