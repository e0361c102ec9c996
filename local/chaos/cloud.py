"""A local cloud of the run's own, and what its owner sees there."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config as ClientConfig

from local import background
from local.config import REGION, STACK

Json = dict[str, Any]
HIDDEN_SECONDS = 30  # until a killed worker's message comes back; the template says 180
_TRIES = ClientConfig(retries={"mode": "standard", "total_max_attempts": 12}, proxies={})


class Cloud:
    """One running local cloud: its API, its bill, its emulator, its directory."""

    def __init__(self, directory: Path, process: subprocess.Popen[bytes], ready: Json) -> None:
        self.directory, self.process = directory, process
        self.url: str = ready["api"]
        self.key: str = ready["key"]
        self.aws: str = ready["aws"]
        self._ready = ready
        self._upstream: str = ready["upstream"]
        self._http = httpx.Client(timeout=60, trust_env=False)

    def models(self) -> list[Json]:
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = self._http.get(f"{self.url}/v1/models", headers=headers)
        found: list[Json] = answer.json()["models"]
        return found

    def misbehave(self, seed: int, rates: dict[str, float]) -> None:
        """From now on the providers do what the seed says."""
        self._http.put(f"{self._upstream}/_sim/chaos", json={"seed": seed, "rates": rates})

    def ledger(self) -> list[Json]:
        entries: list[Json] = self._http.get(f"{self._upstream}/_sim/ledger").json()
        return entries

    def throttled(self) -> int:
        """How many calls this emulator has answered with a throttling error."""
        return int(self._http.get(f"{self.aws}/_local/throttled").json())

    def restart(self) -> None:
        """End the emulator gracefully, in the midst of everything, and start it again."""
        self.process.send_signal(signal.SIGUSR1)

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self._ready.get(service, self.aws),
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 - the emulator takes any
            config=_TRIES,
        )

    @cached_property
    def outputs(self) -> dict[str, str]:
        (stack,) = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}

    def hide_for(self, seconds: int) -> None:
        """Let what a killed worker had come back sooner than the template says."""
        self.client("sqs").set_queue_attributes(
            QueueUrl=self.outputs["AdvanceQueueUrl"],
            Attributes={"VisibilityTimeout": str(seconds)},
        )


@contextmanager
def running(directory: Path, **settings: object) -> Iterator[Cloud]:
    """A local cloud whose state survives a restart of its emulator."""
    with background.running(directory, KEEP_STATE=1, **settings) as (process, ready):
        cloud = Cloud(directory.resolve(), process, ready)
        cloud.hide_for(HIDDEN_SECONDS)
        yield cloud
