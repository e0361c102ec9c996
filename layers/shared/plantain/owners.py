"""Owners: whose an API key is, and where and under which secret its owner is told."""

import time
from contextlib import suppress
from typing import Any

from plantain.errors import AwsError, Busy, ConditionFailed
from plantain.keys import key_hash, key_name, well_formed
from plantain.lifecycle import iso
from plantain.log import log
from plantain.notices import Webhook
from plantain.rows import pack_row, unpack_row
from plantain.settings import client, settings
from plantain.signatures import new_secret

OVERLAP_SECONDS = 24 * 3600
HOUR = len("2027-01-15T08")


def admit(key: str) -> dict[str, str] | None:
    """Whose a live key is, its name and its own limits, and whether it stays with a dialect's
    own provider; None for anything else."""
    if not well_formed(key):
        return None
    digest = key_hash(key)
    answer = client("dynamodb").get_item(
        TableName=settings().owner_table,
        Key=pack_row({"id": f"key#{digest}"}),
        ProjectionExpression="#owner, revoked, limits, lastUsed, stays",
        ExpressionAttributeNames={"#owner": "owner"},
    )
    row = unpack_row(answer.get("Item", {}))
    if not row or "revoked" in row:
        return None
    _note_use(digest, row.get("lastUsed", ""), iso(time.time()))
    known = {"owner": row["owner"], "key": key_name(digest), "limits": row.get("limits", "")}
    return {**known, "stays": row["stays"]} if row.get("stays") else known


def _note_use(digest: str, last: str, now: str) -> None:
    """When a key was last used, to the hour; nobody is kept out because it cannot be written."""
    hour = now[:HOUR]
    if last >= hour:
        return
    try:
        client("dynamodb").update_item(
            TableName=settings().owner_table,
            Key=pack_row({"id": f"key#{digest}"}),
            UpdateExpression="SET lastUsed = :now",
            ConditionExpression="attribute_exists(id)"
            " AND (attribute_not_exists(lastUsed) OR lastUsed < :hour)",
            ExpressionAttributeValues=pack_row({":now": now, ":hour": hour}),
        )
    except ConditionFailed:
        pass  # somebody else has
    except AwsError:
        log.warning("last use not noted", extra={"key": key_name(digest)})


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
    with suppress(ConditionFailed):
        return _update(owner, change, fresh, ConditionExpression=held)
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
