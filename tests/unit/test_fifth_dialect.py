"""A dialect is one module and one file of recordings: those of the page, found by all."""

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import plantain.dialects as package
from plantain import store, webhooks
from plantain.models import State, Task
from tests.unit import samples, test_dialects
from tests.unit.gateway import function, request, told
from tests.unit.samples import ROOT, a_request, a_task, an_image
from tests.unit.samples import dialect_recording as recording
from tests.unit.test_dialects import KEY, post

taken = test_dialects.taken
NAME = "kumquat"
PAGE = (ROOT / "docs" / "adding-a-dialect.md").read_text()


def block(language: str) -> str:
    """The one code block of a language that the page has."""
    (code,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(code)


@pytest.fixture(autouse=True)
def kumquat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The two files, each where it is looked for."""
    (tmp_path / f"{NAME}.py").write_text(block("python"))
    (tmp_path / f"{NAME}.json").write_text(block("json"))
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    monkeypatch.setattr(samples, "DIALECTS", tmp_path)
    importlib.invalidate_caches()
    package.all_dialects.cache_clear()
    yield
    sys.modules.pop(f"{package.__name__}.{NAME}", None)
    vars(package).pop(NAME, None)
    package.all_dialects.cache_clear()


def test_it_is_one_of_five() -> None:
    assert set(package.all_dialects()) == {"aigptimage", "apixo", "liangxin", "maxapi", NAME}


def test_its_recordings_hold(taken: list[tuple[Task, str | None]]) -> None:
    recorded = recording(NAME)
    for each in recorded["submissions"]:
        test_dialects.test_a_submission_means_what_its_page_says(NAME, each, taken)
    taken.clear()
    for each in recorded["refused"]:
        test_dialects.test_what_its_page_refuses_is_refused_in_its_own_shape(NAME, each, taken)
    for each in recorded["tasks"]:
        test_dialects.test_a_task_is_told_as_on_its_page(NAME, each)
    test_dialects.test_an_accepted_task_is_told_as_on_its_page(NAME)
    test_dialects.test_every_error_is_told_and_only_such_exist(NAME)


def test_its_route_takes_orders_and_answers_questions(
    taken: list[tuple[Task, str | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    each = recording(NAME)["submissions"][0]
    answer = post(each["path"], each["body"])
    assert (answer["statusCode"], told(answer)["code"]) == (200, 1)
    ((task, _),) = taken
    assert task.dialect == NAME
    done = task.model_copy(update={"state": State.SUCCEEDED, "images": [an_image()]})
    monkeypatch.setattr(store, "find_of", lambda owner, task_id: done)
    event = request("GET", f"{each['path']}/tsk_0", headers={"authorization": f"Bearer {KEY}"})
    del event["requestContext"]["authorizer"]
    shown = told(function("retell").handler(event, None))
    assert shown["data"]["ripe"] is True
    assert shown["data"]["links"][0].endswith(".png")


def test_its_webhook_is_told_in_its_words() -> None:
    url = "https://example.com/ripe"
    task = a_task(
        State.SUCCEEDED,
        dialect=NAME,
        finished_at="2027-01-15T08:00:09.000Z",
        request=a_request("nano-banana-2", outside={"callBackUrl": url}),
    )
    assert '"ripe": true' in webhooks._told(task, url)
    assert '"type": "task.succeeded"' in webhooks._told(task, "https://elsewhere.test")


def test_it_is_described_under_its_own_tag() -> None:
    found = importlib.util.find_spec("plantain.contract.dialects")
    assert found is not None
    assert found.loader is not None
    described: Any = importlib.util.module_from_spec(found)  # anew, and for this test alone
    found.loader.exec_module(described)
    assert {"POST /api/v9/fruits", "GET /api/v9/fruits/{taskId}"} == {
        route.key for route in described.ROUTES if route.tag == "Kumquat"
    }
    assert "Kumquat" in [tag["name"] for tag in described.TAGS]


def test_it_shares_nothing_with_the_providers() -> None:
    for path in (ROOT / "layers/shared/plantain/dialects").glob("*.py"):
        imported = set(re.findall(r"^from plantain\.(\w+)", path.read_text(), re.MULTILINE))
        assert imported <= {"dialects", "models", "errors"}, path.name
