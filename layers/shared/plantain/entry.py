"""Where a function begins: what it imports stays, and is not searched for garbage.

A function imports this before all else, as the linter has it, or what comes earlier is searched.
"""

import gc
from collections.abc import Callable

gc.disable()  # until all is imported, of which next to nothing is garbage


def entry_point[**P, T](handler: Callable[P, T]) -> Callable[P, T]:
    """Marks what Lambda calls: docs/decisions/0083."""
    gc.freeze()
    gc.enable()
    return handler
