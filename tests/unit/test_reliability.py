"""The table of faults holds: every row names tests that exist, and a run of all shows them all."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import PAGE, ROOT, TEST, Fault, faults, unshown, unwritten

AREAS = [
    *("Submit", "Provider", "Webhook", "Download", "Storage", "State", "Poller", "Events"),
    *("Client webhooks", "Auth", "Input", "Deploy"),
]
HERE = "tests/unit/test_reliability.py"
ROW = "| It breaks | It is mended | [test_{}](../tests/unit/test_reliability.py) |"
SHOWN = Fault("Submit", "It breaks", "It is mended", (f"{HERE}::test_every_area_has_its_faults",))


def page(*rows: str) -> str:
    head = "| fault | must happen | shown by |\n|---|---|---|"
    return "\n".join(
        ["# Page", "## Faults", "### Submit", "", head, *rows, "", "## Chaos", "| a |"]
    )


def test_every_row_names_tests_that_exist() -> None:
    assert unwritten(faults(PAGE.read_text())) == []


def test_every_area_has_its_faults() -> None:
    listed = faults(PAGE.read_text())
    assert list(dict.fromkeys(fault.area for fault in listed)) == AREAS
    assert len({fault.name for fault in listed}) == len(listed) >= 60
    assert all(fault.then for fault in listed)


def test_no_link_of_the_table_is_overlooked() -> None:
    """Any link to a test is one that is read."""
    _, _, part = PAGE.read_text().partition("\n## Faults\n")
    rows = [line for line in part.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    assert sum(row.count("](../tests/") for row in rows) == sum(
        len(TEST.findall(row)) for row in rows
    )


def test_a_row_is_read() -> None:
    assert faults(page(ROW.format("every_area_has_its_faults"))) == [SHOWN]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ROW.format("nothing"), f"{HERE}::test_nothing"),
        ("| It breaks | It is mended | [test_x](../tests/gone.py) |", "tests/gone.py::test_x"),
        ("| It breaks | It is mended | somebody looked |", "no test"),
    ],
)
def test_a_row_without_a_test_is_found(row: str, said: str) -> None:
    assert unwritten(faults(page(row))) == [f"Submit: It breaks: {said}"]


@pytest.mark.parametrize("became", ["passed", "skipped", "failed", None])
@pytest.mark.parametrize("named", ["test_it", "test_it[b]"])
def test_what_was_not_shown_is_found(named: str, became: str | None) -> None:
    outcomes = {
        "a.py::test_it[a]": "passed",
        "a.py::test_it[b]": became,
        "a.py::test_item": "failed",
    }
    ran = {name: outcome for name, outcome in outcomes.items() if outcome}
    if named == "test_it" and became is None:
        ran.clear()
    listed = [Fault("Submit", "It breaks", "It is mended", (f"a.py::{named}",))]
    said = (
        [] if became == "passed" else [f"Submit: It breaks: a.py::{named}: {became or 'not run'}"]
    )
    assert unshown(listed, ran) == said


SUITE = """
import pytest
def test_shown(): pass
@pytest.mark.parametrize("n", [1, 2])
def test_other(n): {}
"""
RUNS = {
    "nothing is wrong": ("pass", "", [], 0),
    "one is skipped": ("pytest.skip()", "", [], 1),
    "one is expected to fail": ("pytest.xfail()", "", [], 1),
    "one is left out for good": ("pass", "--deselect=tests/test_it.py::test_other", [], 1),
    "in two processes": ("pass", "", ["-p", "xdist", "-n", "2"], 0),
    "one is skipped in one of two": ("pytest.skip()", "", ["-p", "xdist", "-n", "2"], 1),
    "some are chosen": ("pytest.skip()", "", ["-k", "shown"], 0),
    "a file is chosen": ("pytest.skip()", "", ["tests/test_it.py"], 0),
}


@pytest.mark.parametrize(("body", "always", "asked", "status"), RUNS.values(), ids=RUNS)
def test_a_run_of_all_tests_fails_for_a_fault_that_it_has_not_shown(
    body: str, always: str, asked: list[str], status: int, tmp_path: Path
) -> None:
    rows = [f"| {n} | . | [test_{n}](../tests/test_it.py) |" for n in ("shown", "other")]
    for name, text in {
        "docs/reliability.md": page(*rows),
        "tests/faults.py": (ROOT / "tests" / "faults.py").read_text(),
        "tests/conftest.py": (ROOT / "tests" / "conftest.py").read_text(),
        "tests/test_it.py": SUITE.format(body),
        "pytest.ini": f"[pytest]\ntestpaths = tests\npythonpath = .\naddopts = {always}",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *asked],
        cwd=tmp_path,
        env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
    )
    said = "faults of docs/reliability.md that no test has shown" in run.stdout
    assert (run.returncode, said) == (status, bool(status)), run.stdout + run.stderr
