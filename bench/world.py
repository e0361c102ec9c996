"""The built functions around an emulator, with providers and the web played at the transport."""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from io import StringIO
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from bench import artifacts, endpoint
from plantain import downstream, settings, storage, upstream
from plantain.log import log
from tests.emulator import Emulator, running_emulator, table_like
from tests.integration.upstream import Endpoint, Pictures, Providers
from tests.unit.gateway import request

HOOK = "https://client.test/hook"
QUEUES = {"ADVANCE_QUEUE_URL": "advance", "DELIVER_QUEUE_URL": "deliver"}
CALLBACK = re.compile(r"/v1/callback/(?P<taskId>[^/]+)/(?P<attempt>\d+)/(?P<token>[^/\"]+)")


class World:
    """One owner, accounts at every provider, and each function as often as it is called."""

    def __init__(self, emulator: Emulator, counted: endpoint.Endpoint) -> None:
        self.calls: Counter[str] = counted.calls
        self.providers = Providers()
        self.logged: Counter[str] = Counter()
        self.direct = emulator.client
        self._queues = {name: self._queue(name) for name in QUEUES.values()}
        self._iterator = ""
        self.ordered = ""  # the last task
        dynamodb = emulator.client("dynamodb")
        for resource, name in (("TaskTable", "tasks"), ("OwnerTable", "owners")):
            table_like(resource, dynamodb, name)
        table_like("UsageTable", dynamodb, "usage")
        owner = {"id": {"S": "owner#alice"}, "webhookSecret": {"S": "whsec_c2VjcmV0"}}
        dynamodb.put_item(TableName="owners", Item=owner)
        held = {"maxapi": {"key": "maxapi-key", "url": "https://maxapi.test"}}
        secret = json.dumps({"callbackKey": "k" * 32, **held})
        emulator.client("secretsmanager").put_secret_value(
            SecretId=emulator.secret, SecretString=secret
        )
        os.environ |= {name: self._queues[queue] for name, queue in QUEUES.items()}
        verbs = ("submit", "callback", "advance", "publish", "deliver", "poll", "thumbnail")
        self._functions = {verb: artifacts.function(verb) for verb in verbs}
        self.warm()

    def warm(self) -> None:
        """What a function reads once in five minutes is no task's own."""
        settings.secrets()

    # ── what happens to a task ───────────────────────────────────────────────────────────────────

    def submit(self, prompt: str = "a plantain", limits: str = "", **outside: Any) -> None:
        body = {"model": "nano-banana", "input": {"prompt": prompt}, **outside}
        event = request("POST", "/v1/tasks", json.dumps(body))
        lambda_ = event["requestContext"]["authorizer"]["lambda"]
        lambda_["limits"] = limits
        answer = self.run("submit", event)
        assert answer["statusCode"] == 202, answer
        self.ordered = json.loads(answer["body"])["taskId"]

    def call_back(self) -> None:
        """The provider calls the address that it was given last."""
        place = CALLBACK.search(self.providers.submissions[-1].content.decode())
        assert place is not None
        event = request("POST", place.group(), "{}", pathParameters=place.groupdict())
        assert self.run("callback", event)["statusCode"] == 200

    def receive(self, queue: str, verb: str, most: float = inf) -> int:
        """What is on a queue now, as Lambda's poller takes it: not our code's calls."""
        sqs, url, found = self.direct("sqs"), self._queues[queue], 0
        while found < most:
            messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages")
            if not messages:
                break
            for message in messages:
                found += 1
                self.run(verb, {"Records": [_record(message, queue)]})
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def stream(self) -> list[dict[str, Any]]:
        """What is new in the stream; ends are announced as the template's filter has it."""
        streams = self.direct("dynamodbstreams")
        if not self._iterator:
            (listed,) = streams.list_streams(TableName="tasks")["Streams"]
            arn = listed["StreamArn"]
            described = streams.describe_stream(StreamArn=arn)["StreamDescription"]
            self._iterator = streams.get_shard_iterator(
                StreamArn=arn,
                ShardId=described["Shards"][0]["ShardId"],
                ShardIteratorType="TRIM_HORIZON",
            )["ShardIterator"]
        records: list[dict[str, Any]] = []
        while True:
            found = streams.get_records(ShardIterator=self._iterator)
            self._iterator = found["NextShardIterator"]
            if not found["Records"]:
                return records
            records += found["Records"]

    def announce(self, records: list[dict[str, Any]]) -> None:
        for record in records:
            new = record["dynamodb"].get("NewImage", {})
            if "finishedAt" in new and "due" in new:
                self.run("publish", {"Records": [{**record, "eventSource": "aws:dynamodb"}]})

    def run(self, verb: str, event: Any) -> Any:
        told = StringIO()
        log.registered_handler.setStream(told)  # type: ignore[attr-defined]
        with redirect_stdout(told):  # metrics are printed
            answer = self._functions[verb].handler(event, None)
        self.logged[verb] += len(told.getvalue().encode())
        return answer

    def _queue(self, name: str) -> str:
        url: str = self.direct("sqs").create_queue(QueueName=name)["QueueUrl"]
        return url


@contextmanager
def world() -> Iterator[World]:
    with ExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory(prefix="plantain-bench-")))
        emulator = stack.enter_context(running_emulator(directory))
        counted = stack.enter_context(endpoint.counting(emulator.url))
        stack.callback(_restore, dict(os.environ))
        os.environ |= emulator.environment | {
            "AWS_ENDPOINT_URL": counted.url,
            "TASK_TABLE": "tasks",
            "OWNER_TABLE": "owners",
            "USAGE_TABLE": "usage",
            "API_URL": "https://api.test",
            "IMAGE_BUCKET": emulator.bucket,
            "SECRET_ID": emulator.secret,
            "TASK_TOPIC_ARN": emulator.topic,
            "CALLBACK_URL": "https://callback.test",
            "PROVIDER_ORDER": "maxapi",
            "LEASE_SECONDS": "90",
            "PRICES": "maxapi/nano-banana=0.02",
            "WEBHOOK_DELAYS": "10,100",
        }
        settings.forget()
        made = World(emulator, counted)
        _play(made)
        yield made


def _play(made: World) -> None:
    bought = httpx.Client(transport=httpx.MockTransport(made.providers))
    web = httpx.Client(transport=httpx.MockTransport(Pictures()))
    client = httpx.Client(transport=httpx.MockTransport(Endpoint()))
    for module, name, found in (
        (upstream, "_buying", bought),
        (upstream, "_asking", bought),
        (storage, "_web", web),
        (downstream, "_web", client),
    ):
        setattr(module, name, lambda found=found: found)


def _restore(environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    settings.forget()


def _record(message: dict[str, Any], queue: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{queue}",
        "awsRegion": "us-east-1",
    }
