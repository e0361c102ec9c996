"""The runbook knows every alarm, and every alarm that it knows exists."""

import re
from pathlib import Path

from tools.template import TEMPLATE, of_type

RUNBOOK = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()


def test_every_alarm_has_its_section_or_its_line() -> None:
    described = re.findall(r"^(?:### |\| `)(\w+Alarm)\b", RUNBOOK, re.MULTILINE)
    assert sorted(described) == sorted(of_type("Alarm"))


def test_every_section_says_what_it_means_where_to_look_and_what_to_do() -> None:
    sections = re.split(r"^### ", RUNBOOK, flags=re.MULTILINE)[1:]
    for section in sections:
        assert re.findall(r"^\*\*(\w+)\*\*", section, re.MULTILINE)[:3] == ["Means", "Look", "Do"]


def test_every_output_that_it_reads_exists() -> None:
    named = set(re.findall(r"\$\(output (\w+)\)", RUNBOOK))
    assert named <= TEMPLATE["Outputs"].keys()
