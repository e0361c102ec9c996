"""The package, cut off from the world: whatever it calls is answered by the explorer."""

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from types import SimpleNamespace

import pytest

from plantain import hindsight, settings, storage, tasks, trail, upstream
from tests.model import clients, table
from tests.model.explorer import Explorer
from tests.model.scenarios import Scenario
from tests.model.state import row_in, task_in
from tests.model.stepping import clock, mark

ENVIRONMENT = {
    "TASK_TABLE": "tasks",
    "IMAGE_BUCKET": "images",
    "SECRET_ID": "secret",
    "PROVIDER_ORDER": "maxapi,apixo",
    "CALLBACK_URL": "https://callback.test",
}

WALKED = "walked"
Explore = Callable[[Scenario], Explorer]
Walked = tuple[str, int, float]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much the explorer has seen, in whichever process it was."""
    reports = terminalreporter.stats.get("passed", [])
    walked = [said for report in reports for name, said in report.user_properties if name == WALKED]
    if walked:
        terminalreporter.section("the model")
        for name, states, seconds in [*walked, _sum(walked)]:
            terminalreporter.write_line(f"{states:>9,} states in {seconds:4.1f} s: {name}")


def _sum(walked: list[Walked]) -> Walked:
    _, states, seconds = zip(*walked, strict=True)
    return "in all", sum(states), sum(seconds)


class InTurn:
    """A pool of threads, without the threads."""

    def __init__(self, threads: int) -> None:
        self.map = map

    def __enter__(self) -> "InTurn":
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture
def explore(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Explore]:
    """Explores a scenario with the package's own code."""

    def run(scenario: Scenario) -> Explorer:
        monkeypatch.setenv("RESUBMIT_POLICY", scenario.policy)
        monkeypatch.setenv("DEADLINE_SECONDS", str(scenario.deadline))
        monkeypatch.setattr(clients, "ACCOUNTS", scenario.providers)
        settings.forget()
        monkeypatch.setattr(settings, "_CLIENTS", making)
        began = time.process_time()
        explorer = Explorer(scenario).explore()
        walked = scenario.name, len(explorer.seen), time.process_time() - began
        request.node.user_properties.append((WALKED, walked))
        return explorer

    making = SimpleNamespace(get=lambda service, _: clients.CLIENTS.__getitem__)
    for name in (each.name for each in fields(settings.Settings)):
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(time, "time", clock)
    monkeypatch.setattr(secrets, "token_hex", lambda _: mark())
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _: "link")
    monkeypatch.setattr(tasks, "task_id_of", lambda owner, key: clients.TASK_ID)
    monkeypatch.setattr(tasks, "ThreadPoolExecutor", InTurn)
    # Nothing is decided by it, and without it what ends the same is the same.
    monkeypatch.setattr(trail, "mark", lambda task, *_: task)
    for module in (tasks, hindsight):
        monkeypatch.setattr(module, "count", lambda *_: None)
    for module, name in ((upstream, "submit"), (upstream, "status"), (storage, "keep")):
        monkeypatch.setattr(module, name, getattr(clients, name))
    logging.disable(logging.CRITICAL)
    yield run
    logging.disable(logging.NOTSET)
    settings.forget()
    for cached in (table.read, table.write, row_in, task_in):
        cached.cache_clear()
