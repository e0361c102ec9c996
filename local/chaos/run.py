"""One run: a cloud, its clients, what is done to it, and the wait until all is over."""

import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from local.chaos.audit import Audit, audit
from local.chaos.clients import Clients
from local.chaos.cloud import HIDDEN_SECONDS, Cloud, running
from local.chaos.facts import Books, Facts, Json, is_over
from local.chaos.plan import RATES, Kill, Plan, make_plan
from local.chaos.progress import Progress
from local.deploy import AwsFailure
from local.processes import workers

AT_ONCE = 20  # functions; a new account has ten, but none that start as slowly as here
LEASE = 130  # seconds: the longest that a dead worker's claim on a task holds
SETTLE = LEASE + 2 * HIDDEN_SECONDS + 60  # after the last task's deadline; then it is stuck
QUIET = 2 * HIDDEN_SECONDS + 30  # in which a killed worker's message has come back, and gone


@dataclass(frozen=True)
class Options:
    tasks: int
    seed: int
    directory: Path
    sweep: int
    first_check: int
    deadline: int
    throttle: int
    kills: bool
    restart: bool


@dataclass(frozen=True)
class Outcome:
    audit: Audit
    done: dict[str, object]  # to the cloud


def run(options: Options) -> Outcome:
    """Let it all happen, and audit what became of it."""
    settings = {
        "SWEEP_SECONDS": options.sweep,
        "FIRST_CHECK_SECONDS": options.first_check,
        "DEADLINE_SECONDS": options.deadline,
        "FUNCTIONS_AT_ONCE": AT_ONCE,
        "THROTTLE_PERCENT": options.throttle,
        "THROTTLE_SEED": options.seed,
    }
    with running(options.directory, **settings) as cloud:
        books = Books(cloud)
        plan = make_plan(options.seed, options.tasks, cloud.models())
        cloud.misbehave(options.seed, RATES)
        clients = Clients(cloud)
        misfortune = Misfortune(cloud, plan, options)
        try:
            seconds = _watch(books, clients, misfortune, plan, options)
            facts = books.collect()
            done = {"seconds": round(seconds), **misfortune.told()}
        finally:
            clients.end()
        _save(options.directory, facts)
        return Outcome(audit(facts, clients.said, options.first_check, options.sweep), done)


class Misfortune:
    """What is done to the cloud itself, as the run comes along."""

    def __init__(self, cloud: Cloud, plan: Plan, options: Options) -> None:
        self._cloud = cloud
        self._waiting: list[Kill] = list(plan.kills) if options.kills else []
        self._restart_at = 0.5 if options.restart else 2.0
        self.workers = self.restarts = 0
        self._throttled = 0  # by the emulator that was, which counted for itself

    def strike(self, progress: float) -> None:
        for kill in [kill for kill in self._waiting if kill.at <= progress]:
            if self._kill(kill):  # or else as soon as there is one
                self._waiting.remove(kill)
        if progress >= self._restart_at:
            self._restart_at = 2.0
            self.restarts += 1
            self._throttled = self._cloud.throttled()
            self._cloud.restart()

    def told(self) -> dict[str, object]:
        return {
            "workers killed": self.workers,
            "kills that met nobody": len(self._waiting),
            "restarts": self.restarts,
            "table calls throttled": self._throttled + self._cloud.throttled(),
        }

    def _kill(self, kill: Kill) -> bool:
        found = workers(self._cloud.directory, kill.function)[: kill.workers]
        for worker in found:
            with suppress(psutil.NoSuchProcess):
                worker.kill()
        self.workers += len(found)
        return bool(found)


def _watch(
    books: Books, clients: Clients, misfortune: Misfortune, plan: Plan, options: Options
) -> float:
    """Until all is over, or nothing can come any more; the seconds it took."""
    began = time.monotonic()
    progress = Progress(len(plan.orders))
    clients.order(plan.orders)
    ending = 0.0
    rows: dict[str, Json] = {}
    while True:
        time.sleep(0.5)
        with suppress(*AwsFailure):  # it is being restarted
            rows = books.rows()
        over = sum(map(is_over, rows.values()))
        clients.open = len(rows) - over
        misfortune.strike((clients.placed + over) / (2 * len(plan.orders)))
        progress.show(clients.placed, rows, misfortune.workers)
        if clients.placed < len(plan.orders):
            continue
        ending = ending or time.monotonic()
        if over == len(rows):
            _settle(books)
            break
        if time.monotonic() > ending + options.deadline + SETTLE:
            break  # the audit will say what is stuck
    progress.end()
    return time.monotonic() - began


def _settle(books: Books) -> None:
    """Until nothing is on its way to a task any more; what comes may still be a late success."""
    deadline = time.monotonic() + QUIET
    while not books.idle() and time.monotonic() < deadline:
        time.sleep(0.5)


def _save(directory: Path, facts: Facts) -> None:
    """For whoever wants to look closer."""
    (directory / "facts.json").write_text(json.dumps(asdict(facts), default=str, indent=1))
