"""Tasks that are not done by their deadline: they end, and what was paid for is remembered."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.cloud import Cloud, Placed, eventually
from tests.e2e.ends import End, assert_ends

CALLING = ("maxapi", "apixo", "liangxin")
ALL = (*CALLING, "aigptimage")


@pytest.fixture(scope="module")
def late(hasty_cloud: Cloud) -> dict[str, Placed]:
    """What the tests below wait for, ordered at once."""
    words = {f"never {provider}": (provider, "never") for provider in ALL}
    words |= {f"silent {provider}": (provider, "drop=1 webhook=lose") for provider in CALLING}
    words |= {f"down {provider}": (provider, "down") for provider in ALL}
    words |= {f"later {provider}": (provider, "slow=35") for provider in CALLING}
    words |= {f"told later {provider}": (provider, "drop=1 slow=35") for provider in CALLING}
    words["unfetchable"] = ("maxapi", "fast image=expired")
    bodies = [hasty_cloud.body(hasty_cloud.way(who), how) for who, how in words.values()]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(words, pool.map(hasty_cloud.place, bodies), strict=True))


@pytest.mark.parametrize("provider", ALL)
def test_a_job_that_never_ends(hasty_cloud: Cloud, late: dict[str, Placed], provider: str) -> None:
    task = assert_ends(hasty_cloud, late[f"never {provider}"], End(code="deadline_exceeded"))
    assert task["failure"]["retryable"] is True


@pytest.mark.parametrize("provider", CALLING)
def test_a_submission_that_is_never_answered(
    hasty_cloud: Cloud, late: dict[str, Placed], provider: str
) -> None:
    task = assert_ends(hasty_cloud, late[f"silent {provider}"], End(code="charge_unknown"))
    assert task["attempts"] == 1


@pytest.mark.parametrize("provider", ALL)
def test_a_provider_that_stays_down(
    hasty_cloud: Cloud, late: dict[str, Placed], provider: str
) -> None:
    end = End(code="deadline_exceeded", charged=0, refused=None)
    assert_ends(hasty_cloud, late[f"down {provider}"], end)


def test_the_deadline_gives_way_to_a_result(hasty_cloud: Cloud, late: dict[str, Placed]) -> None:
    hasty_cloud.wait(late["never maxapi"].task_id)  # which had the same deadline
    assert hasty_cloud.show(late["unfetchable"].task_id)["status"] == "processing"


@pytest.mark.parametrize("provider", CALLING)
@pytest.mark.parametrize(
    ("which", "code"), [("later", "deadline_exceeded"), ("told later", "charge_unknown")]
)
def test_a_success_after_the_end_is_noted_and_changes_nothing(
    hasty_cloud: Cloud, late: dict[str, Placed], provider: str, which: str, code: str
) -> None:
    order = late[f"{which} {provider}"]
    task = assert_ends(hasty_cloud, order, End(code=code))
    row = eventually(lambda: hasty_cloud.aws.row(order.task_id), lambda row: "lateSuccess" in row)
    assert row["lateSuccess"]["L"][0]["M"]["provider"] == {"S": provider}
    now = hasty_cloud.show(order.task_id)
    assert {**now, "updatedAt": task["updatedAt"]} == task
    assert len({told.body["id"] for told in hasty_cloud.mailbox.of(order.task_id)}) == 1
