"""What is said on the command line is understood, and how it ends is told by a code."""

import re
import shlex
from pathlib import Path

import pytest

from plantain_client import command
from plantain_client.command import acting
from plantain_client.command.arguments import parser

ROOT = Path(__file__).parents[2]
WRITTEN = ("README.md", "client/README.md", "local/ready.py")
CLOSED = ("--url", "http://127.0.0.1:9", "--api-key", "plt_x")  # where nobody listens


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plantain_client.sync.time.sleep", lambda seconds: None)


@pytest.mark.parametrize("file", WRITTEN)
def test_every_command_that_is_written_down_is_understood(file: str) -> None:
    text = (ROOT / file).read_text()
    lines = re.findall(r"(?:^|\$\(|bin/)plantain ([a-z]+ .*?)[)`]?$", text, re.MULTILINE)
    assert lines
    for line in lines:
        parser().parse_args(shlex.split(line))


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["dance"],
        ["generate"],
        ["tasks", "--limit", "0"],
        ["tasks", "--status", "dreaming"],
        ["generate", "a cat", "--metadata", "order"],
        ["generate", "a cat", "--timeout", "soon"],
    ],
)
def test_what_is_not_understood_ends_with_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        command._run(words)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: plantain")


@pytest.mark.usefixtures("_no_pauses")
def test_who_cannot_be_reached_may_be_later(capsys: pytest.CaptureFixture[str]) -> None:
    assert command._run(["models", *CLOSED]) == 5
    assert "127.0.0.1:9 did not answer" in capsys.readouterr().err


@pytest.mark.usefixtures("_no_pauses")
def test_an_order_that_nobody_answered_can_be_given_again_once_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["generate", "a cat; rm -rf", "--ratio", "1:1", *CLOSED]
    monkeypatch.setattr("sys.argv", ["plantain", *words])
    assert command._run(words) == 5
    (told,) = re.findall(r"To be sure, once only: plantain (.*)", capsys.readouterr().err)
    *again, option, key = shlex.split(told)
    assert (again, option) == ([*words[:-1], "KEY"], "--key")
    assert len(key) == 32


def test_a_key_that_is_empty_by_mistake_orders_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert command._run(["generate", "a cat", "--key", "", *CLOSED]) == 2
    told = capsys.readouterr().err
    assert "The key of an order takes 1 to 255 printable ASCII characters." in told
    assert "ordered." not in told


@pytest.mark.parametrize(
    "words", [["generate", "caf\udce9"], ["tasks", "--model", "\udcff"]], ids=["prompt", "filter"]
)
def test_what_is_no_text_is_told_in_one_line(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command._run([*words, *CLOSED]) == 2
    assert capsys.readouterr().err.endswith("plantain: What was given is not text in UTF-8.\n")


def test_without_an_address_it_is_said_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("PLANTAIN_URL", "PLANTAIN_API_KEY", "LOCAL_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    assert command._run(["tasks"]) == 2
    assert "PLANTAIN_URL" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["list"], ["create", "--owner", "x"]])
def test_away_from_a_checkout_it_is_said_where_keys_are_made(
    words: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(acting, "CHECKOUT", tmp_path)
    assert command._run(["keys", *words]) == 2
    assert "make keys" in capsys.readouterr().err
