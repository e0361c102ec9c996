"""A million tasks at dated prices: what is counted, times what it costs, beside other designs.

The scenario is the same for all: a POST of 1 s, a picture of 2 s, a provider that takes 25 s,
functions of 256 MB, one status request by the client, logs counted; cold starts, S3's PUTs,
storage and what is paid while idle left out. A loop asks as often as the job lasts. A scan finds
one day's finished rows beside the others: where they stay for longer, it costs as much more.
"""

from collections.abc import Iterator

from bench import bill
from bench.figure import Figure, Scale
from bench.rows.calls import Taken, run, thumbnail_alone
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
SCANS = 30 * 24 * 60 / MILLION  # for each task, where a month has a million
SCANNED = MILLION / 30  # rows
ROWS_A_UNIT = 8  # of 1 KB, read without consistency
DUE = 3  # units: its entry, and the write that ends it at last
SHRINK = 0.5  # seconds
Amounts = dict[str, float]


def measure(scale: Scale) -> Iterator[Figure]:
    with world() as made:
        taken = run(made, range(max(5, scale.tasks // 10)), "tasks, for their price")
        shrunk = thumbnail(thumbnail_alone(made))
    ours = per_task(taken)
    workflow = called_back(ours)
    others = {
        "Step Functions, called back": workflow,
        "Step Functions, asking every 10 s": asking(ours, taken),
        "a scan of the table every minute": scanning(ours, taken),
    }
    pictures = {"S3 PUT": taken.calls["PutObject"]}
    yield Figure(
        name="A million tasks",
        ours=round(bill.total(ours) * MILLION, 2),
        unit="$",
        goal=30,
        further=20,
        others={what: round(bill.total(amounts) * MILLION, 2) for what, amounts in others.items()},
        counted=True,
        slack=0.02,
        note=f"{bill.told(ours, MILLION)}; without thumbnails, and what is the same for all, "
        f"{bill.told(pictures, MILLION)}; prices of {bill.DATE}",
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
    yield Figure(
        name="A million thumbnails, which can be switched off, with the memory of the template",
        ours=round(bill.total(shrunk) * MILLION, 2),
        unit="$",
        counted=True,
        slack=0.02,
        note=f"{bill.told(shrunk, MILLION)}; {SHRINK} s each",
    )


def per_task(taken: Taken) -> Amounts:
    return {
        **_run(taken, requests=3, runs=OURS),  # the order, the callback, one look
        "DynamoDB write unit": taken.first + taken.later,
        "DynamoDB read unit": _reads(taken) + 1,  # the look
        "SQS request": 3 * taken.calls["SendMessage"],  # sent, received, deleted
        "SNS publish": taken.calls["Publish"],
    }


def called_back(ours: Amounts) -> Amounts:
    """Seven transitions: start, record, submit and wait, fetch, finish, announce, end.

    The workflow keeps the state, so one write of the row and one of its end remain; no queue."""
    return {
        **ours,
        "state transition": 7,
        "DynamoDB write unit": 2,
        "SQS request": 0,
    }


def asking(ours: Amounts, taken: Taken) -> Amounts:
    """Start, record, submit and end; a pause, a question and a choice until it is done."""
    asked = -(-JOB // POLL)
    return {
        **called_back(ours),
        **_run(taken, requests=2, runs=OURS - 1 + asked),  # questions for the callback
        "state transition": 4 + 3 * asked,
    }


def scanning(ours: Amounts, taken: Taken) -> Amounts:
    """No webhook, no queue and no due index: one function fetches what a scan finds unfinished."""
    looks = 1 + JOB / 60
    return {
        **ours,
        **_run(taken, requests=2, runs=OURS - 2 + SCANS, seconds=looks * SHORT),
        "SQS request": 0,
        "DynamoDB write unit": ours["DynamoDB write unit"] - DUE,
        "DynamoDB read unit": ours["DynamoDB read unit"] + SCANS * SCANNED / ROWS_A_UNIT,
    }


def thumbnail(taken: Taken) -> Amounts:
    memory = RESOURCES["ThumbnailFunction"]["Properties"]["MemorySize"]
    return {
        "lambda request": 1,
        "lambda GB-second, arm64": SHRINK * memory / 1024,
        "DynamoDB write unit": taken.later,
        "DynamoDB read unit": _reads(taken),
        "log GB": (sum(taken.logged.values()) + PLATFORM_LOG) / 1e9,
    }


def gb_seconds_as_deployed() -> float:
    usual = TEMPLATE["Globals"]["Function"]["MemorySize"]
    decoding = RESOURCES["AdvanceFunction"]["Properties"].get("MemorySize", usual)
    others = POST + (OURS - 1) * SHORT
    return float(others * usual + (PICTURE + SHORT) * decoding) / 1024


def _run(taken: Taken, requests: int, runs: float, seconds: float = 0) -> Amounts:
    """What requests to the gateway come to, and functions that do all this and no more."""
    logs = sum(taken.logged.values()) + QUERY_LOG + runs * PLATFORM_LOG + requests * ACCESS_LOG
    return {
        "HTTP API request": requests,
        "lambda request": runs,
        "lambda GB-second, arm64": GB * (POST + PICTURE + runs * SHORT + seconds),
        "log GB": logs / 1e9,
    }


def _reads(taken: Taken) -> float:
    return sum(n for name, n in taken.calls.items() if name.startswith(("Query", "GetItem")))
