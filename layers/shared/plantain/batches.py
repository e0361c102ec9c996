"""Batches of records: one that fails comes back by itself, and keeps no other waiting."""

from collections.abc import Callable
from typing import Any

from plantain.log import log

Record = dict[str, Any]


def handle_each(event: dict[str, Any], handle: Callable[[Record], None]) -> dict[str, Any]:
    """Where nothing succeeds, the function has failed, and its alarm should hear of it."""
    failed: list[str] = []
    for record in event["Records"]:
        try:
            handle(record)
        except Exception:
            log.exception("a record failed", extra={"record": _name(record)})
            failed.append(_name(record))
            if len(failed) == len(event["Records"]):
                raise
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}


def _name(record: Record) -> str:
    """What Lambda knows a queue's message or a stream's record by."""
    name: str = record.get("messageId") or record["dynamodb"]["SequenceNumber"]
    return name
