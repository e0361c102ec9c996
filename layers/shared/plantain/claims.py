"""Claims: what a task takes of its key's limits when it is ordered, and gives back at its end."""

import time

from plantain import listing, usage
from plantain.accounts import routes
from plantain.errors import FailureCode, NoPrice, TooManyActive
from plantain.lifecycle import TERMINAL
from plantain.limits import MILLION, Caller
from plantain.models import Claim, State, Task, TaskRequest
from plantain.routing import eligible

ORPHAN_SECONDS = 60  # longer than it takes from a claim to its task's row
MAYBE_PAID = frozenset({"failed", "unknown"})
MAYBE_SENT = frozenset({FailureCode.CHARGE_UNKNOWN, FailureCode.DEADLINE_EXCEEDED})


def take(task: Task, caller: Caller) -> Task:
    """The task with its claim, where there are limits; raises the one that is reached."""
    if not caller.limits.any_of_tasks:
        return task
    prices = _prices(task.request) if caller.limits.spend else {}
    claim = Claim(key=caller.key, at=int(time.time()), prices=prices)
    try:
        usage.take(task.task_id, claim, caller.limits)
    except TooManyActive:
        if not _tidy(caller.key):
            raise
        usage.take(task.task_id, claim, caller.limits)
    return task.model_copy(update={"claim": claim})


def release(task: Task) -> None:
    """At a task's end, any number of times: its place, and what it did not cost."""
    if task.claim:
        usage.give_back(task.task_id, task.claim, spent(task))


def withdraw(task: Task, earlier: Task | None) -> None:
    """Somebody else has ordered this task already: what was claimed here counts for nothing."""
    if task.claim and (earlier is None or earlier.claim != task.claim):
        usage.give_back(task.task_id, task.claim, spent=0, tasks=1)


def spent(task: Task) -> int:
    """Millionths of a dollar that its attempts may have cost, as far as anybody knows."""
    if task.claim is None:
        return 0
    prices, dearest = task.claim.prices, task.claim.reserved
    paid = [attempt.provider for attempt in task.past if attempt.outcome in MAYBE_PAID]
    paid += [task.provider] if task.provider and not _unpaid(task) else []
    return sum(prices.get(provider, dearest) for provider in paid)


def _unpaid(task: Task) -> bool:
    """Whether the last attempt was refused, so that nothing can have been charged for it."""
    if task.state is not State.FAILED or task.failure is None:
        return False
    unsent = task.provider_task_id is None and task.failure.code not in MAYBE_SENT
    return unsent or task.failure.code is FailureCode.INSUFFICIENT_CREDITS


def _prices(request: TaskRequest) -> dict[str, int]:
    """What it costs with each provider that may make it: somebody dearer may be next in line."""
    chosen = routes()
    prices = {name: chosen.price(name, request.model) for name in eligible(request, chosen)}
    unknown = sorted(name for name, price in prices.items() if price == float("inf"))
    if unknown:
        what = ", ".join(f"{name}/{request.model}" for name in unknown)
        raise NoPrice(f"Whoever runs this API must say in Prices what {what} costs.")
    return {name: round(price * MILLION) for name, price in prices.items()}


def _tidy(key: str) -> bool:
    """Free the places of tasks that are over, or whose request died before their row was written.

    A task's end frees its place when it is announced; this is for those that did not wait."""
    places = usage.active(key)
    tasks = listing.load(task_id for task_id, _ in places)
    freed = 0
    for task_id, at in places:
        task = tasks.get(task_id)
        held = task is not None and task.claim is not None and task.claim.at == at
        if task and held and task.state in TERMINAL:
            release(task)
        elif not held and at < time.time() - ORPHAN_SECONDS:
            usage.give_back(task_id, Claim(key=key, at=at), spent=0)
        else:
            continue
        freed += 1
    return freed > 0
