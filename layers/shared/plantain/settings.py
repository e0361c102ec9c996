"""The environment and the secret, typed; read when first needed, never at import."""

import json
import os
import time
from dataclasses import Field, dataclass, field, fields
from functools import cache, cached_property, lru_cache
from typing import Any

from plantain import aws
from plantain.errors import AwsError, SettingInvalid
from plantain.limits import Limits
from plantain.limits import read as read_limits

SECRET_SECONDS = 300
FRESH_SECONDS = 10
# SQS hides a message for twelve hours at most, and forgets it after fourteen days.
MAX_DELAY = 43_200
MAX_DELAYS = 24
POLICIES = ("never", "once")


@dataclass(frozen=True)
class Settings:
    """Each function is given only the variables that it needs; the others stay empty."""

    task_table: str = ""
    owner_table: str = ""
    usage_table: str = ""
    image_bucket: str = ""
    advance_queue_url: str = ""
    task_topic_arn: str = ""
    secret_id: str = ""
    deliver_queue_url: str = ""
    slow_deliver_queue_url: str = ""
    deliver_dead_letters_url: str = ""
    advance_dead_letters_url: str = ""
    poll_dead_letters_url: str = ""
    publish_dead_letters_url: str = ""
    webhook_delays: str = ""
    callback_url: str = ""
    api_url: str = ""
    allow_hosts: str = ""
    provider_order: str = ""
    prices: str = ""
    resubmit_policy: str = "never"
    lease_seconds: int = 40
    advance_concurrency: int = 5
    first_check_seconds: int = 45
    deadline_seconds: int = 1800
    max_wait_seconds: int = 0
    limits: str = ""

    @cached_property
    def order(self) -> list[str]:
        return _names(self.provider_order)

    @cached_property
    def allowed(self) -> frozenset[str]:
        """host:port pairs that may be reached over plain http."""
        return frozenset(_names(self.allow_hosts))

    @cached_property
    def delays(self) -> list[int]:
        """Seconds between the tries of a delivery."""
        delays = [_delay(entry) for entry in _names(self.webhook_delays)]
        if len(delays) > MAX_DELAYS:
            raise SettingInvalid(f"WEBHOOK_DELAYS may have {MAX_DELAYS} entries")
        return delays

    @cached_property
    def default_limits(self) -> Limits:
        """What a key may do whose own limits say nothing else."""
        try:
            return read_limits(self.limits)
        except ValueError as error:
            raise SettingInvalid(f"LIMITS: {error}") from None

    @cached_property
    def price_list(self) -> dict[tuple[str, str], float]:
        return dict(_price(entry) for entry in _names(self.prices))


@dataclass(frozen=True)
class Secrets:
    """What the one secret holds: callback signing keys, newest first, and provider accounts."""

    callback_keys: tuple[str, ...] = field(repr=False)
    held: dict[str, Any] = field(repr=False)


@cache
def settings() -> Settings:
    given = {each: os.environ.get(each.name.upper()) for each in fields(Settings)}
    return Settings(
        **{each.name: _value(each, text) for each, text in given.items() if text is not None}
    )


@cache
def client(service: str) -> Any:
    """One client a service."""
    return _CLIENTS.get(service, aws.Json)(service)


def secrets(age: int = SECRET_SECONDS) -> Secrets:
    """The secret as it was so many seconds ago at most: a rotation arrives by itself."""
    return _secrets(int(time.time() / age), age)


def forget() -> None:
    """Read everything anew: for tests that change the environment."""
    for cached in (settings, client, _secrets):
        cached.cache_clear()


_CLIENTS: dict[str, type[aws.Service]] = {"s3": aws.Objects, "sns": aws.Topics}


@lru_cache(maxsize=2)  # for each age
def _secrets(_period: int, _age: int) -> Secrets:
    try:
        answer = client("secretsmanager").get_secret_value(SecretId=settings().secret_id)
    except AwsError as error:
        raise SettingInvalid(f"the secret cannot be read: {error.code}") from error
    try:
        held = json.loads(answer["SecretString"])
        keys = tuple(k for k in (held["callbackKey"], held.get("callbackKeyPrevious")) if k)
    except (ValueError, KeyError, TypeError):
        raise SettingInvalid("the secret is not JSON with a callbackKey") from None
    if not all(isinstance(key, str) for key in keys):
        raise SettingInvalid("the secret's callbackKey is no text")
    return Secrets(keys, held)


def _value(field: Field[Any], text: str) -> Any:
    try:
        value = int(text) if field.type is int else text
    except ValueError:
        raise SettingInvalid(f"{field.name.upper()} has {text!r}; write a whole number") from None
    if field.name == "resubmit_policy" and value not in POLICIES:
        raise SettingInvalid(f"RESUBMIT_POLICY has {text!r}; write {' or '.join(POLICIES)}")
    return value


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()]


def _delay(entry: str) -> int:
    if entry.isascii() and entry.isdigit() and int(entry[:6]) <= MAX_DELAY:
        return int(entry)
    raise SettingInvalid(f"WEBHOOK_DELAYS has {entry!r}; write seconds, up to {MAX_DELAY}")


def _price(entry: str) -> tuple[tuple[str, str], float]:
    what, _, amount = entry.partition("=")
    provider, _, model = what.partition("/")
    try:
        price = float(amount)
    except ValueError:
        price = -1.0
    if not (provider and model and "/" not in model and 0 <= price < float("inf")):
        raise SettingInvalid(f"PRICES has {entry!r}; write provider/model=0.04")
    return (provider.strip(), model.strip()), price
