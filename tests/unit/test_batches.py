"""A record that fails comes back by itself; where all do, the function has failed."""

from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError
from hypothesis import given
from hypothesis import strategies as st

from plantain.batches import Record, handle_each
from plantain.rings import Ring, read

FAILED = "failed as a whole"


def message(number: int, good: bool) -> Record:
    return {"messageId": f"m{number}", "eventSource": "aws:sqs", "body": "good" * good}


def change(number: int, good: bool) -> Record:
    row = {"SequenceNumber": str(100 + number), "Keys": {}, "NewImage": {"good": good}}
    return {"eventID": f"e{number}", "eventSource": "aws:dynamodb", "dynamodb": row}


def handle(record: Record) -> None:
    if not (record.get("body") or record.get("dynamodb", {}).get("NewImage", {}).get("good")):
        raise ValueError("no good")


def theirs(records: list[Record], kind: EventType) -> Any:
    def unwrapped(record: Any) -> None:
        handle(record.raw_event)

    try:
        return process_partial_response({"Records": records}, unwrapped, BatchProcessor(kind))
    except BatchProcessingError:
        return FAILED


def ours(records: list[Record]) -> Any:
    try:
        return handle_each({"Records": records}, handle)
    except ValueError:
        return FAILED


@given(good=st.lists(st.booleans(), min_size=1, max_size=10))
def test_lambda_is_told_of_a_batch_what_powertools_would_tell_it(good: list[bool]) -> None:
    for made, kind in ((message, EventType.SQS), (change, EventType.DynamoDBStreams)):
        records = [made(number, well) for number, well in enumerate(good)]
        assert ours(records) == theirs(records, kind)


def test_what_failed_is_logged_by_its_name_and_without_its_content(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(record: Record) -> None:
        read(record["body"])

    torn = '{"taskId": "tsk_a", "hint": "a-secret'
    records = [{"messageId": "m0", "body": torn}, {**message(1, True), "body": Ring("b").written()}]
    assert handle_each({"Records": records}, fail) == {
        "batchItemFailures": [{"itemIdentifier": "m0"}]
    }
    assert [vars(told)["record"] for told in caplog.records] == ["m0"]
    assert "a record failed" in caplog.text
    assert "a-secret" not in caplog.text
