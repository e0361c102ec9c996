"""Walks on which a provider's answer is lost, or comes when others have gone on."""

from typing import Any

from tests.machine.cloud import Cloud
from tests.machine.walks._walk import A_WHILE, BY_CHAIN, LONG, ONCE, walk


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
