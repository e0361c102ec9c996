"""The table's stream: makes the thumbnails of each task that has succeeded and been told."""

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)

from plantain import thumbnails

processor = BatchProcessor(EventType.DynamoDBStreams)


def make(record: Any) -> None:
    thumbnails.make(record.raw_event["dynamodb"]["Keys"]["taskId"]["S"])


def handler(event: dict[str, Any], context: Any) -> Any:
    return process_partial_response(event, make, processor, context)
