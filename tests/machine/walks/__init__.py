"""Walks that together come by every crash point: each says what happens, the rest follows.

A walk may be cut short anywhere, so it takes nothing for granted: what is not there is left out.
"""

from tests.machine.walks import after_the_end, bought, made, not_answered, told  # noqa: F401
from tests.machine.walks._walk import BY_CHAIN, WALKS, Walk, ended

__all__ = ["BY_CHAIN", "WALKS", "Walk", "ended"]
