"""Measure all rows, or those that are named, and write docs/performance.md; or check the counts."""

import argparse
import os
import platform
import sys
from datetime import UTC, datetime

from bench import artifacts, record
from bench.figure import SMALL, Scale
from bench.page import page
from bench.rows import COUNTED, ROWS

PAGE = artifacts.ROOT / "docs" / "performance.md"


def check() -> None:
    """Counts only, which no other load on the machine can change."""
    recorded, found = record.load(), list[str]()
    for name in COUNTED:
        print(name, file=sys.stderr, flush=True)
        found += record.regressions(recorded.get(name, []), list(ROWS[name](SMALL)))
    if found:
        sys.exit("\n".join(found))


def measure(names: list[str], scale: Scale) -> None:
    recorded = record.load()
    for name in names:
        print(name, file=sys.stderr, flush=True)
        recorded[name] = list(ROWS[name](scale))
        record.save(recorded)  # what is measured is not lost if the next one fails
    figures = [figure for name in ROWS for figure in recorded.get(name, [])]
    PAGE.write_text(page(figures, _methods(), _where(), scale.pairs))
    print(f"Written: {PAGE.relative_to(artifacts.ROOT)}")


def _methods() -> list[str]:
    """Each module says itself how it measures."""
    told = (sys.modules[row.__module__].__doc__ or "" for row in ROWS.values())
    return [f"- `{name}`: {' '.join(text.split())}" for name, text in zip(ROWS, told, strict=True)]


def _where() -> str:
    today = datetime.now(UTC).date()
    cores = os.cpu_count()
    return f"on {today}, {platform.machine()}, {cores} cores, Python {platform.python_version()}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}")
    parser.add_argument("--check", action="store_true", help="compare the counts with the recorded")
    parser.add_argument("--pairs", type=int, default=Scale.pairs)
    parser.add_argument("--finished", type=int, default=Scale.finished_rows, help="rows")
    given = parser.parse_args()
    artifacts.require_built()
    if unknown := set(given.rows) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    if given.check:
        check()
    else:
        measure(given.rows or list(ROWS), Scale(pairs=given.pairs, finished_rows=given.finished))


if __name__ == "__main__":
    main()
