"""The clients: they order what the plan says, and ask again where they may."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock

import httpx

from local.chaos.cloud import Cloud
from local.chaos.plan import Json, Order

AT_ONCE = 5
PATIENCE = 120  # seconds for which a client with a key asks again
PAUSE = 1.0
MOST_OPEN = 30  # tasks at once; more would measure how the machine queues, not how Plantain mends


@dataclass
class Said:
    """What the API said to one order: the ids that it gave, and how often it gave none."""

    ids: set[str] = field(default_factory=set)
    busy: int = 0
    unanswered: int = 0
    refused: list[str] = field(default_factory=list)


class Clients:
    """Many clients at once; `said` is by prompt."""

    def __init__(self, cloud: Cloud) -> None:
        self.said: dict[str, Said] = {}
        self.placed = 0
        self.open = 0  # tasks that have not ended, as far as the run has seen
        self._url = f"{cloud.url}/v1/tasks"
        headers = {"Authorization": f"Bearer {cloud.key}"}
        self._http = httpx.Client(headers=headers, timeout=60, trust_env=False)
        self._ended, self._counting = Event(), Lock()
        self._pool = ThreadPoolExecutor(AT_ONCE, "client")
        self._copies = ThreadPoolExecutor(AT_ONCE * 3, "copy")

    def order(self, orders: tuple[Order, ...]) -> None:
        for order in orders:
            self._pool.submit(self._place, order)

    def end(self) -> None:
        self._ended.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._copies.shutdown(wait=False, cancel_futures=True)

    def _place(self, order: Order) -> None:
        while self.open >= MOST_OPEN and not self._ended.wait(PAUSE):
            pass
        said = Said()
        for asked in [self._copies.submit(self._ask, order, said) for _ in range(order.copies)]:
            asked.result()
        with self._counting:
            self.said[order.prompt] = said
            self.placed += 1

    def _ask(self, order: Order, said: Said) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._ended.is_set() and time.monotonic() < deadline:
            match self._post(order):
                case 202, body:
                    said.ids.add(body["taskId"])
                    return
                case 429, _:
                    said.busy += 1  # nothing was begun, so anybody may ask again
                case ((0 | 500 | 502 | 503 | 504), _):
                    said.unanswered += 1
                    if order.key is None:
                        return
                case status, body:
                    said.refused.append(f"{status} {body}")
                    return
            self._ended.wait(PAUSE)

    def _post(self, order: Order) -> tuple[int, Json]:
        """The answer's status and content; status 0 is none at all."""
        headers = {"Idempotency-Key": order.key} if order.key else {}
        try:
            answer = self._http.post(self._url, json=order.body, headers=headers)
            return answer.status_code, answer.json()
        except (httpx.TransportError, ValueError):
            return 0, {}
