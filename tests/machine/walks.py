"""Walks that together come by every crash point: each says what happens, the rest follows.

A walk may be cut short anywhere, so it takes nothing for granted: what is not there is left out.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.machine.cloud import Cloud
from tests.unit.samples import picture

PNG = "https://example.com/a.png"
BY_CHAIN: dict[str, Any] = {"imageUrls": [PNG], "outside": {"provider": "aigptimage"}}
PINNED: dict[str, Any] = {"outside": {"provider": "maxapi"}}
A_WHILE = 950  # seconds after which a job cannot be running any more
LONG = {"DEADLINE_SECONDS": "2000"}
ONCE = {**LONG, "RESUBMIT_POLICY": "once"}


@dataclass(frozen=True)
class Walk:
    name: str
    go: Callable[[Cloud], None]
    environment: dict[str, str]
    payments: str  # as the policy that allows as many


WALKS: list[Walk] = []


def walk(
    name: str, payments: str = "", **environment: str
) -> Callable[[Callable[[Cloud], None]], None]:
    def add(go: Callable[[Cloud], None]) -> None:
        allowed = payments or environment.get("RESUBMIT_POLICY", "never")
        WALKS.append(Walk(name, go, {"DEADLINE_SECONDS": "200", **environment}, allowed))

    return add


def ended(cloud: Cloud, **fields: Any) -> None:
    cloud.submit(**fields)
    cloud.ring()
    cloud.settle()


# ── bought ───────────────────────────────────────────────────────────────────────────────────────


@walk("a webhook")
def _(cloud: Cloud) -> None:
    ended(cloud)


@walk("a lost webhook")
def _(cloud: Cloud) -> None:
    cloud.submit()


@walk("a long request with a picture in it")
def _(cloud: Cloud) -> None:
    inline = "data:image/png;base64," + base64.b64encode(picture()).decode()
    ended(cloud, prompt="A long story. " * 300, imageUrls=[inline])


@walk("a second provider")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.append("account_refused")
    ended(cloud)


@walk("nobody ready, twice")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.extend(["busy"] * 4)
    cloud.submit()


@walk("nobody ready until it is too late")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.extend(["busy"] * 2)
    cloud.submit()
    cloud.now += 1000


@walk("nobody left")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.extend(["busy", "account_refused"])
    cloud.submit()
    cloud.resources.accounts("apixo")


@walk("no account for a while")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.extend(["busy"] * 2)
    cloud.submit()
    cloud.resources.accounts()
    cloud.take()
    cloud.resources.accounts("maxapi")


@walk("a chain")
def _(cloud: Cloud) -> None:
    cloud.outside.slow = True
    cloud.submit(**BY_CHAIN)
    cloud.take()
    cloud.finish()


@walk("a chain that begins later")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.append("busy")
    cloud.submit(**BY_CHAIN)


# Whoever dies before it has heard the webhook cannot know that the provider did not mean it.
@walk("refused and running", payments="once")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.append("busy and charged")
    cloud.submit(**PINNED)
    cloud.queues.lose()
    cloud.ring()
    cloud.outside.down = True
    cloud.take()
    cloud.outside.down = False
    cloud.take()


# ── not answered ─────────────────────────────────────────────────────────────────────────────────


@walk("a lost answer and a webhook")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.append("charged and lost")
    cloud.submit()
    cloud.ring()
    cloud.outside.down = True
    cloud.take()
    cloud.outside.down = False


@walk("two webhooks at once")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.append("charged and lost")
    cloud.submit()
    cloud.ring()
    cloud.queues.repeat()
    cloud.outside.meanwhile = cloud.take
    cloud.take()


@walk("a lost answer and silence")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.append("lost")
    cloud.submit()


@walk("a lost answer and one more try", **ONCE)
def _(cloud: Cloud) -> None:
    cloud.outside.turns.append("lost")
    cloud.submit()
    cloud.now += A_WHILE


@walk("asked again under the same id")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.extend(["charged and lost", "busy"])
    cloud.submit(**BY_CHAIN)


def slow_answer(cloud: Cloud, seconds: int, **fields: Any) -> None:
    """While a provider is answering, the lease ends, and others look at the task."""
    cloud.outside.meanwhile = lambda: overtake(cloud, seconds)
    cloud.submit(**fields)


def overtake(cloud: Cloud, seconds: int) -> None:
    cloud.now += seconds
    cloud.sweep()
    cloud.take()


@walk("an answer after the lease")
def _(cloud: Cloud) -> None:
    slow_answer(cloud, 60)


@walk("an answer after the end", **LONG)
def _(cloud: Cloud) -> None:
    slow_answer(cloud, A_WHILE)


@walk("an answer after the next try has begun", **ONCE)
def _(cloud: Cloud) -> None:
    slow_answer(cloud, A_WHILE)


@walk("an answer after the same was asked again")
def _(cloud: Cloud) -> None:
    slow_answer(cloud, 60, **BY_CHAIN)


@walk("a second try's answer after the lease")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.extend(["busy"] * 2)
    cloud.submit()
    cloud.outside.meanwhile = lambda: overtake(cloud, 140)
    cloud.take()


@walk("a second try's answer after the end", **LONG)
def _(cloud: Cloud) -> None:
    cloud.outside.turns.extend(["busy"] * 2)
    cloud.submit()
    cloud.outside.meanwhile = lambda: overtake(cloud, A_WHILE)
    cloud.take()


# ── made, or not ─────────────────────────────────────────────────────────────────────────────────


@walk("a job that fails")
def _(cloud: Cloud) -> None:
    cloud.outside.fates.append("failed")
    ended(cloud)


@walk("a job that fails and one more try", **ONCE)
def _(cloud: Cloud) -> None:
    cloud.outside.fates.append("failed")
    ended(cloud)


@walk("pictures just before the deadline")
def _(cloud: Cloud) -> None:
    cloud.submit()
    cloud.now += 150
    cloud.ring()


@walk("pictures that cannot be fetched at first")
def _(cloud: Cloud) -> None:
    cloud.outside.pictures.extend(["good", "gone", "gone"])
    cloud.submit()
    cloud.ring()
    cloud.take()
    cloud.queues.repeat()


@walk("pictures that cannot be fetched for a day")
def _(cloud: Cloud) -> None:
    cloud.outside.pictures.extend(["gone", "gone"])
    cloud.submit()
    cloud.ring()
    cloud.take()
    cloud.now += 90_000


@walk("pictures that are none")
def _(cloud: Cloud) -> None:
    cloud.outside.pictures.extend(["broken"] * 3)
    ended(cloud)


@walk("a surprise that lasts")
def _(cloud: Cloud) -> None:
    cloud.submit()
    cloud.now += 2000
    cloud.ring()
    cloud.web = "surprises"
    cloud.take()
    cloud.web = "works"


# ── after the end ────────────────────────────────────────────────────────────────────────────────


@walk("a success after the deadline")
def _(cloud: Cloud) -> None:
    cloud.outside.slow = True
    cloud.submit()
    cloud.wait(1300)  # beyond the deadline, and one look
    cloud.finish()


@walk("two looks back at once")
def _(cloud: Cloud) -> None:
    cloud.outside.slow = True
    cloud.submit()
    cloud.wait(300)
    cloud.finish()
    cloud.ring()
    cloud.queues.repeat()

    def a_second_later() -> None:
        cloud.now += 1
        cloud.take()

    cloud.outside.meanwhile = a_second_later
    cloud.take()


@walk("cancelled before it is bought")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.extend(["busy"] * 2)
    cloud.submit()
    cloud.cancel(cloud.task_id)


@walk("discarded")
def _(cloud: Cloud) -> None:
    cloud.outside.slow = True
    cloud.submit()
    cloud.cancel(cloud.task_id, discard=True)
    cloud.finish()


@walk("deleted")
def _(cloud: Cloud) -> None:
    ended(cloud, prompt="A long story. " * 300)
    cloud.remove(cloud.task_id)


@walk("deleted while somebody still stores and tells")
def _(cloud: Cloud) -> None:
    def remove() -> None:
        cloud.settle()
        cloud.remove(cloud.task_id)
        cloud.bring(cloud.brought)

    cloud.submit()
    cloud.ring()
    cloud.queues.repeat()
    cloud.outside.meanwhile = remove
    cloud.take()


# ── told ─────────────────────────────────────────────────────────────────────────────────────────


@walk("everything told, and told twice")
def _(cloud: Cloud) -> None:
    cloud.every_change = True
    ended(cloud)
    cloud.bring(cloud.brought)


@walk("an endpoint that is down for a while")
def _(cloud: Cloud) -> None:
    cloud.outside.endpoint.extend([500, 500])
    ended(cloud)


@walk("an endpoint that never answers well", WEBHOOK_DELAYS="10")
def _(cloud: Cloud) -> None:
    cloud.outside.endpoint.extend([500] * 4)
    ended(cloud)


@walk("a last try that is cut off", WEBHOOK_DELAYS="")
def _(cloud: Cloud) -> None:
    finished(cloud)
    cloud.web = "surprises"
    cloud.take()
    cloud.web = "works"


@walk("an endpoint that is slow for a while")
def _(cloud: Cloud) -> None:
    finished(cloud)
    cloud.web = "hangs"
    for _ in range(3):
        cloud.take()
    cloud.web = "works"


def finished(cloud: Cloud) -> None:
    """Ended and announced, but nobody has been told."""
    cloud.submit()
    cloud.ring()
    cloud.take()
    cloud.stream()


@walk("an owner who chooses where to be told")
def _(cloud: Cloud) -> None:
    ended(cloud, outside={"callBackUrl": None})
    cloud.notify("PUT", "/v1/webhook", {"url": None})
    cloud.notify("PUT", "/v1/webhook", {"url": f"{cloud.outside.url}/told"})
    cloud.notify("POST", "/v1/webhook/rotate")
    cloud.notify("POST", "/v1/webhook/test")
    cloud.notify("POST", f"/v1/tasks/{cloud.task_id}/deliveries")
