"""The table's stream: tells of each task that has ended, and of others as far as is asked for."""

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)

from plantain import rows, tasks

processor = BatchProcessor(EventType.DynamoDBStreams)


def tell(record: Any) -> None:
    tasks.tell(*rows.change_of(record.raw_event["dynamodb"]))


def handler(event: dict[str, Any], context: Any) -> Any:
    return process_partial_response(event, tell, processor, context)
