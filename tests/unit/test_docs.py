"""What the pages of this repository point to is there: files, headings, and targets of make."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    page
    for place in (".", "docs", "docs/decisions", "client")
    for page in ROOT.glob(f"{place}/*.md")
]
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^()#\s]*)(?:#([^()\s]+))?\)")
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def headings(page: Path) -> set[str]:
    """As they are linked to."""
    found = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in found}


def missing(page: Path) -> Iterator[str]:
    for file, heading in LINK.findall(CODE.sub("", page.read_text())):
        there = page.parent / file if file else page
        if not there.exists() or (heading and heading not in headings(there)):
            yield f"{file}#{heading}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(missing(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_is_one_of_make(page: Path) -> None:
    told = re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(), re.MULTILINE)
    assert set(told) <= TARGETS


def test_what_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `b`, c\n[1](#a-b-c) [2](page.md#d) [3](none.md) `[4](code)` [5](page.md)")
    assert list(missing(page)) == ["page.md#d", "none.md#"]
