"""The judge can be displeased: what is not right in the real places breaks the model's laws."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.machine.cloud import Cloud
from tests.machine.conftest import Site
from tests.machine.judge import DELIVERED, FREED, problems
from tests.machine.walks import ended
from tests.model import laws


def spoil_a_picture(cloud: Cloud) -> None:
    (key, *_) = cloud.resources.objects(cloud.owner)
    cloud.resources.put_object(key, b"something else")


def forget_the_delivery(cloud: Cloud) -> None:
    (row,) = (row for row in cloud.resources.rows() if "series" in row)
    cloud.resources.delete_row(row)


def charge_twice(cloud: Cloud) -> None:
    (job,) = cloud.outside.jobs.values()
    cloud.outside.jobs["another"] = replace(job, name="another")


def lose_what_was_received(cloud: Cloud) -> None:
    cloud.outside.received.clear()


def keep_its_place(cloud: Cloud) -> None:
    cloud.resources.leave_place(cloud.owner, f"{cloud.task_id}@0")


@pytest.mark.parametrize(
    ("tamper", "law"),
    [
        (spoil_a_picture, laws.ALL_STORED),
        (forget_the_delivery, laws.TOLD_BEFORE_RETIRED),
        (charge_twice, laws.PAID_TWICE),
        (lose_what_was_received, DELIVERED),
        (keep_its_place, FREED),
    ],
)
def test_what_is_not_right_is_seen(tamper: Callable[[Cloud], None], law: str, site: Site) -> None:
    cloud = site.cloud()
    ended(cloud)
    assert problems(cloud, "never") == []
    tamper(cloud)
    assert any(problem.startswith(law) for problem in problems(cloud, "never"))


def test_what_was_never_taken_up_is_stuck(site: Site) -> None:
    cloud = site.cloud()
    cloud.submit()
    assert any(problem.startswith(laws.STUCK) for problem in problems(cloud, "never"))


def test_an_end_that_nobody_told_is_seen(site: Site) -> None:
    cloud = site.cloud()
    cloud.submit()
    cloud.ring()
    cloud.take()
    assert any(problem.startswith(laws.TOLD_AT_LAST) for problem in problems(cloud, "never"))


def test_a_picture_that_is_left_over_is_seen(site: Site) -> None:
    cloud = site.cloud()
    ended(cloud)
    task_id = cloud.task_id
    cloud.remove(task_id)
    cloud.settle()
    assert problems(cloud, "never") == []
    cloud.resources.put_object(f"{cloud.owner}/{task_id}/left-over.png", b"")
    assert any(problem.startswith(laws.REFERENCED) for problem in problems(cloud, "never"))
