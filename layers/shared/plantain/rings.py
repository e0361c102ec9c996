"""A ring: somebody has reason to look at a task. Light, because some functions do nothing else."""

import json
from typing import NamedTuple


class Ring(NamedTuple):
    """Only a chain's ring is followed by another one, so that webhooks and sweeps, which ring
    besides, never multiply the looks."""

    task_id: str
    attempt: int | None = None
    hint: str | None = None
    chain: bool = False

    def written(self) -> str:
        told = {"attempt": self.attempt, "hint": self.hint}
        said = {name: value for name, value in told.items() if value is not None}
        return json.dumps({"taskId": self.task_id, **said, "chain": self.chain})


def read(body: str) -> Ring:
    """What `written` wrote, perhaps by a later version of it."""
    told = json.loads(body)
    return Ring(told["taskId"], told.get("attempt"), told.get("hint"), bool(told.get("chain")))
