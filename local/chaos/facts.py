"""What is known at the end of a run, from everybody who keeps books of their own."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from local.chaos.cloud import Cloud
from local.deploy import subscribe
from plantain.lifecycle import TERMINAL

Json = dict[str, Any]


@dataclass
class Facts:
    """Rows by task, the providers' ledger, objects by key, and events by task."""

    rows: dict[str, Json] = field(default_factory=dict)
    ledger: list[Json] = field(default_factory=list)
    objects: dict[str, tuple[str, int]] = field(default_factory=dict)
    events: dict[str, list[Json]] = field(default_factory=dict)
    later: int = 0  # looks at a task that are delayed
    dead: int = 0  # messages among the dead letters


class Books:
    """Reads the books of one cloud; what the topic tells is kept from the start."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud, self._outputs = cloud, cloud.outputs
        self._table, self._storage = cloud.client("dynamodb"), cloud.client("s3")
        self._queues = cloud.client("sqs")
        self._mailbox: str = self._queues.create_queue(QueueName="chaos-mailbox")["QueueUrl"]
        topic = self._outputs["TaskTopicArn"]
        subscribe(self._queues, cloud.client("sns"), self._mailbox, topic)

    def rows(self) -> dict[str, Json]:
        read = TypeDeserializer().deserialize
        pages = self._table.get_paginator("scan").paginate(TableName=self._outputs["TaskTableName"])
        rows = [{k: read(v) for k, v in item.items()} for page in pages for item in page["Items"]]
        return {row["taskId"]: row for row in rows if row["item"] == "task"}

    def idle(self) -> bool:
        """Whether nobody is at work on a task, or will be soon."""
        return self._waiting("AdvanceQueueUrl", "", "NotVisible") == 0

    def collect(self) -> Facts:
        return Facts(
            self.rows(),
            self._cloud.ledger(),
            dict(self._objects()),
            self._events(),
            self._waiting("AdvanceQueueUrl", "Delayed"),
            self._waiting("AdvanceDeadLettersUrl") + self._waiting("PublishDeadLettersUrl"),
        )

    def _objects(self) -> Iterator[tuple[str, tuple[str, int]]]:
        bucket = self._outputs["ImageBucketName"]
        for page in self._storage.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for listed in page.get("Contents", []):
                head = self._storage.head_object(Bucket=bucket, Key=listed["Key"])
                yield listed["Key"], (head["ContentType"], head["ContentLength"])

    def _events(self) -> dict[str, list[Json]]:
        told: dict[str, list[Json]] = {}
        while messages := self._receive():
            for message in messages:
                event = json.loads(json.loads(message["Body"])["Message"])
                told.setdefault(event["data"]["taskId"], []).append(event)
        return told

    def _receive(self) -> list[Json]:
        answer = self._queues.receive_message(QueueUrl=self._mailbox, MaxNumberOfMessages=10)
        messages: list[Json] = answer.get("Messages", [])
        for message in messages:
            handle = message["ReceiptHandle"]
            self._queues.delete_message(QueueUrl=self._mailbox, ReceiptHandle=handle)
        return messages

    def _waiting(self, output: str, *kinds: str) -> int:
        found = self._attributes(self._outputs[output])
        return sum(int(found[f"ApproximateNumberOfMessages{kind}"]) for kind in kinds or ("",))

    def _attributes(self, url: str) -> dict[str, str]:
        names = ["QueueArn", "ApproximateNumberOfMessages"]
        names += [f"ApproximateNumberOfMessages{which}" for which in ("NotVisible", "Delayed")]
        found: dict[str, str] = self._queues.get_queue_attributes(
            QueueUrl=url, AttributeNames=names
        )["Attributes"]
        return found


def is_over(row: Json) -> bool:
    """Finished, and announced."""
    return row["state"] in TERMINAL and "due" not in row
