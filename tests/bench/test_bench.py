"""What was counted once does not grow unseen, and the page tells what was measured."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import bench.__main__
from bench import artifacts, record
from bench.figure import Figure, Scale
from bench.page import page
from bench.record import Measured
from bench.rows import COUNTED, ROWS, cost, idle
from bench.rows.calls import Taken

COUNT = Figure("calls", 9, "calls", goal=9, counted=True)


def test_nothing_that_is_counted_has_grown() -> None:
    built = artifacts.BUILD / "SharedLayer" / "python"
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--check"],
        cwd=artifacts.ROOT,
        env={**os.environ, "PYTHONPATH": str(built)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_a_count_that_grows_fails_the_check_and_one_that_shrinks_does_not() -> None:
    assert record.regressions([COUNT], [COUNT]) == []
    assert record.regressions([COUNT], [replace(COUNT, ours=8)]) == []
    (told,) = record.regressions([COUNT], [replace(COUNT, ours=10)])
    assert "10 calls, and was 9" in told
    assert record.regressions([], [COUNT])


def test_a_time_never_fails_the_check() -> None:
    time = Figure("cold", 10, "×", goal=10)
    assert record.regressions([time], [replace(time, ours=1000)]) == []


def test_a_count_that_is_made_no_more_fails_the_check() -> None:
    (told,) = record.regressions([COUNT], [])
    assert "not counted any more" in told
    assert record.regressions([COUNT], [replace(COUNT, counted=False)])


def test_the_page_says_what_is_not_reached_and_of_each_row_when_and_where() -> None:
    there = Measured("yesterday, there", [replace(COUNT, name="units", ours=11)])
    told = page({"a": Measured("today, here", [COUNT]), "b": there}, {"a": "So.", "b": "Else."})
    assert "- units: 11 calls, not 9." in told
    assert "- calls:" not in told
    assert "- `a` (today, here): So.\n- `b` (yesterday, there): Else." in told


def test_the_page_in_the_repository_is_the_one_of_the_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.__main__, "PAGE", tmp_path / "page.md")
    bench.__main__.write(record.load())
    there = (artifacts.ROOT / "docs" / "performance.md").read_text()
    assert there == (tmp_path / "page.md").read_text(), 'make bench ARGS="--page" writes it'
    assert set(COUNTED) <= set(record.load()) <= set(ROWS)


def test_nothing_is_less_than_its_floor() -> None:
    figures = [figure for row in record.load().values() for figure in row.figures]
    floors = [(figure, re.match(r"\$?(\d+\.?\d*)", figure.floor)) for figure in figures]
    known = [(figure, float(floor[1])) for figure, floor in floors if floor]
    assert len(known) > 10
    assert [figure.name for figure, floor in known if figure.ours < floor] == []


def test_a_row_that_fails_loses_nothing_of_those_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: Scale) -> Iterator[Figure]:
        yield COUNT
        raise RuntimeError

    monkeypatch.setattr(bench.__main__, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(record, "PLACE", tmp_path / "results.json")
    monkeypatch.setitem(ROWS, "idle", lambda _: iter([COUNT]))
    monkeypatch.setitem(ROWS, "lag", failing)
    with pytest.raises(RuntimeError):
        bench.__main__.measure(["idle", "lag"], Scale())
    assert record.load().keys() == {"idle"}
    assert "| calls | **9 calls** |" in (tmp_path / "page.md").read_text()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("nonsense", "no such row: nonsense"),
        ("--pairs 0", "a whole number from 1 on, not '0'"),
        ("--pairs x", "a whole number from 1 on, not 'x'"),
        ("--finished -1", "a whole number from 0 on, not '-1'"),
        ("--page idle", "--check and --page are of all rows"),
        ("--check idle", "--check and --page are of all rows"),
    ],
)
def test_wrong_arguments_are_told_and_nothing_is_measured(
    wrong: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", *wrong.split()])
    monkeypatch.setattr(artifacts, "require_built", lambda: None)
    with pytest.raises(SystemExit):
        bench.__main__.main()
    assert told in capsys.readouterr().err


def test_what_others_cost_is_what_they_do_in_a_month_and_no_more() -> None:
    """A scan is paid for once, by all the tasks that it finds; who asks needs no callback."""
    taken = Taken(calls=Counter({"Query": 1}))
    ours = cost.per_task(taken)
    scan, loop = cost.scanning(ours, taken), cost.asking(ours, taken)
    units, requests = "DynamoDB read unit", "HTTP API request"
    scans = 30 * 24 * 60
    assert (scan[units] - ours[units]) * cost.MILLION == pytest.approx(scans * cost.SCANNED / 8)
    assert scan[requests] == loop[requests] == ours[requests] - 1
    assert loop["lambda request"] == ours["lambda request"] - 1 + 3
    assert cost.called_back(ours)["state transition"] == 7


def test_nothing_is_paid_by_the_hour() -> None:
    assert idle.always_on() == []
