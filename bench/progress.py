"""Long runs say how far they are, on one line of the terminal."""

import sys
from collections.abc import Iterator, Sequence


def each[T](items: Sequence[T], what: str) -> Iterator[T]:
    for number, item in enumerate(items, 1):
        if sys.stderr.isatty() or number == len(items):
            end = "\n" if number == len(items) else "\r"
            print(f"  {what}: {number} of {len(items)}", end=end, file=sys.stderr, flush=True)
        yield item
