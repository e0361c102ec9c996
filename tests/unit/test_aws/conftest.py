"""AWS over http and https, and the pauses that are made before it is asked again."""

import time
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace

import pytest

from plantain import wire
from tests.unit.aws import Cloud
from tests.unit.internet import serving, trusting


@pytest.fixture(params=["http", "https"])
def cloud(request: pytest.FixtureRequest, environment: pytest.MonkeyPatch) -> Iterator[Cloud]:
    made = Cloud(serving("127.0.0.1") if request.param == "https" else None)
    environment.setenv("AWS_ENDPOINT_URL", made.url)
    environment.setattr(wire, "tls", SimpleNamespace(context=cache(trusting)))
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    taken: list[float] = []
    monkeypatch.setattr(time, "sleep", taken.append)
    return taken
