"""Walks on which a job is made, or is not, and its pictures are had, or are not."""

from tests.machine.cloud import Cloud
from tests.machine.walks._walk import ONCE, ended, walk


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
