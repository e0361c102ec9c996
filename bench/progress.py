"""Long runs say how far they are, on one line of the terminal."""

import sys
from collections.abc import Iterator, Sequence


def each[T](items: Sequence[T], what: str) -> Iterator[T]:
    """Where there is no terminal, a line for each quarter."""
    quarters = {len(items) * part // 4 for part in (1, 2, 3, 4)}
    for number, item in enumerate(items, 1):
        if sys.stderr.isatty() or number in quarters:
            end = "\r" if sys.stderr.isatty() and number < len(items) else "\n"
            print(f"  {what}: {number} of {len(items)}", end=end, file=sys.stderr, flush=True)
        yield item
