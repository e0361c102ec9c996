"""Owners: whose an API key is, and where and under which secret its owner is told."""

import time
from typing import Any

from botocore.exceptions import ClientError

from plantain.errors import Busy
from plantain.keys import key_hash, well_formed
from plantain.lifecycle import iso
from plantain.notices import Webhook
from plantain.rows import pack_row, unpack_row
from plantain.settings import client, refused, settings
from plantain.signatures import new_secret

OVERLAP_SECONDS = 24 * 3600


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


def webhook_of(owner: str) -> Webhook:
    answer = client("dynamodb").get_item(
        TableName=settings().owner_table, Key=_key(owner), ConsistentRead=True
    )
    return _webhook(answer.get("Item", {}))


def set_url(owner: str, url: str | None) -> Webhook:
    """Tell the owner's tasks there, or nowhere; whoever has no secret yet gets one."""
    kept = (
        "webhookSecret = if_not_exists(webhookSecret, :secret),"
        " secretCreatedAt = if_not_exists(secretCreatedAt, :now)"
    )
    values = {":secret": new_secret(), ":now": iso(time.time())}
    if url is None:
        return _update(owner, f"SET {kept} REMOVE webhookUrl", values)
    return _update(owner, f"SET {kept}, webhookUrl = :url", {**values, ":url": url})


def rotate(owner: str) -> Webhook:
    """A new secret; the old one signs too for a day."""
    now, secret = time.time(), webhook_of(owner).secret
    fresh = {":secret": new_secret(), ":now": iso(now)}
    change = "SET webhookSecret = :secret, secretCreatedAt = :now"
    if secret is None:
        held = "attribute_not_exists(webhookSecret)"
    else:
        # Sent twice by the client below us, it would otherwise push the old secret out.
        held = "webhookSecret = :old"
        change += ", previousSecret = :old, previousUntil = :until"
        fresh |= {":old": secret, ":until": iso(now + OVERLAP_SECONDS)}
    try:
        return _update(owner, change, fresh, ConditionExpression=held)
    except ClientError as error:
        if not refused(error):
            raise
    found = webhook_of(owner)
    if found.secret != fresh[":secret"]:
        raise Busy
    return found


def _update(owner: str, change: str, values: dict[str, str], **condition: str) -> Webhook:
    answer = client("dynamodb").update_item(
        TableName=settings().owner_table,
        Key=_key(owner),
        UpdateExpression=change,
        ExpressionAttributeValues=pack_row(values),
        ReturnValues="ALL_NEW",
        **condition,
    )
    return _webhook(answer["Attributes"])


def _webhook(item: dict[str, Any]) -> Webhook:
    row = unpack_row(item)
    return Webhook(
        url=row.get("webhookUrl"),
        secret=row.get("webhookSecret"),
        secret_created_at=row.get("secretCreatedAt"),
        previous_secret=row.get("previousSecret"),
        previous_secret_until=row.get("previousUntil"),
    )


def _key(owner: str) -> dict[str, Any]:
    return pack_row({"id": f"owner#{owner}"})
