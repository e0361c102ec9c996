"""A subscriber of the topic: a queue of the tests' own."""

import json
from collections import defaultdict
from dataclasses import dataclass
from threading import Lock
from typing import Any

from local.deploy import subscribe


@dataclass(frozen=True)
class Event:
    """One event as a subscriber receives it."""

    body: dict[str, Any]
    attributes: dict[str, str]


class Mailbox:
    """Keeps what the topic told, by task, however often it told it."""

    def __init__(self, queues: Any, topics: Any, topic: str) -> None:
        self._queues = queues
        self._url: str = queues.create_queue(QueueName="mailbox")["QueueUrl"]
        self._told: defaultdict[str, list[Event]] = defaultdict(list)
        self._reading = Lock()
        subscribe(queues, topics, self._url, topic)

    def of(self, task_id: str) -> list[Event]:
        """What was told of a task so far."""
        with self._reading:
            while messages := self._receive():
                for message in messages:
                    self._keep(json.loads(message["Body"]))
            return list(self._told[task_id])

    def _receive(self) -> list[dict[str, Any]]:
        answer = self._queues.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        for message in messages:
            handle = message["ReceiptHandle"]
            self._queues.delete_message(QueueUrl=self._url, ReceiptHandle=handle)
        return messages

    def _keep(self, envelope: dict[str, Any]) -> None:
        body = json.loads(envelope["Message"])
        attributes = {name: each["Value"] for name, each in envelope["MessageAttributes"].items()}
        self._told[body["data"]["taskId"]].append(Event(body, attributes))
