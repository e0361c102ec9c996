"""The advance queue: takes one task one step further."""

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from plantain import rings, tasks

processor = BatchProcessor(EventType.SQS)


def advance(record: SQSRecord) -> None:
    tasks.advance(rings.read(record.body))


def handler(event: dict[str, Any], context: Any) -> Any:
    return process_partial_response(event, advance, processor, context)
