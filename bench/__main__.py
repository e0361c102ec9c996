"""Measure all rows, or those that are named, and write docs/performance.md; or check the counts."""

import argparse
import os
import platform
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from bench import artifacts, record
from bench.figure import SMALL, Scale
from bench.page import page
from bench.rows import COUNTED, ROWS

PAGE = artifacts.ROOT / "docs" / "performance.md"
# Each module says itself how it measures.
METHODS = {name: sys.modules[row.__module__].__doc__ or "" for name, row in ROWS.items()}


def check() -> None:
    """Counts only, which no other load on the machine can change."""
    recorded, found = record.load(), list[str]()
    for name in COUNTED:
        print(name, file=sys.stderr, flush=True)
        known = recorded[name].figures if name in recorded else []
        found += record.regressions(known, list(ROWS[name](SMALL)))
    if found:
        sys.exit("\n".join(found))


def measure(names: list[str], scale: Scale) -> None:
    """What is measured is written at once: it is not lost if the next row fails."""
    recorded = record.load()
    write(recorded)
    for name in names:
        print(name, file=sys.stderr, flush=True)
        recorded[name] = record.Measured(_where(scale), list(ROWS[name](scale)))
        record.save(recorded)
        write(recorded)
    print(f"Written: {PAGE.relative_to(artifacts.ROOT)}")


def write(recorded: record.Recorded) -> None:
    PAGE.write_text(page({name: recorded[name] for name in ROWS if name in recorded}, METHODS))


def _where(scale: Scale) -> str:
    today, machine = datetime.now(UTC).date(), platform.machine()
    python = f"Python {platform.python_version()}"
    return f"{today}, {machine}, {os.cpu_count()} cores, {python}, {scale.pairs} pairs"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}")
    parser.add_argument("--check", action="store_true", help="compare the counts with the recorded")
    parser.add_argument("--page", action="store_true", help="only write what was measured last")
    parser.add_argument("--pairs", type=_at_least(1), default=Scale.pairs)
    parser.add_argument("--finished", type=_at_least(0), default=Scale.finished_rows, help="rows")
    given = parser.parse_args()
    artifacts.require_built()
    if given.rows and (given.check or given.page):
        parser.error("--check and --page are of all rows")
    if unknown := set(given.rows) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit("Ended. What was measured before is kept."))
    if given.check:
        check()
    else:
        rows = [] if given.page else given.rows or list(ROWS)
        measure(rows, Scale(pairs=given.pairs, finished_rows=given.finished))


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not (text.isdecimal() and int(text) >= least):
            raise argparse.ArgumentTypeError(f"a whole number from {least} on, not {text!r}")
        return int(text)

    return number


if __name__ == "__main__":
    main()
