"""Callback tokens: proof that whoever rings was given the URL of this task's attempt."""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence

from plantain.errors import SettingInvalid

MIN_KEY = 16
_ATTEMPT = re.compile(r"[1-9][0-9]{0,5}")


def sign(task_id: str, attempt: int, keys: Sequence[str]) -> str:
    """A token under the newest key: four letters that name the key, then the signature."""
    if not keys:
        raise SettingInvalid("the secret has no callbackKey")
    return _token(task_id, attempt, keys[0])


def verify(token: str, task_id: str, attempt: str, keys: Sequence[str]) -> bool:
    """Whether any live key made this token; never true without a key."""
    if not _ATTEMPT.fullmatch(attempt):
        return False
    good = False
    for expected in live(task_id, int(attempt), keys):
        good |= hmac.compare_digest(expected.encode(), token.encode(errors="replace"))
    return good


def live(task_id: str, attempt: int, keys: Sequence[str]) -> list[str]:
    """The attempt's token under each key that is good."""
    return [_token(task_id, attempt, key) for key in keys if len(key) >= MIN_KEY]


def _token(task_id: str, attempt: int, key: str) -> str:
    if len(key) < MIN_KEY:
        raise SettingInvalid(f"a callbackKey needs at least {MIN_KEY} characters")
    name = hashlib.sha256(key.encode()).hexdigest()[:4]
    mac = hmac.digest(key.encode(), f"callback:{task_id}:{attempt}".encode(), "sha256")
    return name + base64.urlsafe_b64encode(mac[:24]).decode()
