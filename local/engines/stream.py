"""Do with a table's stream what Lambda does, where the emulator does not know of the table."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import batched
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.config import Trouble, read_config
from local.deploy import Stack

Record = dict[str, Any]
_PAUSE = 0.2  # seconds, when there was nothing to read
_STALE = ("TrimmedDataAccessException", "ExpiredIteratorException")
_AGAIN = 1.0  # seconds until a function is called again after it failed


def matches(pattern: Any, value: Any) -> bool:
    """Whether a filter lets a value through; only the rules that ours use are known."""
    if isinstance(pattern, dict):
        inside = value if isinstance(value, dict) else {}
        return all(matches(part, inside.get(name)) for name, part in pattern.items())
    return any(_allows(rule, value) for rule in pattern)


def _allows(rule: Any, value: Any) -> bool:
    match rule:
        case {"exists": bool(wanted)}:
            return (value is not None) is wanted
        case {"anything-but": list(words)}:
            return value is not None and value not in words
        case dict():
            raise Trouble(f"The stream's filter has a rule that is not known here: {rule}")
    return bool(value == rule)


class Reading:
    """The shards of one stream, each read from its beginning, after those that it follows."""

    def __init__(self, streams: Any, stream: str) -> None:
        self._streams, self._stream = streams, stream
        self._places: dict[str, str | None] = {}  # none once a shard is read to its end
        self._last: dict[str, str] = {}

    def records(self) -> Iterator[list[Record]]:
        """What each shard has that is new."""
        for shard in self._shards():
            name, parent = shard["ShardId"], shard.get("ParentShardId", "")
            if name not in self._places:
                self._places[name] = self._after(name)
            place = self._places[name]
            if place and not self._places.get(parent):
                yield self._read(name, place)

    def _read(self, shard: str, place: str) -> list[Record]:
        try:
            answer = self._streams.get_records(ShardIterator=place)
        except ClientError as error:
            # DynamoDB Local says so of an empty stream, once other tables were written.
            if error.response["Error"]["Code"] not in _STALE:
                raise
            self._places[shard] = self._after(shard)
            return []
        found: list[Record] = answer["Records"]
        if found:
            self._last[shard] = _number(found[-1])
        self._places[shard] = answer.get("NextShardIterator")
        return found

    def _shards(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        while True:
            answer = self._streams.describe_stream(StreamArn=self._stream, **after)
            found += answer["StreamDescription"]["Shards"]
            if not (last := answer["StreamDescription"].get("LastEvaluatedShardId")):
                return found
            after = {"ExclusiveStartShardId": last}

    def _after(self, shard: str) -> str:
        """The place behind what was read, or the beginning."""
        where = {"ShardIteratorType": "TRIM_HORIZON"}
        if last := self._last.get(shard):
            where = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": last}
        answer = self._streams.get_shard_iterator(StreamArn=self._stream, ShardId=shard, **where)
        return str(answer["ShardIterator"])


class Caller:
    """Hands records to a function as its event source mapping says."""

    def __init__(self, functions: Any, queues: Any, mapping: dict[str, Any]) -> None:
        self._functions, self._queues, self._mapping = functions, queues, mapping
        filters = mapping.get("FilterCriteria", {}).get("Filters", [])
        self._patterns = [json.loads(each["Pattern"]) for each in filters]

    def hand_over(self, records: list[Record]) -> None:
        wanted = [record for record in map(self._sent, records) if self._wants(record)]
        for batch in batched(wanted, self._mapping["BatchSize"], strict=False):
            self._try([*batch], self._mapping["MaximumRetryAttempts"])

    def _wants(self, record: Record) -> bool:
        return not self._patterns or any(matches(each, record) for each in self._patterns)

    def _sent(self, record: Record) -> Record:
        """As it is in an event: no dates but seconds."""
        text = json.dumps(record, default=_seconds)
        return {**json.loads(text), "eventSourceARN": self._mapping["EventSourceArn"]}

    def _try(self, batch: list[Record], times: int) -> None:
        """Again from where it failed; halved where the function failed as a whole."""
        taken = self._call(batch)
        rest = batch[taken:]
        if rest and not times:
            self._give_up(rest)
        elif rest:
            time.sleep(_AGAIN)
            half = 0 if taken else len(rest) // 2
            for part in filter(None, (rest[:half], rest[half:])):
                self._try(part, times - 1)

    def _call(self, batch: list[Record]) -> int:
        """How many records the function took, from the first on."""
        name, payload = self._mapping["FunctionArn"], json.dumps({"Records": batch})
        while True:
            with suppress(BotoCoreError):  # the emulator is being started again
                answer = self._functions.invoke(FunctionName=name, Payload=payload)
                break
            time.sleep(_AGAIN)
        if "FunctionError" in answer:
            return 0
        said = json.load(answer["Payload"]) or {}
        failed = {each["itemIdentifier"] for each in said.get("batchItemFailures", [])}
        places = [n for n, each in enumerate(batch) if _number(each) in failed]
        return min(places, default=0 if failed else len(batch))

    def _give_up(self, batch: list[Record]) -> None:
        wanted = self._mapping.get("DestinationConfig", {}).get("OnFailure", {})
        if not (target := wanted.get("Destination")):
            return
        url = self._queues.get_queue_url(QueueName=target.split(":")[-1])["QueueUrl"]
        place = {
            "batchSize": len(batch),
            "startSequenceNumber": _number(batch[0]),
            "endSequenceNumber": _number(batch[-1]),
            "streamArn": self._mapping["EventSourceArn"],
        }
        body = json.dumps({"DDBStreamBatchInfo": place})
        self._queues.send_message(QueueUrl=url, MessageBody=body)


def _number(record: Record) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


def _seconds(value: object) -> int:
    if isinstance(value, datetime):
        return int(value.timestamp())
    raise TypeError(f"{type(value).__name__} in a stream record")


def main() -> None:
    stack = Stack(read_config())
    functions = stack.client("lambda")
    mappings = functions.list_event_source_mappings()["EventSourceMappings"]
    mappings = [each for each in mappings if ":dynamodb:" in each["EventSourceArn"]]
    (table,) = {each["EventSourceArn"].split("/")[1] for each in mappings}
    described = stack.client("dynamodb").describe_table(TableName=table)["Table"]
    reading = Reading(stack.client("dynamodbstreams"), described["LatestStreamArn"])
    callers = [Caller(functions, stack.client("sqs"), each) for each in mappings]
    while True:
        for records in reading.records():
            for caller in callers:
                caller.hand_over(records)
        time.sleep(_PAUSE)


if __name__ == "__main__":
    main()
