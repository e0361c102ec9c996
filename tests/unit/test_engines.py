"""What stands in for Lambda where the emulator does not see the table, and what npm brings."""

import base64
import hashlib
import io
import json
import time
from dataclasses import fields
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.config import Trouble, read_config
from local.engines import fetch
from local.engines.mirror import tables_of
from local.engines.servers import endpoints
from local.engines.stream import Caller, Reading, matches
from plantain.lifecycle import TERMINAL
from plantain.settings import Settings
from tools.template import RESOURCES, TEMPLATE

(MAPPING,) = [
    event["Properties"]
    for event in RESOURCES["PublishFunction"]["Properties"]["Events"].values()
    if event["Type"] == "DynamoDB"
]
PATTERNS = [
    json.loads(each.get("Pattern") or each["Fn::If"][1]["Pattern"])
    for each in MAPPING["FilterCriteria"]["Filters"]
]
ENDED, QUEUED, SUBMITTED = PATTERNS
TARGET = "arn:aws:sqs:us-east-1:000000000000:dead"


def change(before: str | None, after: str | None, **fields: Any) -> dict[str, Any]:
    images = {"OldImage": before, "NewImage": after}
    shown = {name: {"state": {"S": state}, **fields} for name, state in images.items() if state}
    return {"dynamodb": {"SequenceNumber": "1", **shown}}


# ── the filter ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", sorted(TERMINAL))
def test_an_end_is_let_through_as_long_as_it_is_due(state: str) -> None:
    assert matches(ENDED, change("submitted", state, due={"N": "1"}))
    assert not matches(ENDED, change("submitted", state))
    assert not matches(ENDED, change("submitted", "submitted", due={"N": "1"}))
    assert not matches(ENDED, change(state, None, due={"N": "1"}))


def test_a_state_is_let_through_when_it_begins() -> None:
    assert matches(QUEUED, change("submitting", "queued"))
    assert not matches(QUEUED, change("queued", "queued"))
    assert not matches(QUEUED, change(None, "queued"))
    assert not matches(SUBMITTED, change("submitting", "queued"))


def test_a_rule_that_is_not_known_is_no_guess() -> None:
    with pytest.raises(Trouble, match="prefix"):
        matches({"a": [{"prefix": "x"}]}, {"a": "xy"})


# ── the calls ────────────────────────────────────────────────────────────────────────────────────


class Functions:
    """A function that cannot take some records, or fails as a whole while it has them."""

    def __init__(self, refused: str = "", fatal: str = "") -> None:
        self.refused, self.fatal, self.calls = refused, fatal, list[str]()

    def invoke(self, **given: str) -> dict[str, Any]:
        got = [
            each["dynamodb"]["SequenceNumber"] for each in json.loads(given["Payload"])["Records"]
        ]
        self.calls.append("".join(got))
        failed = [{"itemIdentifier": number} for number in got if number in self.refused]
        answer = {"Payload": io.BytesIO(json.dumps({"batchItemFailures": failed}).encode())}
        return answer | ({"FunctionError": "Unhandled"} if set(got) & set(self.fatal) else {})


class Queues:
    def __init__(self) -> None:
        self.sent: list[tuple[str, Any]] = []

    def get_queue_url(self, **given: str) -> dict[str, str]:
        return {"QueueUrl": given["QueueName"]}

    def send_message(self, **given: str) -> None:
        self.sent.append(
            (given["QueueUrl"], json.loads(given["MessageBody"])["DDBStreamBatchInfo"])
        )


def hand_over(functions: Functions, numbers: str, **fields: Any) -> Queues:
    mapping = {
        "FunctionArn": "publish",
        "EventSourceArn": "stream",
        "BatchSize": 4,
        "MaximumRetryAttempts": 3,
        "DestinationConfig": {"OnFailure": {"Destination": TARGET}},
    }
    queues = Queues()
    records = [{"dynamodb": {"SequenceNumber": number}} for number in numbers]
    Caller(functions, queues, {**mapping, **fields}).hand_over(records)
    return queues


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)


def test_records_come_in_batches_and_in_order() -> None:
    functions = Functions()
    assert hand_over(functions, "123456").sent == []
    assert functions.calls == ["1234", "56"]


def test_what_was_taken_is_not_handed_over_again() -> None:
    functions = Functions(refused="3")
    (dead,) = hand_over(functions, "1234").sent
    assert functions.calls == ["1234", "34", "3", "3", "4"]
    assert dead[0] == "dead"
    assert (dead[1]["startSequenceNumber"], dead[1]["endSequenceNumber"]) == ("3", "3")


def test_a_batch_that_breaks_the_function_is_halved_until_one_is_left() -> None:
    functions = Functions(fatal="2")
    (dead,) = hand_over(functions, "1234").sent
    assert functions.calls == ["1234", "12", "1", "2", "2", "34"]
    assert (dead[1]["startSequenceNumber"], dead[1]["batchSize"]) == ("2", 1)


