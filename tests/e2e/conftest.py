"""One local cloud for all; what its tests order is ordered at once, so that the waits overlap."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.cloud import AUDIENCE, Cloud, Ordered, Placed
from tests.e2e.issuer import Issuer
from tests.e2e.process import start
from tests.e2e.receiver import Receiver, drips, hangs, says

pytest.register_assert_rewrite("tests.e2e.ends")

# Requests at the same moment each start a function process, which takes a second of a core.
ORDERS_A_SECOND = 8
ORDERS_AT_ONCE = 5
RINGS_AT_ONCE = 8
# Only the emulator knows what each role may do.
collect_ignore = ["test_permissions.py"] if os.environ.get("ENGINES") else []
RECEIVERS = {
    "takes": (says(200),),
    "takes too": (says(202),),
    "recovers": (says(500), says(503), says(204)),
    "hangs": (hangs, hangs, says(200)),
    "drips": (drips, says(200)),
    "redirects": (says(302, Location="/elsewhere"), says(200)),
    "is gone": (says(410),),
    "is busy": (says(429, Retry_After=4), says(200)),
    "is broken": (says(500),),
    "is dead": (hangs,),
}


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """Whose tokens the local cloud takes from browsers, if they are meant for `AUDIENCE`."""
    made = Issuer()
    yield made
    made.end()


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory, issuer: Issuer) -> Iterator[Cloud]:
    """A local cloud with a quick poller and time enough for every task."""
    yield from _run(
        tmp_path_factory.mktemp("cloud"),
        SWEEP_SECONDS=2,
        FIRST_CHECK_SECONDS=8,
        DEADLINE_SECONDS=900,
        PARAMETERS=f"JwtIssuer={issuer.url} JwtAudience=other,{AUDIENCE}",
    )


@pytest.fixture(scope="session")
def revoked(cloud: Cloud) -> httpx.Client:
    """Somebody whose key was used and then revoked, some while ago if other tests ran before."""
    key = cloud.make_key("leaver")
    client = cloud.api_of(key)
    assert client.get("/v1/models").status_code == 200
    cloud.revoke_key(key)
    return client


@pytest.fixture(scope="session")
def hasty_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A local cloud whose tasks soon run out of time, and are first checked just after that."""
    yield from _run(
        tmp_path_factory.mktemp("hasty"),
        SWEEP_SECONDS=2,
        FIRST_CHECK_SECONDS=12,
        DEADLINE_SECONDS=10,
        PARAMETERS="LogLevel=DEBUG",
    )


@pytest.fixture(scope="session")
def receivers() -> Iterator[dict[str, Receiver]]:
    """Clients' endpoints, each with a way of its own to answer."""
    made = {name: Receiver(*answers) for name, answers in RECEIVERS.items()}
    yield made
    for receiver in made.values():
        receiver.close()


@pytest.fixture(scope="session")
def telling(
    receivers: dict[str, Receiver], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cloud]:
    """A local cloud that tries a webhook four times, a second apart."""
    yield from _run(
        tmp_path_factory.mktemp("telling"),
        SWEEP_SECONDS=2,
        ALLOW_HOSTS=",".join(receiver.host for receiver in receivers.values()),
        PARAMETERS="WebhookDelays=1,1,1 ExtraEvents=queued,submitted",
    )


def _run(directory: Path, **settings: object) -> Iterator[Cloud]:
    running = start(directory, **settings)
    try:
        yield Cloud(running.ready(), directory)
    finally:
        running.end()


@pytest.fixture(scope="session")
def placed(cloud: Cloud, revoked: httpx.Client, request: pytest.FixtureRequest) -> Ordered:
    """Everything that the collected modules' `orders(cloud)` name, by that name."""
    here = [item for item in request.session.items if item.path.parent == Path(__file__).parent]
    modules = dict.fromkeys(getattr(item, "module", None) for item in here)
    orders: dict[str, dict[str, Any]] = {}
    for module in modules:
        orders |= getattr(module, "orders", lambda _: {})(cloud)
    cloud.wait(cloud.order(cloud.way("maxapi")).task_id)  # every function has started once
    with ThreadPoolExecutor(RINGS_AT_ONCE) as pool:
        list(pool.map(cloud.ring, ["tsk_none/1/wrong"] * RINGS_AT_ONCE))
    pool = ThreadPoolExecutor(ORDERS_AT_ONCE)
    placing = {name: _place(pool, cloud, orders[name]) for name in sorted(orders, key=_last)}
    pool.shutdown(wait=False)
    return lambda name: placing[name].result()


def _last(name: str) -> bool:
    """Whether an order keeps its request waiting, and should not keep the others."""
    return "too late" in name


def _place(pool: ThreadPoolExecutor, cloud: Cloud, order: dict[str, Any]) -> Future[Placed]:
    time.sleep(1 / ORDERS_A_SECOND)
    return pool.submit(cloud.place, order)
