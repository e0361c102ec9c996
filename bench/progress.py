"""Long runs say how far they are, on one line of the terminal."""

import sys
from collections.abc import Iterator, Sequence


def each[T](items: Sequence[T], what: str) -> Iterator[T]:
    """Where there is no terminal, a line for each quarter."""
    terminal, last = sys.stderr.isatty(), len(items)
    quarters = {last * part // 4 for part in (1, 2, 3, 4)}
    try:
        for number, item in enumerate(items, 1):
            if terminal or number in quarters:
                end = "\r" if terminal else "\n"
                print(f"  {what}: {number} of {last}", end=end, file=sys.stderr, flush=True)
            yield item
    finally:  # also where no more are needed
        if terminal:
            print(file=sys.stderr, flush=True)
