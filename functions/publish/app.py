"""The table's stream: tells the topic of each task that has ended."""

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)

from plantain import rows, tasks

processor = BatchProcessor(EventType.DynamoDBStreams)


def announce(record: Any) -> None:
    tasks.announce(rows.task_of(rows.unpack_row(record.raw_event["dynamodb"]["NewImage"])))


def handler(event: dict[str, Any], context: Any) -> Any:
    return process_partial_response(event, announce, processor, context)
