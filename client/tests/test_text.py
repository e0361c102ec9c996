"""What is written to a terminal fits it, and is nothing that it would obey."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from client.tests.driving import ENDED, TASK

from plantain_client import Task
from plantain_client.command import progress, text
from plantain_client.reading import read


class Terminal(io.StringIO):
    """A terminal that nobody looks at."""

    encoding = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


def test_what_fits_is_not_cut_and_what_does_not_says_so() -> None:
    assert text.cut("a cat", 5) == "a cat"
    assert text.cut("a cat", 4) == "a c…"
    assert text.cut("a cat", None) == "a cat"


def test_wide_letters_take_two_places_and_marks_none() -> None:
    assert text.cut("一只猫在雨中", 12) == "一只猫在雨中"
    assert text.cut("一只猫在雨中", 7) == "一只猫…"
    assert text.cut("e\u0301e\u0301", 2) == "e\u0301e\u0301"


@pytest.mark.parametrize(
    "told", ["\033]0;evil\a cat", "a\r\ncat\t\b", "a \u202ecat", "a \x9b31mcat", "a \ud800cat"]
)
def test_nothing_is_passed_on_that_a_terminal_obeys(told: str) -> None:
    assert text.plain(told).isprintable()
    assert "cat" in text.plain(told)


def test_the_width_is_the_terminal_s_or_as_columns_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert text.columns(Terminal()) == 40
    assert text.columns(io.StringIO()) is None
    monkeypatch.setenv("COLUMNS", "wide")
    assert text.columns(Terminal()) == 80


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert text.paint("failed", "failed", Terminal()) == "\033[31mfailed\033[0m"
    assert text.paint("failed", "failed", io.StringIO()) == "failed"
    assert text.paint("dreaming", "dreaming", Terminal()) == "dreaming"
    monkeypatch.setenv("NO_COLOR", "1")
    assert text.paint("failed", "failed", Terminal()) == "failed"


def test_a_table_is_as_wide_as_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("NO_COLOR", "1")
    text.table(("TASK", "PROMPT"), [("tsk_a", "一只猫" * 9), ("tsk_bcd", "a\ncat")])
    assert screen.getvalue().splitlines() == [
        "TASK     PROMPT",
        "tsk_a    一只猫一只…",
        "tsk_bcd  a cat",
    ]


def test_elsewhere_it_is_lines_that_a_script_can_read(capsys: pytest.CaptureFixture[str]) -> None:
    text.table(("TASK", "PROMPT"), [("tsk_a", "a cat " * 50)])
    assert capsys.readouterr().out == f"tsk_a  {('a cat ' * 50).strip()}\n"


@pytest.mark.parametrize(
    ("age", "words"),
    [
        ({"seconds": 3}, "3 s"),
        ({"minutes": 5}, "5 min"),
        ({"hours": 30}, "1 d"),
        ({"days": -1}, "0 s"),
    ],
)
def test_ages_are_short(age: dict[str, int], words: str) -> None:
    assert text.ago(datetime.now(UTC) - timedelta(**age)) == words


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (TASK, "maxapi is making it"),
        ({**TASK, "provider": None}, "processing"),
        ({**TASK, "status": "queued"}, "queued"),
        ({**TASK, "status": "queued", "attempts": 2}, "queued again, after 2 attempts"),
        ({**TASK, "status": "dream\033[2Jing"}, "dream[2Jing"),
    ],
)
def test_progress_says_what_the_api_tells(told: dict[str, object], words: str) -> None:
    assert progress.words_of(read(Task, told)) == words


def test_progress_is_a_line_for_each_change(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.Progress() as told:
        for each in ({**TASK, "status": "queued"}, TASK, TASK, ENDED):
            told.look(read(Task, each))
    assert capsys.readouterr() == ("", "queued\nmaxapi is making it\n")
