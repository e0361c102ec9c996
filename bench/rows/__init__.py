"""Everything that is measured, a module for each kind; what only counts is also checked."""

from bench.figure import Measure
from bench.rows import calls, cold, cost, idle, lag, sizes

ROWS: dict[str, Measure] = {
    "cold": cold.measure,
    "sizes": sizes.measure,
    "calls": calls.measure,
    "cost": cost.measure,
    "idle": idle.measure,
    "lag": lag.measure,
}
COUNTED = ("sizes", "calls", "cost", "idle", "lag")
