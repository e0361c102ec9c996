"""Walks that together come by every crash point: each says what happens, the rest follows.

A walk may be cut short anywhere, so it takes nothing for granted: what is not there is left out.
"""

from tests.machine.walks import (  # noqa: F401
    after_the_end,
    bought,
    limited,
    made,
    not_answered,
    told,
)
from tests.machine.walks._walk import BY_CHAIN, WALKS, Walk, ended

__all__ = ["BY_CHAIN", "WALKS", "Walk", "ended"]
