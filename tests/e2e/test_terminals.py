"""The command `plantain` in a real terminal: a narrow one, and one in which Ctrl-C is pressed."""

import re

import pytest

from tests.e2e.cloud import Cloud
from tests.e2e.user import User

ESCAPE = re.compile(r"\033\[[0-9;]*[A-Za-z]")
NARROW = 40


@pytest.fixture(scope="module")
def user(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> User:
    return User(cloud, tmp_path_factory.mktemp("user"))


@pytest.fixture(scope="module", autouse=True)
def interrupted(user: User) -> tuple[int, str]:
    """A task goes on while other tests run, although Ctrl-C was pressed; code and screen."""
    terminal = user.sit_down("generate", "a cat half-way [sim: slow=8]", "-o", "half.png")
    terminal.wait_for("is making it")
    terminal.type("\x03")
    return terminal.end(), ESCAPE.sub("", terminal.seen)


def test_on_a_narrow_terminal_progress_is_one_line_that_fits(user: User) -> None:
    words = ["generate", "a cat in a narrow street", "-o", "narrow.png"]
    terminal = user.sit_down(*words, columns=NARROW)
    assert terminal.end() == 0, terminal.seen
    drawn, _, rest = terminal.seen.rpartition("\r\033[K")
    assert "\n" not in drawn
    lines = drawn.split("\r\033[K")
    assert len(set(lines)) > 3
    assert all(len(ESCAPE.sub("", line)) < NARROW for line in lines)
    assert "is making it" in drawn
    assert ESCAPE.sub("", rest).splitlines()[-1] == "narrow.png"


def test_a_list_fits_a_narrow_terminal(user: User) -> None:
    user.made("a cat that has a very long story to tell to whoever reads it")
    terminal = user.sit_down("tasks", columns=NARROW)
    assert terminal.end() == 0
    assert all(len(line) <= NARROW for line in ESCAPE.sub("", terminal.seen).splitlines())


def test_ctrl_c_ends_the_waiting_and_not_the_task(user: User, interrupted: tuple[int, str]) -> None:
    code, seen = interrupted
    assert code == 130
    assert "Traceback" not in seen
    user.assert_can_fetch(seen)
    assert (user.folder / "half.png").read_bytes().startswith(b"\x89PNG")
    assert user.charged("a cat half-way") == 1
