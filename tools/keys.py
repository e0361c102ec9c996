"""Makes, lists, limits and revokes API keys, on the running local cloud or in AWS.

python -m tools.keys [--stack plantain-prod] create --owner alice [--label laptop] [--limits …]
                    [--stays]
python -m tools.keys [--stack …] list
python -m tools.keys [--stack …] limit KEY-ID --limits "requests=60 tasks=100 active=10 spend=5.00"
python -m tools.keys [--stack …] revoke KEY-ID
"""

import argparse
import re
import sys
import time
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from plantain import limits
from plantain.keys import key_hash, key_name, new_key
from plantain.lifecycle import iso
from plantain.owners import HOUR
from plantain.references import FOLDER
from plantain.signatures import new_secret
from tools.stack import Refused, outputs, place

OWNER = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
TAKEN = frozenset({FOLDER})  # the bucket's folder of references, which expire


def create_key(
    table: Any, owner: str, label: str = "", wanted: str = "", stays: bool = False
) -> str:
    """A new key for an owner, within these limits; only its hash is kept. One that stays orders,
    in a dialect, from that dialect's own provider alone."""
    if not OWNER.fullmatch(owner):
        raise Refused("an owner is 1 to 63 of a-z, 0-9, _ and -, and starts with a letter or digit")
    if owner in TAKEN:
        raise Refused(f"{owner} has a meaning of its own; choose another name")
    own = _limits(wanted)
    key = new_key()
    table.put_item(
        Item={
            "id": f"key#{key_hash(key)}",
            "owner": owner,
            "label": label,
            "created": _now(),
            "limits": own,
            "stays": "yes" if stays else "",
        },
        ConditionExpression="attribute_not_exists(id)",
    )
    webhook_secret(table, owner)
    return key


def webhook_secret(table: Any, owner: str) -> str:
    """What an owner checks our webhooks with; made once."""
    answer = table.update_item(
        Key={"id": f"owner#{owner}"},
        UpdateExpression="SET webhookSecret = if_not_exists(webhookSecret, :made),"
        " secretCreatedAt = if_not_exists(secretCreatedAt, :now)",
        ExpressionAttributeValues={":made": new_secret(), ":now": iso(time.time())},
        ReturnValues="ALL_NEW",
    )
    secret: str = answer["Attributes"]["webhookSecret"]
    return secret


def keys(table: Any) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    start: dict[str, Any] = {}
    while True:
        page = table.scan(**start)
        rows += [row for row in page["Items"] if row["id"].startswith("key#")]
        if "LastEvaluatedKey" not in page:
            return sorted(rows, key=lambda row: (row["owner"], row["created"]))
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def limit_key(table: Any, name: str, wanted: str) -> str:
    """Other limits for a key from the next minute on; none at all are the stack's own."""
    own, row = _limits(wanted), _named(table, name)
    if "revoked" in row:
        raise Refused("this key is revoked for good; make another one")
    _change(table, row, "SET limits = :value", own)
    return own


def revoke_key(table: Any, name: str) -> None:
    """Refuse a key from now on; a cached answer may let it in for one minute more."""
    _change(table, _named(table, name), "SET revoked = if_not_exists(revoked, :value)", _now())


def _named(table: Any, name: str) -> dict[str, str]:
    named = name.removeprefix("key#")
    found = [row for row in keys(table) if named and row["id"].startswith(f"key#{named}")]
    if len(found) != 1:
        raise Refused(f"{len(found)} keys begin with {name!r}; `make keys` shows them all")
    return found[0]


def _change(table: Any, row: dict[str, str], change: str, value: str) -> None:
    table.update_item(
        Key={"id": row["id"]},
        UpdateExpression=change,
        ConditionExpression="attribute_exists(id)",
        ExpressionAttributeValues={":value": value},
    )


def _limits(wanted: str) -> str:
    try:
        return limits.written(limits.read(wanted))
    except ValueError as error:
        raise Refused(str(error)) from None


def owner_table(stack: str | None) -> Any:
    name = outputs(stack)["OwnerTableName"]
    return boto3.resource("dynamodb", **place("dynamodb", stack)).Table(name)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _show(row: dict[str, str]) -> str:
    state = f"revoked {row['revoked']}" if "revoked" in row else "live"
    used = f"used {row['lastUsed'][:HOUR]}h" if "lastUsed" in row else "never used"
    told = (key_name(row["id"].removeprefix("key#")), f"{row['owner']:<20}", row["created"], state)
    more = (used, row.get("limits", ""), "stays" * bool(row.get("stays")), row.get("label", ""))
    return "  ".join(part for part in (*told, *more) if part)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="keys", description="API keys of a Plantain")
    parser.add_argument("--stack", help="a stack in AWS; without it, the running local cloud")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="make a key, and print it once")
    create.add_argument("--owner", required=True)
    create.add_argument("--label", default="")
    create.add_argument("--limits", default="", help=f'such as "{limits.EXAMPLE}"')
    create.add_argument("--stays", action="store_true", help="with each dialect's own provider")
    commands.add_parser("list", help="show all keys, without their secrets")
    limit = commands.add_parser("limit", help="give a key other limits")
    limit.add_argument("key", help="the name that `list` shows")
    limit.add_argument("--limits", required=True, help='"" for the stack\'s own')
    revoke = commands.add_parser("revoke", help="refuse a key from now on")
    revoke.add_argument("key", help="the name that `list` shows")
    return parser.parse_args()


def main() -> None:
    arguments = _arguments()
    try:
        table = owner_table(arguments.stack)
        match arguments.command:
            case "create":
                wanted = arguments.owner, arguments.label, arguments.limits, arguments.stays
                print(create_key(table, *wanted))
            case "list":
                print("\n".join(_show(row) for row in keys(table)) or "There are no keys yet.")
            case "limit":
                own = limit_key(table, arguments.key, arguments.limits)
                print(f"Within a minute: {own or 'the limits of the stack'}.")
            case "revoke":
                revoke_key(table, arguments.key)
                print("Revoked; within a minute nobody gets in with it.")
    except (Refused, BotoCoreError, ClientError) as error:
        sys.exit(f"keys: {error}")


if __name__ == "__main__":
    main()
