"""A million tasks at dated prices: what is counted, times what it costs, beside other designs.

The scenario is the same for all: a POST of 1 s, a picture of 2 s, a provider that takes 25 s,
functions of 256 MB, one status request by the client, logs counted; S3's PUTs and storage left out.
"""

from collections.abc import Iterator

from bench import bill
from bench.figure import Figure, Scale
from bench.rows.calls import Taken, run
from bench.world import world
from tools.template import RESOURCES, TEMPLATE

MILLION = 1_000_000
GB = 0.25
POST, PICTURE, JOB, SHORT = 1.0, 2.0, 25.0, 0.05
QUERY_LOG = 500
PLATFORM_LOG = 330  # START, END and REPORT of one invocation
ACCESS_LOG = 300
OURS = 5  # submit, callback, advance, publish, query; the authorizer's answer is cached
POLL = 10
SCANNED = 1_000  # unfinished rows that a scan would look through in every minute of a busy table


def measure(scale: Scale) -> Iterator[Figure]:
    with world() as made:
        taken = run(made, range(max(5, scale.tasks // 10)), "tasks, for their price")
    ours = per_task(taken)
    workflow = ours_as_workflow(ours)
    loop = {**workflow, "state transition": 4 + 3 * -(-JOB // POLL)}
    yield Figure(
        name="A million tasks",
        ours=round(bill.total(ours) * MILLION, 2),
        unit="$",
        goal=30,
        further=20,
        others={
            "Step Functions, called back": round(bill.total(workflow) * MILLION, 2),
            "Step Functions, asking every 10 s": round(bill.total(loop) * MILLION, 2),
            "a scan of the table every minute": round(bill.total(scanning(ours)) * MILLION, 2),
        },
        counted=True,
        slack=0.02,
        note=f"{bill.told(ours, MILLION)}; without thumbnails; prices of {bill.DATE}",
    )
    yield Figure(
        name="The same, beside Step Functions called back",
        ours=round(bill.total(ours) / bill.total(workflow), 3),
        unit="of its price",
        goal=0.2,
        counted=True,
        slack=0.02,
    )
    deployed = {**ours, "lambda GB-second, arm64": gb_seconds_as_deployed()}
    yield Figure(
        name="A million tasks with the memory that the template gives",
        ours=round(bill.total(deployed) * MILLION, 2),
        unit="$",
        goal=30,
        further=20,
        counted=True,
        slack=0.02,
        note="`advance` has 1,024 MB, because a picture of 36 million pixels takes 780 MB to "
        "decode; the others have 512 MB",
    )


def per_task(taken: Taken) -> dict[str, float]:
    reads = sum(n for name, n in taken.calls.items() if name.startswith(("Query", "GetItem")))
    logs = sum(taken.logged.values()) + OURS * PLATFORM_LOG + 3 * ACCESS_LOG + QUERY_LOG
    return {
        "lambda request": OURS,
        "lambda GB-second, arm64": GB * (POST + PICTURE + OURS * SHORT),
        "HTTP API request": 3,  # the order, the callback, one look
        "DynamoDB write unit": taken.first + taken.later,
        "DynamoDB read unit": reads + 1,  # the look
        "SQS request": 3 * taken.calls["SendMessage"],  # sent, received, deleted
        "SNS publish": taken.calls["Publish"],
        "log GB": logs / 1e9,
    }


def ours_as_workflow(ours: dict[str, float]) -> dict[str, float]:
    """Seven transitions: start, record, submit and wait, fetch, finish, announce, end.

    The workflow keeps the state, so one write of the row and one of its end remain; no queue."""
    return {
        **ours,
        "state transition": 7,
        "DynamoDB write unit": 2,
        "SQS request": 0,
    }


def scanning(ours: dict[str, float]) -> dict[str, float]:
    """No webhook and no index: every minute all that is unfinished is read and asked after."""
    looks = 1 + JOB / 60
    asked = looks * 0.3 * GB
    return {
        **ours,
        "HTTP API request": 2,
        "SQS request": 0,
        "DynamoDB read unit": ours["DynamoDB read unit"] + looks * SCANNED / 8,
        "lambda GB-second, arm64": ours["lambda GB-second, arm64"] + asked,
    }


def gb_seconds_as_deployed() -> float:
    usual = TEMPLATE["Globals"]["Function"]["MemorySize"]
    decoding = RESOURCES["AdvanceFunction"]["Properties"].get("MemorySize", usual)
    others = POST + (OURS - 1) * SHORT
    return float(others * usual + (PICTURE + SHORT) * decoding) / 1024
