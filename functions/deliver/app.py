"""The deliver queues: one try of one delivery, if it is time for it."""

from plantain.entry import entry_point

from typing import Any

from plantain import webhooks


def deliver(record: dict[str, Any]) -> bool:
    return webhooks.receive(record["body"], record["receiptHandle"], record["eventSourceARN"])


@entry_point
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    # A message that waits for its time is kept by being called a failure.
    kept = [record["messageId"] for record in event["Records"] if deliver(record)]
    return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in kept]}
