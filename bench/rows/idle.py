"""What a month costs in which nobody orders anything, read from the template."""

from collections.abc import Iterator

from bench import bill
from bench.figure import Figure, Scale
from plantain import lifecycle
from tools.template import PARAMETERS, RESOURCES, TEMPLATE, of_type

MONTH = 30 * 86_400
POLLERS, LONG_POLL = 5, 20  # how Lambda asks an empty queue: so many at once, so many seconds each
SWEEP_SECONDS = 0.3
SWEEP_LOG_BYTES = 1_000  # the platform's own lines and one metric
ALWAYS_ON = ("AWS::EC2::", "AWS::ECS::", "AWS::RDS::", "AWS::ElastiCache::", "AWS::EKS::")


def measure(_: Scale) -> Iterator[Figure]:
    amounts = month()
    yield Figure(
        name="An idle month",
        ours=round(bill.total(amounts), 2),
        unit="$",
        counted=True,
        floor="$0.40: a secret",
        note=f"{bill.told(amounts)}; prices of {bill.DATE}, without any free tier",
    )
    yield Figure(
        "Resources that are paid by the hour", len(always_on()), "resources", goal=0, counted=True
    )


def month() -> dict[str, float]:
    """Everything that is billed although nothing is asked for."""
    sweeps = MONTH / 60 / PARAMETERS["SweepMinutes"]["Default"]
    memory = TEMPLATE["Globals"]["Function"]["MemorySize"]
    asks = MONTH / LONG_POLL * POLLERS * len(_listened_to())
    return {
        "secret month": len(of_type("Secret")),
        "alarm month": len(of_type("Alarm")),
        "metric month": 1,  # the sweep's
        "scheduler invocation": sweeps * len(of_type("Schedule")),
        "lambda request": sweeps,
        "lambda GB-second, arm64": sweeps * SWEEP_SECONDS * memory / 1024,
        "DynamoDB read unit": sweeps * lifecycle.SHARDS * 0.5,
        "SQS request": asks + sweeps,
        "log GB": sweeps * SWEEP_LOG_BYTES / 1e9,
    }


def always_on() -> list[str]:
    """What would be paid whether it is used or not."""
    found = [n for n, r in RESOURCES.items() if r["Type"].startswith(ALWAYS_ON)]
    tables = of_type("Table").items()
    found += [n for n, table in tables if table.get("BillingMode") != "PAY_PER_REQUEST"]
    functions = of_type("Function").items()
    return found + [n for n, function in functions if "ProvisionedConcurrencyConfig" in function]


def _listened_to() -> list[str]:
    """The queues that wake a function."""
    events = [e for f in of_type("Function").values() for e in f.get("Events", {}).values()]
    return [str(e["Properties"]["Queue"]) for e in events if e["Type"] == "SQS"]
