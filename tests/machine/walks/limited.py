"""Walks on which a key's use is noted, and a task takes of its limits and gives back."""

from tests.machine.cloud import Cloud
from tests.machine.walks._walk import ended, walk
from tests.unit.samples import NOW

MIDNIGHT = NOW - NOW % 86_400 + 86_400
PRICES = "maxapi/nano-banana=0.02,apixo/nano-banana=0.04"


@walk("a key that is used")
def _(cloud: Cloud) -> None:
    cloud.admit()


@walk("a place and a task of the day")
def _(cloud: Cloud) -> None:
    cloud.limits = "tasks=9 active=9"
    ended(cloud)


@walk("a price that was reserved too high", PRICES=PRICES)
def _(cloud: Cloud) -> None:
    cloud.limits = "spend=1"
    ended(cloud)


@walk("the same order again, a while later")
def _(cloud: Cloud) -> None:
    cloud.limits = "tasks=9"
    cloud.submit()
    cloud.now += 5
    cloud.submit_again()


@walk("the same order again while another begins a new day")
def _(cloud: Cloud) -> None:
    def tomorrow() -> None:
        cloud.now += 2
        cloud.submit(key="another")

    cloud.limits = "tasks=9"
    cloud.submit()
    cloud.now = MIDNIGHT - 1
    cloud.between = (1, tomorrow)
    cloud.submit_again()


@walk("requests that are counted")
def _(cloud: Cloud) -> None:
    cloud.limits = "requests=99/min"
    cloud.look_around()
    ended(cloud)
    cloud.notify("GET", "/v1/webhook")
    cloud.cancel(cloud.task_id)
    cloud.remove(cloud.task_id)


def _one_after_the_other(cloud: Cloud) -> None:
    cloud.submit(key="first")
    cloud.ring()
    cloud.take()
    cloud.submit(key="second")


@walk("a place that was not given back yet")
def _(cloud: Cloud) -> None:
    cloud.limits = "active=1"
    _one_after_the_other(cloud)


@walk("a place and a price that were not given back yet", PRICES=PRICES)
def _(cloud: Cloud) -> None:
    cloud.limits = "active=1 spend=1"
    _one_after_the_other(cloud)


@walk("a place of an order that died")
def _(cloud: Cloud) -> None:
    cloud.limits = "active=1"
    cloud.resources.leave_place(cloud.owner, f"tsk_nobody@{int(cloud.now) - 100}")
    cloud.submit()
