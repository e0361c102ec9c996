"""Where a function begins: what it has imported by then stays, and is not searched for garbage."""

import gc
from collections.abc import Callable

gc.disable()  # until all is imported, of which next to nothing is garbage


def point[**P, T](handler: Callable[P, T]) -> Callable[P, T]:
    """Marks what Lambda calls: docs/decisions/0083."""
    gc.freeze()
    gc.enable()
    return handler
