"""Everything that is measured, a module for each kind; what only counts is also checked."""

from bench.figure import Measure
from bench.rows import burst, calls, cold, cost, idle, lag, poller, sizes, submit, transfer, webhook

ROWS: dict[str, Measure] = {
    "submit": submit.measure,
    "cold": cold.measure,
    "transfer": transfer.measure,
    "sizes": sizes.measure,
    "calls": calls.measure,
    "cost": cost.measure,
    "idle": idle.measure,
    "lag": lag.measure,
    "webhook": webhook.measure,
    "poller": poller.measure,
    "burst": burst.measure,
}
COUNTED = ("sizes", "calls", "cost", "idle", "lag", "poller", "burst")
