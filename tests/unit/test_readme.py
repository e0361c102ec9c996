"""The README says what the code does."""

from pathlib import Path

from tools.provider_table import table

README = Path(__file__).parents[2] / "README.md"


def test_the_table_of_providers_is_the_one_made_from_the_code() -> None:
    made = table()
    assert made in README.read_text(), "paste the output of: python -m tools.provider_table"
