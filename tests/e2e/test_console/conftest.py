"""The console in a real browser, open to an owner of these tests' own."""

from collections.abc import Iterator
from copy import copy
from typing import Any

import pytest
from playwright.sync_api import Browser

from local.browser import browsing, chromium
from tests.e2e.cloud import Cloud, eventually
from tests.e2e.console import Console, tab


@pytest.fixture(scope="session")
def cloud(cloud: Cloud) -> Cloud:
    """The same cloud, to somebody else."""
    mine = copy(cloud)
    mine.owner, mine.key = "onlooker", cloud.make_key("onlooker")
    mine.api = cloud.api_of(mine.key)
    return mine


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if chromium() is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with browsing() as browser:
        yield browser


@pytest.fixture
def console(browser: Browser, cloud: Cloud) -> Iterator[Console]:
    with tab(browser, cloud) as console:
        console.sign_in()
        yield console


@pytest.fixture(scope="session")
def made(cloud: Cloud) -> dict[str, Any]:
    """A task with a picture and a thumbnail; beside it another one, and one that failed."""
    orders = [cloud.order(cloud.way("maxapi"), "fast") for _ in range(2)]
    placed, *_ = orders = [*orders, cloud.order(cloud.way("apixo"), "fail=moderation fast")]
    for each in orders:
        cloud.wait(each.task_id)
    return eventually(
        lambda: cloud.show(placed.task_id), lambda task: task["images"][0]["thumbnail"]
    )
