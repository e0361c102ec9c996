"""What a local cloud has to keep to itself, as its owner can look it up."""

import json
import re
from collections.abc import Iterator

import httpx

from tests.e2e.aws import Aws, Json


def secrets_of(ready: Json) -> set[str]:
    """Keys, tokens, links, and every prompt that it was ever sent."""
    aws = Aws(ready)
    found = {ready["key"], *_held(aws), *_of_owners(aws), *_of_tasks(aws)}
    return found | set(_sent_on(ready["upstream"]))


def _held(aws: Aws) -> Iterator[str]:
    """The callback key and the providers' keys."""
    secret = aws.outputs["UpstreamSecretArn"]
    text = aws.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
    for entry in json.loads(text).values():
        yield entry["key"] if isinstance(entry, dict) else entry


def _of_owners(aws: Aws) -> Iterator[str]:
    for row in aws.scan("OwnerTableName"):
        yield from (row[name]["S"] for name in ("webhookSecret", "previousSecret") if name in row)


def _of_tasks(aws: Aws) -> Iterator[str]:
    for row in aws.scan("TaskTableName"):
        if "linkToken" in row:
            yield row["linkToken"]["S"]
        if "request" in row:
            yield json.loads(row["request"]["S"])["input"]["prompt"]


def _sent_on(upstream: str) -> Iterator[str]:
    """What providers were told: of tasks that were deleted since, too."""
    for entry in httpx.get(f"{upstream}/_sim/ledger", timeout=60, trust_env=False).json():
        yield entry["prompt"] or ""
        yield from re.findall(r"/v1/callback/\w+/\d+/(\S+)", entry["callbackUrl"] or "")
