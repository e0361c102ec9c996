"""Callback tokens: proof that whoever rings was given the URL of this task's attempt."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from plantain.errors import SettingInvalid

MIN_KEY = 16


def sign(task_id: str, attempt: int, keys: Sequence[str]) -> str:
    """A token under the newest key: four letters that name the key, then the signature."""
    if not keys:
        raise SettingInvalid("the secret has no callbackKey")
    return _token(task_id, attempt, keys[0])


def verify(token: str, task_id: str, attempt: str, keys: Sequence[str]) -> bool:
    """Whether any live key made this token; never true without a key."""
    if not (attempt.isascii() and attempt.isdigit() and len(attempt) < 7):
        return False
    good = False
    for key in (key for key in keys if len(key) >= MIN_KEY):
        expected = _token(task_id, int(attempt), key)
        good |= hmac.compare_digest(expected.encode(), token.encode(errors="replace"))
    return good


def _token(task_id: str, attempt: int, key: str) -> str:
    if len(key) < MIN_KEY:
        raise SettingInvalid(f"a callbackKey needs at least {MIN_KEY} characters")
    name = hashlib.sha256(key.encode()).hexdigest()[:4]
    mac = hmac.digest(key.encode(), f"callback:{task_id}:{attempt}".encode(), "sha256")
    return name + base64.urlsafe_b64encode(mac[:24]).decode()
