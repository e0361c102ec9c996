"""What is shipped is pinned, may be shipped, and is asked about; the checks can say no."""

import re

import pytest

from tools.advisories import ACCEPTED, ROOT, report
from tools.licences import licence, main, pins

LOCKS = sorted((*ROOT.glob("layers/*/requirements.txt"), *ROOT.glob("requirements/*.txt")))
HOLE = {"id": "PYSEC-1", "aliases": ["GHSA-x"], "fix_versions": ["2.1"]}


def test_every_package_is_pinned_by_its_hashes_and_comes_from_nowhere_in_particular() -> None:
    for lock in LOCKS:
        text = lock.read_text()
        packages = re.findall(r"^\S+==\S+ \\\n +--hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
        assert len(packages) == len(re.findall(r"^[^\s#]", text, re.MULTILINE)) > 0
        assert "://" not in text
        assert "index" not in re.sub(r"^\S+==.*", "", text, flags=re.MULTILINE)


def test_everything_in_the_layers_has_a_licence_that_we_agreed_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main() == 0
    assert "MPL-2.0" in capsys.readouterr().out


def test_a_package_that_is_not_the_pinned_one_tells_no_licence() -> None:
    assert pins("httpx==0.28.1 \\\n    --hash=sha256:00\nanyio==4 ; x\n") == [
        ("httpx", "0.28.1"),
        ("anyio", "4"),
    ]
    assert "is installed: make lock" in licence("httpx", "0.1")
    assert licence("no-such-package", "1") == "not installed: make setup"


def test_another_licence_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tools.licences.AGREED", frozenset({"MIT"}))
    assert main() == 1
    assert "certifi" in capsys.readouterr().out


def package(**more: object) -> dict[str, object]:
    return {"name": "httpx", "version": "2.0", "vulns": [], **more}


def test_a_known_advisory_fails_and_names_the_cure() -> None:
    said, bad = report("pins", [package(), package(vulns=[HOLE])])
    assert bad
    assert "httpx 2.0: PYSEC-1, mended in 2.1" in said


def test_an_advisory_can_be_accepted_by_any_of_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ACCEPTED, "GHSA-x", "we never call it")
    assert report("pins", [package(vulns=[HOLE])]) == (
        "pins: 1 packages without known advisories",
        False,
    )


def test_without_the_index_it_says_so_and_does_not_fail() -> None:
    said, bad = report("pins", None)
    assert ("NOT CHECKED" in said, bad) == (True, False)
    said, bad = report("pins", [{"name": "httpx", "skip_reason": "not found"}, package()])
    assert (said, bad) == (
        "pins: 1 packages without known advisories; NOT CHECKED, unknown to the index: 1",
        False,
    )
