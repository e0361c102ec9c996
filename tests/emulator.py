"""An AWS emulator for the tests of a session, and tables in it as the template has them."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx

from local.config import read_config
from local.engines import servers
from local.engines.mirror import make_table
from local.ports import free_ports
from local.processes import end_all, start
from tools.template import RESOURCES

ROOT = Path(__file__).resolve().parents[1]
CLOUD_PYTHON = ROOT / ".venv" / "cloud" / "bin" / "python"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass(frozen=True)
class Emulator:
    """The emulator's address and the real engines', and what all tests share in them."""

    url: str
    engines: dict[str, str]
    bucket: str = "images"
    secret: str = "upstream"
    topic: str = "arn:aws:sns:us-east-1:000000000000:tasks"

    @property
    def environment(self) -> dict[str, str]:
        """What makes the package's own clients find it."""
        return {
            **KEYS,
            "AWS_ENDPOINT_URL": self.url,
            **servers.endpoints(self.engines),
            "AWS_DEFAULT_REGION": "us-east-1",
            "NO_PROXY": "127.0.0.1",
        }

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.engines.get(service, self.url),
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


@contextmanager
def running_emulator(directory: Path) -> Iterator[Emulator]:
    config = read_config({**os.environ, "LOCAL_DIR": str(directory), "PORT": str(free_ports())})
    config.scratch.mkdir()
    python = str(CLOUD_PYTHON if CLOUD_PYTHON.exists() else sys.executable)
    command = [python, "-m", "local.emulator", str(directory / "functions.log")]
    commands = {"emulator": [*command, str(config.aws_port)], **servers.commands(config)}
    environ = {
        "PYTHONPATH": str(ROOT),
        "PATH": "/usr/bin:/bin",
        "HOME": str(directory),
        "TMPDIR": str(directory),
        "GATEWAY_PORT": str(config.aws_port),
        "MINISTACK_HOST": "127.0.0.1",
        "S3_DATA_DIR": str(directory / "s3"),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    processes = [
        start(command, directory, directory / f"{name}.log", environ)
        for name, command in commands.items()
    ]
    try:
        started = Emulator(config.aws_url, config.engines)
        for url in {f"{started.url}/_ministack/health", *config.engines.values()}:
            _wait(url, directory)
        started.client("s3").create_bucket(Bucket=started.bucket)
        started.client("sns").create_topic(Name=started.topic.split(":")[-1])
        started.client("secretsmanager").create_secret(Name=started.secret, SecretString="{}")
        yield started
    finally:
        end_all(directory)
        for process in processes:
            process.communicate()
        servers.clear(config.bucket_port)


def _wait(url: str, directory: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx.get(url, trust_env=False)
        except httpx.TransportError:
            logs = [log.read_text() for log in directory.glob("*.log")]
            assert time.monotonic() < deadline, logs
            time.sleep(0.05)
        else:
            return


def table_like(resource: str, dynamodb: Any, name: str) -> dict[str, Any]:
    """Make a table as the template has it; the description of it."""
    make_table(dynamodb, name, RESOURCES[resource]["Properties"])
    made: dict[str, Any] = dynamodb.describe_table(TableName=name)["Table"]
    return made
