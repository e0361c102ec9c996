"""The links of images, which need no key: whoever has one may look, as long as the task lives."""

import hmac
import re

from plantain.errors import LinkNotFound
from plantain.rows import key_of, unpack_row
from plantain.settings import client, settings

_TASK = re.compile(r"tsk_[a-z2-7]{26}")
_NUMBER = re.compile(r"0|[1-9][0-9]?")


def find(task_id: str, number: str, file: str) -> str:
    """The key of the image at a link; for a wrong one, never which part of it is wrong."""
    if not (_TASK.fullmatch(task_id) and _NUMBER.fullmatch(number)):
        raise LinkNotFound
    answer = client("dynamodb").get_item(
        TableName=settings().task_table,
        Key=key_of(task_id),
        ProjectionExpression="linkToken, images",
        ConsistentRead=True,  # a link is followed as soon as it is told
    )
    row = unpack_row(answer.get("Item", {}))
    keys = [str(image["key"]) for image in row.get("images", [])]
    key = keys[int(number)] if int(number) < len(keys) else ""
    if not _names(file, row.get("linkToken", ""), key):
        raise LinkNotFound
    return key


def _names(file: str, expected: str, key: str) -> bool:
    token, _, ending = file.partition(".")
    same = hmac.compare_digest(expected.encode(), token.encode(errors="replace"))
    return same and bool(expected and ending) and key.endswith(f".{ending}")
