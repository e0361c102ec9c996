"""The real table, queues, bucket and topic: made on the emulator, and read by the tests."""

import json
from itertools import count
from typing import Any

from plantain.keys import key_hash, new_key
from plantain.lifecycle import TERMINAL
from plantain.rows import Row, pack_row, unpack_row
from tests.emulator import Emulator, table_like
from tests.unit.samples import API, CALLBACK

QUEUES = ("advance", "deliver", "slow")
DEAD, TOLD = "dead", "told"
LONG = 43_200  # real seconds that a message is hidden: the test says when it comes back
_numbers = count()


class Resources:
    """Those that all runs share, and a table for each."""

    def __init__(self, emulator: Emulator, host: str) -> None:
        self._dynamodb, self._sqs = emulator.client("dynamodb"), emulator.client("sqs")
        self._s3, self._streams = emulator.client("s3"), emulator.client("dynamodbstreams")
        self._bucket, self._table, self._position = emulator.bucket, "", ""
        self._owners = table_like("OwnerTable", self._dynamodb, "machine-owners")["TableName"]
        self._usage = table_like("UsageTable", self._dynamodb, "machine-usage")["TableName"]
        self._urls = {
            name: self._sqs.create_queue(QueueName=name)["QueueUrl"]
            for name in (*QUEUES, DEAD, TOLD)
        }
        told = self._sqs.get_queue_attributes(
            QueueUrl=self._urls[TOLD], AttributeNames=["QueueArn"]
        )["Attributes"]["QueueArn"]
        emulator.client("sns").subscribe(TopicArn=emulator.topic, Protocol="sqs", Endpoint=told)
        self._secrets = emulator.client("secretsmanager")
        self._emulator, self._host = emulator, host
        self._events: dict[str, set[str]] = {}

    def new_table(self) -> None:
        """A table of its own for each run, since a sweep sees them all."""
        made = table_like("TaskTable", self._dynamodb, f"machine-{next(_numbers)}")
        self._table = made["TableName"]
        shards = self._streams.describe_stream(StreamArn=made["LatestStreamArn"])
        (shard,) = shards["StreamDescription"]["Shards"]
        self._position = self._streams.get_shard_iterator(
            StreamArn=made["LatestStreamArn"],
            ShardId=shard["ShardId"],
            ShardIteratorType="TRIM_HORIZON",
        )["ShardIterator"]

    def new_owner(self) -> str:
        owner = f"owner{next(_numbers)}"
        item = {"id": {"S": f"owner#{owner}"}, "webhookSecret": {"S": "whsec_c2VjcmV0"}}
        self._dynamodb.put_item(TableName=self._owners, Item=item)
        return owner

    def new_key(self, owner: str) -> str:
        key = new_key()
        item = pack_row({"id": f"key#{key_hash(key)}", "owner": owner})
        self._dynamodb.put_item(TableName=self._owners, Item=item)
        return key

    @property
    def environment(self) -> dict[str, str]:
        return {
            "TASK_TABLE": self._table,
            "OWNER_TABLE": self._owners,
            "USAGE_TABLE": self._usage,
            "API_URL": API,
            "IMAGE_BUCKET": self._bucket,
            "SECRET_ID": self._emulator.secret,
            "TASK_TOPIC_ARN": self._emulator.topic,
            "ADVANCE_QUEUE_URL": self._urls["advance"],
            "DELIVER_QUEUE_URL": self._urls["deliver"],
            "SLOW_DELIVER_QUEUE_URL": self._urls["slow"],
            "DELIVER_DEAD_LETTERS_URL": self._urls[DEAD],
            "WEBHOOK_DELAYS": "10,100",
            "CALLBACK_URL": CALLBACK,
            "PROVIDER_ORDER": "maxapi,apixo,liangxin,aigptimage",
            "ALLOW_HOSTS": self._host,
        }

    # ── what there is ────────────────────────────────────────────────────────────────────────────

    def rows(self) -> list[Row]:
        found = self._dynamodb.scan(TableName=self._table, ConsistentRead=True)
        return [unpack_row(item) for item in found["Items"]]

    def places(self, key: str) -> list[str]:
        """The tasks that have a place among those that this key may have at the same time."""
        found = self._dynamodb.get_item(TableName=self._usage, Key=pack_row({"id": key}))
        held = found.get("Item", {}).get("active", {"SS": []})["SS"]
        return [member.partition("@")[0] for member in held]

    def leave_place(self, key: str, member: str) -> None:
        """As a request does that died before its task was written."""
        item = {**pack_row({"id": key}), "active": {"SS": [member]}}
        self._dynamodb.put_item(TableName=self._usage, Item=item)

    def changes(self, every: bool) -> list[Any]:
        """What the stream has new of tasks that have ended, or of all, as publish is told of it."""
        answer = self._streams.get_records(ShardIterator=self._position)
        self._position = answer["NextShardIterator"]
        wanted = _is_task if every else _is_end
        return [_told(record) for record in answer["Records"] if wanted(record)]

    def events(self) -> dict[str, set[str]]:
        """For each task, what the topic was told of it."""
        for _, body, receipt, _ in self.receive(TOLD):
            told = json.loads(json.loads(body)["Message"])
            words = f"{told['type']} {told['id']}"
            self._events.setdefault(told["data"]["taskId"], set()).add(words)
            self.delete(TOLD, receipt)
        return self._events

    def objects(self, prefix: str) -> dict[str, bytes]:
        listed = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=prefix).get("Contents", [])
        return {one["Key"]: self._read(one["Key"]) for one in listed}

    def put_object(self, key: str, content: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=content)

    def delete_row(self, row: Row) -> None:
        key = {name: {"S": row[name]} for name in ("taskId", "item")}
        self._dynamodb.delete_item(TableName=self._table, Key=key)

    def _read(self, key: str) -> bytes:
        content: bytes = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return content

    # ── queues ───────────────────────────────────────────────────────────────────────────────────

    def receive(self, queue: str) -> list[tuple[str, str, str, int]]:
        """All that has come: its id, body, receipt, and for how long it is delayed."""
        found = []
        while True:
            answer = self._sqs.receive_message(
                QueueUrl=self._urls[queue],
                MaxNumberOfMessages=10,
                VisibilityTimeout=LONG,
                MessageAttributeNames=["All"],
            )
            messages = answer.get("Messages", [])
            for one in messages:
                delay = one.get("MessageAttributes", {}).get("delay", {}).get("StringValue", "0")
                found.append((one["MessageId"], one["Body"], one["ReceiptHandle"], int(delay)))
            if len(messages) < 10:
                return found

    def delete(self, queue: str, receipt: str) -> None:
        self._sqs.delete_message(QueueUrl=self._urls[queue], ReceiptHandle=receipt)

    def accounts(self, *names: str) -> None:
        """The providers that the owner has an account at."""
        held = {
            name: {"key": f"{name}-key", "url": f"http://{self._host}/{name}"} for name in names
        }
        text = json.dumps({"callbackKey": "k" * 32, **held})
        self._secrets.put_secret_value(SecretId=self._emulator.secret, SecretString=text)


def _is_task(record: Any) -> bool:
    row = unpack_row(record["dynamodb"].get("NewImage", {}))
    return row.get("item") == "task" and "state" in row


def _is_end(record: Any) -> bool:
    """What the template lets through to publish."""
    row = unpack_row(record["dynamodb"].get("NewImage", {}))
    return row.get("state") in TERMINAL and "due" in row


def _told(record: Any) -> Any:
    change = {**record["dynamodb"]}
    change.pop("ApproximateCreationDateTime", None)
    return {**record, "dynamodb": change}
