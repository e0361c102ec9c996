"""Walks that go on after the end of a task."""

from tests.machine.cloud import Cloud
from tests.machine.walks._walk import ended, walk


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
