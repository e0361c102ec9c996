"""What each limited key has used, in DynamoDB: whatever is counted takes one conditional write."""

from typing import Any

from plantain.errors import (
    Busy,
    ConditionFailed,
    LimitReached,
    TooManyActive,
    TooManyRequests,
    TooManyTasks,
    TooMuchSpent,
)
from plantain.lifecycle import iso
from plantain.limits import Caller, Limits, dollars
from plantain.models import Claim
from plantain.rows import Row, pack, pack_row, unpack_row
from plantain.settings import client, settings

MINUTE, DAY = 60, 86_400
KEPT_SECONDS = 30 * DAY  # longer than any task runs
ACTIVE_PAUSE = 10  # nobody knows when a task ends


def count_request(caller: Caller, now: float) -> None:
    """One more request in this minute, if there is a limit to them."""
    most = caller.limits.requests
    if not most:
        return
    minute = int(now) // MINUTE
    used = _write(
        f"{caller.key}#{minute}",
        "SET #expires = :expires ADD #requests :one",
        "attribute_not_exists(#requests) OR #requests < :most",
        {":expires": pack((minute + 60) * MINUTE), ":one": pack(1), ":most": pack(most)},
    )
    if used is not None:
        detail = f"This key may make {most} requests a minute."
        raise TooManyRequests(detail, _left(now, MINUTE))


def take(task_id: str, claim: Claim, limits: Limits) -> None:
    """Count one more task, its price and its place among the active ones, all in one write.

    A new day begins at nothing; of several that begin it, one comes through. Sent twice by the
    client below us, or by two requests for the same task at the same moment, it counts once.
    """
    if reached := _reached({}, claim, limits):
        raise reached  # dearer than a whole day
    for begins in (False, True, False):
        used = _take(task_id, claim, limits, begins)
        if used is None or _member(task_id, claim) in used.get("active", []):
            return
        if reached := _reached(used, claim, limits):
            raise reached
    raise Busy


def give_back(task_id: str, claim: Claim, spent: int, tasks: int = 0) -> None:
    """A task is over, or never was: its place is free again, and so is what it did not cost.

    Whoever takes the place away settles the price with it, so that both happen once.
    """
    back = claim.reserved - spent
    values = {":member": {"SS": [_member(task_id, claim)]}}
    held = {":one": pack(_member(task_id, claim))}
    if back or tasks:
        counted = {":back": pack(-back), ":tasks": pack(-tasks), ":day": pack(_day(claim))}
        used = _write(
            claim.key,
            "DELETE #active :member ADD #spend :back, #tasks :tasks",
            "contains(#active, :one) AND #day = :day",
            {**values, **held, **counted},
        )
        if used is None or _member(task_id, claim) not in used.get("active", []):
            return
    _write(claim.key, "DELETE #active :member", "contains(#active, :one)", {**values, **held})


def active(key: str) -> list[tuple[str, int]]:
    """The tasks that have a place now, and since when."""
    answer = client("dynamodb").get_item(
        TableName=settings().usage_table, Key=pack_row({"id": key}), ConsistentRead=True
    )
    found = (member.split("@") for member in unpack_row(answer.get("Item", {})).get("active", []))
    return [(task_id, int(at)) for task_id, at in found]


def _take(task_id: str, claim: Claim, limits: Limits, begins: bool) -> Row | None:
    values = {
        ":one": pack(1),
        ":price": pack(claim.reserved),
        ":day": pack(_day(claim)),
        ":set": {"SS": [_member(task_id, claim)]},
        ":member": pack(_member(task_id, claim)),
        ":expires": pack(claim.at + KEPT_SECONDS),
    }
    holds = ["NOT contains(#active, :member)"]
    if limits.active:
        holds.append("(attribute_not_exists(#active) OR size(#active) < :active)")
        values[":active"] = pack(limits.active)
    if begins:
        change = "SET #expires = :expires, #day = :day, #tasks = :one, #spend = :price"
        change += " ADD #active :set"
        holds.append("(attribute_not_exists(#day) OR #day < :day)")
    else:
        change = "SET #expires = :expires ADD #tasks :one, #spend :price, #active :set"
        holds.append("#day >= :day")
        if limits.tasks:
            holds.append("#tasks < :tasks")
            values[":tasks"] = pack(limits.tasks)
        if limits.spend:
            holds.append("#spend <= :room")
            values[":room"] = pack(limits.spend - claim.reserved)
    return _write(claim.key, change, " AND ".join(holds), values)


def _reached(used: Row, claim: Claim, limits: Limits) -> LimitReached | None:
    """Which limit it was, if it was one."""
    today = used if used.get("day", "") >= _day(claim) else {}
    wait = _left(claim.at, DAY)
    if limits.active and len(used.get("active", [])) >= limits.active:
        detail = f"This key may have {limits.active} tasks running at the same time."
        return TooManyActive(detail, ACTIVE_PAUSE)
    if limits.tasks and today.get("tasks", 0) >= limits.tasks:
        return TooManyTasks(f"This key may order {limits.tasks} tasks a day (UTC).", wait)
    if limits.spend and today.get("spend", 0) + claim.reserved > limits.spend:
        most, price = dollars(limits.spend), dollars(claim.reserved)
        detail = f"This key may spend {most} dollars a day (UTC), and this may cost {price}."
        return TooMuchSpent(detail, wait)
    return None


def _write(key: str, change: str, holds: str, values: dict[str, Any]) -> Row | None:
    """None where it was written; else what is there instead."""
    words = f"{change} {holds}".replace(",", " ").replace("(", " ").replace(")", " ").split()
    try:
        client("dynamodb").update_item(
            TableName=settings().usage_table,
            Key=pack_row({"id": key}),
            UpdateExpression=change,
            ConditionExpression=holds,
            ExpressionAttributeNames={word: word[1:] for word in words if word[0] == "#"},
            ExpressionAttributeValues=values,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ConditionFailed as error:
        return unpack_row(error.item)
    return None


def _member(task_id: str, claim: Claim) -> str:
    return f"{task_id}@{claim.at}"


def _day(claim: Claim) -> str:
    return iso(claim.at)[:10]


def _left(now: float, window: int) -> int:
    return window - int(now) % window
