"""Who an API key belongs to."""

from typing import Any

from plantain.keys import key_hash, well_formed
from plantain.settings import client, settings


def owner_of(key: str) -> str | None:
    """The owner of a live key; None for anything else."""
    if not well_formed(key):
        return None
    answer = client("dynamodb").get_item(
        TableName=settings().owner_table,
        Key={"id": {"S": f"key#{key_hash(key)}"}},
        ProjectionExpression="#owner, revoked",
        ExpressionAttributeNames={"#owner": "owner"},
    )
    row: dict[str, Any] = answer.get("Item", {})
    return None if not row or "revoked" in row else row["owner"]["S"]
