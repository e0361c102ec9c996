"""Runs an operation without a network or a clock: what it is sent is a list."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx

from plantain_client.steps import Call, Pause, Steps

TASK: dict[str, Any] = {
    "taskId": "tsk_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "status": "processing",
    "model": "nano-banana",
    "provider": "maxapi",
    "input": {"prompt": "a cat"},
    "images": [],
    "failure": None,
    "attempts": 1,
    "metadata": None,
    "createdAt": "2027-01-15T08:00:00.000Z",
    "updatedAt": "2027-01-15T08:00:00.000Z",
    "finishedAt": None,
}
ENDED = {**TASK, "status": "succeeded", "finishedAt": "2027-01-15T08:00:09.000Z"}


@dataclass
class Drive:
    """What came of it, and what it asked for on the way."""

    calls: list[Call] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    result: Any = None

    def run(self, steps: Steps[Any], answers: Iterable[httpx.Response | Exception]) -> "Drive":
        given = iter(answers)
        answer: httpx.Response | Exception | None = None
        while True:
            try:
                raised = isinstance(answer, Exception)
                step = steps.throw(answer) if raised else steps.send(answer)  # type: ignore[arg-type]
            except StopIteration as end:
                self.result = end.value
                return self
            if isinstance(step, Pause):
                self.pauses.append(step.seconds)
                answer = None
            else:
                self.calls.append(step)
                answer = next(given)


def says(status: int, told: Any = None, **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = httpx.Request("GET", "https://api.example.com/")
    return httpx.Response(status, json=told, headers=names, request=request)