@pytest.mark.parametrize("nowhere", [{}, {"OnFailure": {}}])
def test_what_has_no_place_among_dead_letters_holds_nothing_up(nowhere: dict[str, Any]) -> None:
    functions = Functions(fatal="1")
    assert hand_over(functions, "12345", DestinationConfig=nowhere).sent == []
    assert functions.calls[-1] == "5"


def test_only_what_the_filter_lets_through_is_handed_over_with_seconds_for_dates() -> None:
    calls: list[Any] = []
    functions = SimpleNamespace(invoke=lambda **given: calls.append(given) or answered())
    filters = {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]}
    mapping = {"FilterCriteria": filters, "FunctionArn": "publish", "EventSourceArn": "stream"}
    caller = Caller(functions, None, mapping | {"BatchSize": 9, "MaximumRetryAttempts": 0})
    made = {"ApproximateCreationDateTime": datetime.fromtimestamp(5, UTC), "SequenceNumber": "1"}
    caller.hand_over([{"eventName": name, "dynamodb": made} for name in ("INSERT", "REMOVE")])
    (record,) = json.loads(calls[0]["Payload"])["Records"]
    assert (record["eventName"], record["eventSourceARN"]) == ("INSERT", "stream")
    assert record["dynamodb"] == {"ApproximateCreationDateTime": 5, "SequenceNumber": "1"}


def answered() -> dict[str, Any]:
    return {"Payload": io.BytesIO(b"null")}


def test_a_shard_is_read_after_the_one_that_it_follows() -> None:
    reading = Reading(Streams(a="12", b="3"), "stream")
    assert [seen(reading) for _ in range(3)] == [["1"], ["2", "3"], []]


def test_who_has_lost_his_place_goes_on_behind_what_he_has_read() -> None:
    streams = Streams(a="123")
    reading = Reading(streams, "stream")
    assert seen(reading) == ["1"]
    streams.stale = True
    assert seen(reading) == [""]
    assert [seen(reading) for _ in range(2)] == [["2"], ["3"]]
    assert streams.begun == ["beginning", "1"]


class Streams:
    """Shards in which each follows the one before; one record at a time."""

    def __init__(self, **shards: str) -> None:
        self.shards, self.stale, self.begun = shards, False, list[str]()

    def describe_stream(self, **_: str) -> dict[str, Any]:
        names = [*self.shards]
        parents = zip(names, ["none", *names], strict=False)
        shards = [{"ShardId": name, "ParentShardId": parent} for name, parent in parents]
        return {"StreamDescription": {"Shards": shards}}

    def get_shard_iterator(self, **given: str) -> dict[str, str]:
        after = given.get("SequenceNumber", "beginning")
        self.begun.append(after)
        start = self.shards[given["ShardId"]].find(after) + 1
        return {"ShardIterator": f"{given['ShardId']} {start}"}

    def get_records(self, **given: str) -> dict[str, Any]:
        if self.stale:
            self.stale = False
            raise ClientError({"Error": {"Code": "TrimmedDataAccessException"}}, "GetRecords")
        name, _, place = given["ShardIterator"].partition(" ")
        record = {"dynamodb": {"SequenceNumber": self.shards[name][int(place)]}}
        more = int(place) + 1 < len(self.shards[name])
        return {"Records": [record]} | (
            {"NextShardIterator": f"{name} {int(place) + 1}"} if more else {}
        )


def seen(reading: Reading) -> list[str]:
    """The numbers of what was read in one go, shard by shard."""
    return [
        "".join(record["dynamodb"]["SequenceNumber"] for record in records)
        for records in reading.records()
    ]


# ── what is made, what is fetched, and where it is ───────────────────────────────────────────────


def test_every_table_that_a_function_is_given_is_made() -> None:
    given = {each.name for each in fields(Settings) if each.name.endswith("_table")}
    outputs = {f"{name.title().replace('_', '')}Name" for name in given}
    assert tables_of(RESOURCES).keys() == outputs <= TEMPLATE["Outputs"].keys()


def test_only_what_was_pinned_is_used() -> None:
    digest = base64.b64encode(hashlib.sha512(b"good").digest()).decode()
    fetch.check(b"good", f"sha512-{digest}")
    with pytest.raises(Trouble, match="not the pinned"):
        fetch.check(b"bad", f"sha512-{digest}")


def test_real_engines_are_off_unless_they_are_asked_for() -> None:
    assert read_config({}).engines == {}
    asked = read_config({"ENGINES": "real", "PORT": "9000"})
    assert asked.ports == [9000, 9001, 9002, 9003, 9004, 9005]
    assert endpoints(asked.engines) == {
        "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9004",
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": "http://127.0.0.1:9004",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9005",
    }
    with pytest.raises(Trouble, match="ENGINES=fake: give real, or nothing"):
        read_config({"ENGINES": "fake"})
