"""The AWS side of a local cloud, as its owner sees it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3

from local.config import REGION, STACK

Json = dict[str, Any]


@dataclass(frozen=True)
class StoredObject:
    key: str
    content_type: str
    size: int


class Aws:
    """Clients of the emulator and the real engines, and what the stack has there."""

    def __init__(self, ready: Json) -> None:
        self._ready = ready
        self.endpoint: str = ready["aws"]

    def client(self, service: str) -> Any:
        return self._client(service, self._ready.get(service, self.endpoint))

    def emulated(self, service: str) -> Any:
        return self._client(service, self.endpoint)

    def _client(self, service: str, endpoint: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )

    @cached_property
    def outputs(self) -> dict[str, str]:
        (stack,) = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}

    def objects(self, prefix: str = "") -> list[StoredObject]:
        """What the image bucket has under a prefix."""
        storage, bucket = self.client("s3"), self.outputs["ImageBucketName"]
        pages = storage.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
        heads = [(key, storage.head_object(Bucket=bucket, Key=key)) for key in keys]
        return [StoredObject(k, head["ContentType"], head["ContentLength"]) for k, head in heads]

    def rows(self) -> Iterator[Json]:
        """Every task's row, in DynamoDB's own JSON; no tombstones."""
        found = self.scan("TaskTableName")
        yield from (row for row in found if "state" in row and "request" in row)

    def scan(self, table: str) -> Iterator[Json]:
        """All that a table holds, by the name of the stack's output that tells its own."""
        pages = self.client("dynamodb").get_paginator("scan")
        for page in pages.paginate(TableName=self.outputs[table]):
            yield from page["Items"]

    def items(self, task_id: str) -> list[Json]:
        """Everything that the table holds of a task."""
        answer = self.client("dynamodb").query(
            TableName=self.outputs["TaskTableName"],
            KeyConditionExpression="taskId = :id",
            ExpressionAttributeValues={":id": {"S": task_id}},
            ConsistentRead=True,
        )
        items: list[Json] = answer["Items"]
        return items

    def row(self, task_id: str) -> Json:
        answer = self.client("dynamodb").get_item(
            TableName=self.outputs["TaskTableName"],
            Key={"taskId": {"S": task_id}, "item": {"S": "task"}},
            ConsistentRead=True,
        )
        row: Json = answer["Item"]
        return row
