"""The stack that a tool is for: one in AWS, or the running local cloud's."""

import json
import os
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import NoRegionError


class Refused(Exception):
    """Cannot be done; the message says what to do."""


def outputs(stack: str | None) -> dict[str, str]:
    """What the stack says of itself: its tables, queues and addresses."""
    formation = client("cloudformation", stack)
    (found,) = formation.describe_stacks(StackName=stack or "plantain")["Stacks"]
    return {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}


def client(service: str, stack: str | None) -> Any:
    try:
        return boto3.client(service, **place(service, stack))
    except NoRegionError:
        raise Refused(
            "which region is the stack in? Say AWS_DEFAULT_REGION=…, or `aws configure`"
        ) from None


def place(service: str, stack: str | None) -> dict[str, str]:
    """What boto3 has to be told to reach a service: in AWS nothing, it finds everything itself."""
    return {} if stack else local_cloud(service)


def local_cloud(service: str = "") -> dict[str, str]:
    """What boto3 needs for the local cloud that is running, or one service of it."""
    ready = Path(os.environ.get("LOCAL_DIR", ".local")) / "ready.json"
    try:
        told = json.loads(ready.read_text())
        endpoint = told.get(service, told["aws"])
    except (OSError, ValueError, KeyError):
        raise Refused("no local cloud is running: `make run`, or name a STACK= in AWS") from None
    return {
        "endpoint_url": endpoint,
        "region_name": "us-east-1",
        "aws_access_key_id": "local",
        "aws_secret_access_key": "local",
    }
