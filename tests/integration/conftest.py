"""One AWS emulator for all, a table of its own for each test, and a world around it."""

import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from local.processes import end_all, start
from plantain import settings
from tests.integration.world import World
from tests.unit.samples import API
from tools.template import RESOURCES

ROOT = Path(__file__).resolve().parents[2]
CLOUD_PYTHON = ROOT / ".venv" / "cloud" / "bin" / "python"
OF_A_TABLE = (
    *("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes"),
    *("KeySchema", "StreamSpecification"),
)
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
numbers = count()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-rows", metavar="NAME", help="keep today's rows as the newest sample")


@dataclass(frozen=True)
class Emulator:
    """The emulator's address, and what all tests share in it."""

    url: str
    bucket: str = "images"
    secret: str = "upstream"
    topic: str = "arn:aws:sns:us-east-1:000000000000:tasks"

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    directory = tmp_path_factory.mktemp("emulator")
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


@pytest.fixture(scope="session")
def clients(emulator: Emulator) -> Iterator[None]:
    """The package's own AWS clients, made once: each takes longer than a test."""
    patch = pytest.MonkeyPatch()
    for name, value in {
        **KEYS,
        "AWS_ENDPOINT_URL": emulator.url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "NO_PROXY": "127.0.0.1",
    }.items():
        patch.setenv(name, value)
    settings.forget()
    yield
    settings.forget()
    patch.undo()


@pytest.fixture
def table(emulator: Emulator, clients: None) -> str:
    """A TaskTable as the template has it."""
    name = f"tasks-{next(numbers)}"
    properties = RESOURCES["TaskTable"]["Properties"]
    wanted = {key: properties[key] for key in OF_A_TABLE}
    wanted["StreamSpecification"] = {**wanted["StreamSpecification"], "StreamEnabled": True}
    settings.client("dynamodb").create_table(TableName=name, **wanted)
    return name


@pytest.fixture
def owners(clients: None) -> str:
    """An OwnerTable, in which alice has a secret but is told nowhere."""
    name, dynamodb = _small_table("OwnerTable"), settings.client("dynamodb")
    alice = {"id": {"S": "owner#alice"}, "webhookSecret": {"S": "whsec_c2VjcmV0"}}
    dynamodb.put_item(TableName=name, Item=alice)
    return name


@pytest.fixture
def usage(clients: None) -> str:
    return _small_table("UsageTable")


def _small_table(resource: str) -> str:
    name = f"{resource}-{next(numbers)}"
    properties = RESOURCES[resource]["Properties"]
    wanted = {key: properties[key] for key in OF_A_TABLE if key in properties}
    settings.client("dynamodb").create_table(TableName=name, **wanted)
    return name


@pytest.fixture
def world(
    emulator: Emulator, table: str, owners: str, usage: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    for name, value in {
        "TASK_TABLE": table,
        "OWNER_TABLE": owners,
        "USAGE_TABLE": usage,
        "API_URL": API,
        "IMAGE_BUCKET": emulator.bucket,
        "SECRET_ID": emulator.secret,
        "TASK_TOPIC_ARN": emulator.topic,
        "ADVANCE_QUEUE_URL": "https://queue.test/advance",
        "DELIVER_QUEUE_URL": "https://queue.test/deliver",
        "SLOW_DELIVER_QUEUE_URL": "https://queue.test/slow",
        "DELIVER_DEAD_LETTERS_URL": "https://queue.test/dead",
        "WEBHOOK_DELAYS": "10,100",
        "CALLBACK_URL": "https://callback.test",
        "PROVIDER_ORDER": "maxapi,apixo,liangxin,aigptimage",
    }.items():
        monkeypatch.setenv(name, value)
    settings.settings.cache_clear()
    made = World(monkeypatch)
    yield made
    made.end()
    settings.settings.cache_clear()
    settings._secrets.cache_clear()


@pytest.fixture
def clean(world: World) -> Callable[[], None]:
    """Forgets everything that has happened in the world so far."""

    def forget() -> None:
        table = settings.settings().task_table
        dynamodb = settings.client("dynamodb")
        for row in dynamodb.scan(TableName=table, ConsistentRead=True)["Items"]:
            key = {name: row[name] for name in ("taskId", "item")}
            dynamodb.delete_item(TableName=table, Key=key)
        world.reset()

    return forget
