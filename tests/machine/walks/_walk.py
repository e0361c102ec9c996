"""What a walk is, and what several begin with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.machine.cloud import Cloud

PNG = "https://example.com/a.png"
BY_CHAIN: dict[str, Any] = {"imageUrls": [PNG], "outside": {"provider": "aigptimage"}}
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


def finished(cloud: Cloud) -> None:
    """Ended and announced, but nobody has been told."""
    cloud.submit()
    cloud.ring()
    cloud.take()
    cloud.stream()
