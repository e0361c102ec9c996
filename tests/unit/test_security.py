"""SECURITY.md: every test that it names exists, and every time that it tells is the code's."""

import ast
import re
from pathlib import Path

import pytest

from plantain import owners, settings, signing
from tools.template import RESOURCES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text()
NAMED = re.findall(r"\[(test_\w+)\]\((tests/[\w/]+\.py)\)", TEXT)
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and "---" not in line]


@pytest.mark.parametrize(("name", "file"), NAMED)
def test_a_test_that_it_names_exists(name: str, file: str) -> None:
    defined = ast.parse((ROOT / file).read_text()).body
    assert name in {each.name for each in defined if isinstance(each, ast.FunctionDef)}


def test_every_row_names_a_test() -> None:
    assert len(ROWS) > 15
    assert all("[test_" in row for row in ROWS if "shown by" not in row)


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_times_are_those_of_the_code() -> None:
    authorizer = RESOURCES["Api"]["Properties"]["Auth"]["Authorizers"]["ApiKey"]
    told = {
        f"reads the secret once in {settings.SECRET_SECONDS // 60} minutes",
        f"at most every {settings.FRESH_SECONDS} seconds",
        f"{owners.OVERLAP_SECONDS // 3600} hours, both sign",
        f"up to {authorizer['Identity']['ReauthorizeEvery']} seconds where it was just used",
        f"one verb, {signing.SECONDS // 60} minutes",
    }
    assert [each for each in told if each not in TEXT] == []
