"""The environment and the secret, typed; read when first needed, never at import."""

import json
import os
import time
from functools import cache, cached_property, lru_cache
from typing import Any, Literal

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict, ValidationError

from plantain.errors import SettingInvalid
from plantain.limits import Limits
from plantain.limits import read as read_limits
from plantain.providers import Account, all_providers

SECRET_SECONDS = 300
FRESH_SECONDS = 10
# SQS hides a message for twelve hours at most, and forgets it after fourteen days.
MAX_DELAY = 43_200
MAX_DELAYS = 24


class Settings(BaseModel):
    """Each function is given only the variables that it needs; the others stay empty."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

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
    resubmit_policy: Literal["never", "once"] = "never"
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


class Secrets(BaseModel):
    """What the one secret holds: callback signing keys, newest first, and provider accounts."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    callback_keys: tuple[str, ...]
    accounts: dict[str, Account]


@cache
def settings() -> Settings:
    try:
        return Settings.model_validate({name.lower(): value for name, value in os.environ.items()})
    except ValidationError as error:
        wrong = ", ".join(str(e["loc"][0]).upper() for e in error.errors())
        raise SettingInvalid(f"the environment has a bad value in {wrong}") from None


@cache
def client(service: str) -> Any:
    """One client a service; one session for all of them."""
    return _session().create_client(service, config=_CONFIG_OF.get(service, _CONFIG))


def secrets(age: int = SECRET_SECONDS) -> Secrets:
    """The secret as it was so many seconds ago at most: a rotation arrives by itself."""
    return _secrets(int(time.time() / age), age)


def refused(error: ClientError) -> bool:
    """Whether DynamoDB would not write because the row is not what the write was meant for."""
    code = error.response["Error"]["Code"]
    return code in ("ConditionalCheckFailedException", "TransactionCanceledException")


def forget() -> None:
    """Read everything anew: for tests that change the environment."""
    for cached in (settings, client, _session, _secrets):
        cached.cache_clear()


_CONFIG = Config(
    connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4}
)
# Presigned URLs of the older signature do not work in every region; and without a bucket's own
# host they name the global one, which redirects: no browser takes that after a preflight.
_S3 = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
_CONFIG_OF = {"s3": _CONFIG.merge(_S3)}


@cache
def _session() -> Any:
    # boto3 would bring its transfer manager along: a sixth of an import, and nothing of it is used.
    return botocore.session.Session()


@lru_cache(maxsize=2)  # for each age
def _secrets(_period: int, _age: int) -> Secrets:
    try:
        answer = client("secretsmanager").get_secret_value(SecretId=settings().secret_id)
    except (BotoCoreError, ClientError) as error:
        raise SettingInvalid(f"the secret cannot be read: {type(error).__name__}") from error
    try:
        held = json.loads(answer["SecretString"])
        keys = tuple(k for k in (held["callbackKey"], held.get("callbackKeyPrevious")) if k)
    except (ValueError, KeyError, TypeError):
        raise SettingInvalid("the secret is not JSON with a callbackKey") from None
    found = ((name, _account(name, held.get(name))) for name in all_providers())
    return Secrets(callback_keys=keys, accounts={name: a for name, a in found if a})


def _account(name: str, held: object) -> Account | None:
    """The account; None where it is not filled in."""
    entry = held if isinstance(held, dict) else {}
    key, url = (str(entry.get(part) or "").strip() for part in ("key", "url"))
    url = url or all_providers()[name].url
    return Account(key=key, url=url) if key and url else None


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
