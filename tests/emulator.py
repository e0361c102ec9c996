"""An AWS emulator for the tests of a session, and tables in it as the template has them."""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx

from local.processes import end_all, start
from tools.template import RESOURCES

ROOT = Path(__file__).resolve().parents[1]
CLOUD_PYTHON = ROOT / ".venv" / "cloud" / "bin" / "python"
OF_A_TABLE = (
    *("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes"),
    *("KeySchema", "StreamSpecification"),
)
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass(frozen=True)
class Emulator:
    """The emulator's address, and what all tests share in it."""

    url: str
    bucket: str = "images"
    secret: str = "upstream"
    topic: str = "arn:aws:sns:us-east-1:000000000000:tasks"

    @property
    def environment(self) -> dict[str, str]:
        """What makes the package's own clients find it."""
        return {
            **KEYS,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": "us-east-1",
            "NO_PROXY": "127.0.0.1",
        }

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


@contextmanager
def running_emulator(directory: Path) -> Iterator[Emulator]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    python = str(CLOUD_PYTHON if CLOUD_PYTHON.exists() else sys.executable)
    command = [python, "-m", "local.emulator", str(directory / "functions.log"), str(port)]
    environ = {
        "PYTHONPATH": str(ROOT),
        "PATH": "/usr/bin:/bin",
        "HOME": str(directory),
        "TMPDIR": str(directory),
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "S3_DATA_DIR": str(directory / "s3"),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    process = start(command, directory, directory / "emulator.log", environ)
    try:
        started = Emulator(f"http://127.0.0.1:{port}")
        _wait(started.url, directory / "emulator.log")
        started.client("s3").create_bucket(Bucket=started.bucket)
        started.client("sns").create_topic(Name=started.topic.split(":")[-1])
        started.client("secretsmanager").create_secret(Name=started.secret, SecretString="{}")
        yield started
    finally:
        end_all(directory)
        process.communicate()


def _wait(url: str, log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            if httpx.get(f"{url}/_ministack/health", trust_env=False).is_success:
                return
        except httpx.TransportError:
            assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


def table_like(resource: str, dynamodb: Any, name: str) -> dict[str, Any]:
    """Make a table as the template has it; the description of it."""
    properties = RESOURCES[resource]["Properties"]
    wanted = {key: properties[key] for key in OF_A_TABLE if key in properties}
    if "StreamSpecification" in wanted:
        wanted["StreamSpecification"] = {**wanted["StreamSpecification"], "StreamEnabled": True}
    made: dict[str, Any] = dynamodb.create_table(TableName=name, **wanted)["TableDescription"]
    return made
