"""A provider is one module and one file of recordings: those of the walk-through, found by all."""

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import plantain.providers as package
from plantain import upstream
from plantain.accounts import routes
from plantain.models import State
from plantain.routing import eligible
from tests.unit import samples, test_providers
from tests.unit.gateway import function, request, told
from tests.unit.samples import ROOT, a_request, a_task, on_the_wire, recording

NAME = "sunfruit"
PAGE = (ROOT / "docs" / "adding-a-provider.md").read_text()


def block(language: str) -> str:
    """The one code block of a language that the walk-through has."""
    (code,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(code)


@pytest.fixture(autouse=True)
def sunfruit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: Any) -> Iterator[None]:
    """The two files, each where it is looked for; and an account."""
    (tmp_path / f"{NAME}.py").write_text(block("python"))
    (tmp_path / f"{NAME}.json").write_text(block("json"))
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    monkeypatch.setattr(samples, "RECORDINGS", tmp_path)
    secret({"callbackKey": "k" * 32, NAME: {"key": "s", "url": ""}})
    importlib.invalidate_caches()
    package.all_providers.cache_clear()
    yield
    sys.modules.pop(f"{package.__name__}.{NAME}", None)
    vars(package).pop(NAME, None)
    package.all_providers.cache_clear()


def test_it_is_one_of_five() -> None:
    names = {"aigptimage", "apixo", "liangxin", "maxapi", NAME}
    assert set(package.all_providers()) == names


def test_its_recordings_hold() -> None:
    recorded = recording(NAME)
    for exchange in recorded["submissions"]:
        test_providers.test_a_submission_is_written_as_the_page_says(NAME, exchange)
    for exchange in recorded["receipts"]:
        test_providers.test_an_answer_to_a_submission_is_understood(NAME, exchange)
    for exchange in recorded["updates"]:
        test_providers.test_the_state_of_a_job_is_understood(NAME, exchange)
    test_providers.test_a_job_is_asked_after_as_the_page_says(NAME)
    test_providers.test_the_recordings_show_every_kind_of_answer(NAME)


def test_it_is_routed_to_by_what_it_can_make() -> None:
    everybody = package.all_providers().keys()
    everywhere = routes().__class__(configured=frozenset(everybody))
    only = a_request("nano-banana-2", aspectRatio="7:3")
    assert eligible(only, everywhere) == eligible(only, routes()) == [NAME]
    both = a_request("nano-banana-2", aspectRatio="1:1")
    assert NAME in eligible(both, everywhere)
    assert len(eligible(both, everywhere)) == 3


def test_it_is_listed_with_its_limits() -> None:
    answer = function("query").handler(request("GET", "/v1/models"), None)
    listed = {entry["model"]: entry["providers"] for entry in told(answer)["models"]}
    (offer,) = listed["nano-banana-2"]
    assert (offer["provider"], offer["aspectRatio"]) == (NAME, ["1:1", "7:3"])
    assert listed["nano-banana"] == listed["nano-banana-pro"] == []


def test_it_is_bought_from_and_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[httpx.Request] = []

    def play(asked: httpx.Request) -> httpx.Response:
        seen.append(asked)
        data = {"taskId": "f-1", "ripeness": "growing"}
        return on_the_wire(httpx.Response(200, json={"code": 0, "data": data}))

    web = httpx.Client(transport=httpx.MockTransport(play))
    monkeypatch.setattr(upstream, "_buying", lambda: web)
    monkeypatch.setattr(upstream, "_asking", lambda: web)
    task = a_task(State.SUBMITTING, provider=NAME, request=a_request("nano-banana-2"))
    assert upstream.submit(task).provider_task_id == "f-1"
    assert upstream.status(task, "f-1").kind == "pending"
    assert [(one.method, str(one.url)) for one in seen] == [
        ("POST", "https://api.sunfruit.example/v3/fruits"),
        ("GET", "https://api.sunfruit.example/v3/fruits/f-1"),
    ]
