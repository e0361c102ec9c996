"""SQS as far as the package uses it: a message comes when the world's clock says so."""

import heapq
from collections.abc import Callable
from itertools import count
from typing import Any

HIDDEN = 120  # seconds until a message comes back whose function was killed


class Queues:
    """All queues in one heap; what is sent to `dead` only lies there."""

    def __init__(self, now: Callable[[], float], tick: Callable[[], None]) -> None:
        self.dead_letters: list[str] = []
        self._now, self._tick = now, tick
        self._heap: list[tuple[float, int, str, str]] = []
        self._order = count()
        self._hidden = HIDDEN

    def of(self, name: str) -> list[tuple[int, str]]:
        """The messages of a queue, each with the seconds until it comes."""
        return [
            (int(at - self._now()), body)
            for at, _, queue, body in sorted(self._heap)
            if queue == name
        ]

    def lose(self) -> None:
        self._heap.clear()

    def next(self) -> float:
        """When the next message comes."""
        return self._heap[0][0] if self._heap else float("inf")

    def take(self) -> tuple[str, str]:
        _, _, queue, body = heapq.heappop(self._heap)
        self._hidden = HIDDEN
        return queue, body

    def put_back(self, queue: str, body: str) -> None:
        """Its function failed, was killed, or hid it for longer."""
        self._put(queue, body, self._hidden)

    # ── what the package calls ───────────────────────────────────────────────────────────────────

    def send_message(self, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0) -> None:  # noqa: N803
        assert 0 <= DelaySeconds <= 900
        self._tick()
        queue = QueueUrl.rpartition("/")[2]
        if queue == "dead":
            self.dead_letters.append(MessageBody)
        else:
            self._put(queue, MessageBody, DelaySeconds)
        self._tick()

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> None:  # noqa: N803
        assert 1 <= len(Entries) <= 10
        for entry in Entries:
            self.send_message(QueueUrl, entry["MessageBody"])

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:  # noqa: N803
        ready = [after for after, _ in self.of(QueueUrl.rpartition("/")[2]) if after <= 0]
        return {"Attributes": dict.fromkeys(AttributeNames, str(len(ready)))}

    def change_message_visibility(self, VisibilityTimeout: int, **_: str) -> None:  # noqa: N803
        self._tick()
        self._hidden = VisibilityTimeout
        self._tick()

    def _put(self, queue: str, body: str, delay: float) -> None:
        heapq.heappush(self._heap, (self._now() + delay, next(self._order), queue, body))
