"""The table of faults in docs/reliability.md: which test shows each, and whether it was run."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reliability.md"
TEST = re.compile(r"\[(test_\w+(?:\[[^\]]*\])?)\]\(\.\./(tests/[\w/]+\.py)\)")


@dataclass(frozen=True)
class Fault:
    """A row of the table."""

    area: str
    name: str
    then: str
    tests: tuple[str, ...]  # as pytest names them; without brackets, each of its parameters


def faults(page: str) -> list[Fault]:
    """Every row of every table under "Faults", by the heading that it stands under."""
    _, _, part = page.partition("\n## Faults\n")
    areas = f"\n{part}".partition("\n## ")[0].split("\n### ")[1:]
    return [fault for area in areas for fault in _rows(area)]


def _rows(area: str) -> Iterator[Fault]:
    heading, *lines = area.splitlines()
    for line in [line for line in lines if line.startswith("|")][2:]:
        name, then, shown = (cell.strip() for cell in line.strip("|").split("|", 2))
        tests = tuple(f"{path}::{test}" for test, path in TEST.findall(shown))
        yield Fault(heading, name, then, tests)


def unwritten(listed: list[Fault]) -> list[str]:
    """What names no test, or one that does not exist."""
    return [
        f"{fault.area}: {fault.name}: {test}"
        for fault in listed
        for test in fault.tests or ["no test"]
        if not _exists(test)
    ]


def unshown(listed: list[Fault], outcomes: Mapping[str, str]) -> list[str]:
    """What was not shown by a run of all tests: not run, skipped, or failed."""
    return [
        f"{fault.area}: {fault.name}: {test}: {outcome}"
        for fault in listed
        for test in fault.tests
        if (outcome := _outcome(test, outcomes)) != "passed"
    ]


def _outcome(test: str, outcomes: Mapping[str, str]) -> str:
    """Of all its parameters: one that did not pass says what became of it."""
    found = {said for name, said in outcomes.items() if name == test or _is_one_of(name, test)}
    return next(iter(found - {"passed"}), "passed") if found else "not run"


def _is_one_of(name: str, test: str) -> bool:
    return name.startswith(f"{test}[")


def _exists(test: str) -> bool:
    path, _, name = test.partition("::")
    return name.partition("[")[0] in _functions(ROOT / path)


@cache
def _functions(path: Path) -> frozenset[str]:
    if not path.exists():
        return frozenset()
    return frozenset(
        node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)
    )
