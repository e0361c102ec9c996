"""What has been sent, until it is due and done: SQS under the clock of a test."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from tests.machine.resources import QUEUES, Resources
from tools.template import RESOURCES

_OF = {"advance": "AdvanceQueue", "deliver": "DeliverQueue", "slow": "SlowDeliverQueue"}
_HIDDEN = {name: RESOURCES[_OF[name]]["Properties"]["VisibilityTimeout"] for name in QUEUES}


@dataclass(order=True, frozen=True)
class Message:
    at: float
    number: int
    queue: str = field(compare=False)
    id: str = field(compare=False)
    body: str = field(compare=False)
    receipt: str = field(compare=False)

    @property
    def event(self) -> dict[str, Any]:
        record = {
            "messageId": self.id,
            "receiptHandle": self.receipt,
            "body": self.body,
            "attributes": {},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{self.queue}",
        }
        return {"Records": [record]}


class Queues:
    """A message is taken out of its real queue at once, hidden there, and waits here."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._heap: list[Message] = []
        self._twice = set[str]()
        self._numbers = count()

    def next(self) -> float:
        """When the next message is due."""
        return self._heap[0].at if self._heap else float("inf")

    def collect(self, queues: Iterable[str], now: float) -> None:
        for queue in queues:
            for id_, body, receipt, delay in self._resources.receive(queue):
                self._put(Message(now + delay, 0, queue, id_, body, receipt))

    def take(self) -> Message | None:
        return heapq.heappop(self._heap) if self._heap else None

    def put_back(self, message: Message, now: float, hidden: int | None) -> None:
        """Its function failed, was killed, or hid it for so long."""
        self._put(replace(message, at=now + (hidden or _HIDDEN[message.queue])))

    def repeat(self) -> None:
        """The next message comes twice."""
        for message in self._heap[:1]:
            self._twice.add(message.receipt)
            self._put(message)

    def lose(self) -> None:
        self._heap.clear()

    def done(self, message: Message) -> None:
        if message.receipt not in self._twice:  # or the other one could not be hidden any more
            self._resources.delete(message.queue, message.receipt)

    def _put(self, message: Message) -> None:
        heapq.heappush(self._heap, replace(message, number=next(self._numbers)))
