"""What is explored: each scenario is small enough to be walked whole, and they overlap."""

import os
from dataclasses import dataclass

WIDE = os.environ.get("MODEL_BOUND") == "wide"  # minutes instead of seconds


@dataclass(frozen=True)
class Scenario:
    """What may happen in one exploration, besides kills, sweeps, webhooks and two workers."""

    name: str
    policy: str = "never"
    providers: tuple[str, ...] = ("maxapi",)
    attempts: int = 2  # the last of which no provider turns away
    refusals: tuple[str, ...] = ()  # what a provider says that takes nothing
    fates: tuple[str, ...] = ("succeeded",)  # what becomes of a job
    silent: bool = False  # a submission's answer may be lost, with or without the job
    down: bool = False  # a provider may not be able to say how a job stands
    pictures: tuple[str, ...] = ("good",)
    doubled: bool = False  # a write's answer may be lost, and the client below us writes again
    forged: bool = False  # somebody names a job that is not ours
    submits: int = 1  # as often the client sends the same request at the same time
    cancels: bool = False
    removes: bool = False
    stepwise: bool = False  # sweeps, too, go one step at a time
    workers: int = 2
    clock: tuple[int, ...] = (0, 60)  # when things happen; at 60 s, the first lease is over
    deadline: int = 990
    life: int = 1000  # seconds that a function can run


TWO = ("maxapi", "apixo")
BUSY = ("busy", "account_refused", "request_refused")
FATES = ("succeeded", "failed", "unpaid")
TO_THE_END, LONG = (0, 60, 1000), (0, 1000, 2000)

_SOON = (
    Scenario("a webhook or none", silent=True, down=True),
    Scenario("time that runs out", silent=True, down=True, clock=(0, 1000)),
    Scenario("a forged webhook", silent=True, forged=True),
    Scenario("a provider that says no", providers=TWO, refusals=BUSY),
    Scenario("a job that fails", providers=TWO, fates=FATES, clock=(0,)),
    Scenario("one more try", "once", TWO, silent=True, clock=(0, 1000), deadline=1800),
    Scenario("a second job that fails", "once", TWO, fates=FATES[:2], clock=(0,)),
    Scenario("pictures that cannot be fetched", pictures=("good", "unfetchable")),
    Scenario("pictures that are none", pictures=("good", "invalid"), clock=(0,)),
    Scenario("a cancelled task", cancels=True, silent=True),
    Scenario("a request sent twice", submits=2, silent=True),
    Scenario("a write whose answer is lost", doubled=True, refusals=BUSY[:1]),
    Scenario("sweeps step by step", stepwise=True),
    Scenario("no webhooks", providers=("aigptimage",), silent=True, down=True, clock=TO_THE_END),
    Scenario("a deleted task", removes=True, clock=(0, 400), life=300),
)
_LATER = (
    Scenario("a webhook or none, wide", silent=True, down=True, forged=True, clock=TO_THE_END),
    Scenario("a provider that says no, wide", providers=TWO, refusals=BUSY, clock=TO_THE_END),
    Scenario("a job that fails, wide", providers=TWO, fates=FATES),
    Scenario("a second job that fails, wide", "once", TWO, fates=FATES[:2]),
    Scenario("pictures, wide", pictures=("good", "invalid", "unfetchable")),
    Scenario("a cancelled task, wide", cancels=True, silent=True, clock=TO_THE_END),
    Scenario("a request sent twice, wide", submits=2, silent=True, clock=TO_THE_END),
    Scenario("a write whose answer is lost, wide", doubled=True, silent=True, clock=TO_THE_END),
    Scenario("one more try, wide", "once", silent=True, down=True, clock=LONG, deadline=1800),
)
SCENARIOS = _SOON + _LATER if WIDE else _SOON
