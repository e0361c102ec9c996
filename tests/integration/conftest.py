"""One AWS emulator for all, a table of its own for each test, and a world around it."""

import os
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from plantain import settings
from tests.emulator import Emulator, running_emulator, table_like
from tests.integration.world import World
from tests.unit.samples import API

numbers = count()
# This emulator lets everybody in, and needs no fence.
collect_ignore = [] if os.environ.get("ENGINES") else ["test_signed_urls.py", "test_enclosed.py"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-rows", metavar="NAME", help="keep today's rows as the newest sample")


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running_emulator(tmp_path_factory.mktemp("emulator")) as started:
        yield started


@pytest.fixture(scope="session")
def clients(emulator: Emulator) -> Iterator[None]:
    """The package's own AWS clients, made once: each takes longer than a test."""
    patch = pytest.MonkeyPatch()
    for name, value in emulator.environment.items():
        patch.setenv(name, value)
    settings.forget()
    yield
    settings.forget()
    patch.undo()


@pytest.fixture
def table(emulator: Emulator, clients: None) -> str:
    """A TaskTable as the template has it."""
    name = f"tasks-{next(numbers)}"
    table_like("TaskTable", settings.client("dynamodb"), name)
    return name


@pytest.fixture
def owners(clients: None) -> str:
    """An OwnerTable, in which alice has a secret but is told nowhere."""
    name = f"owners-{next(numbers)}"
    dynamodb = settings.client("dynamodb")
    table_like("OwnerTable", dynamodb, name)
    alice = {"id": {"S": "owner#alice"}, "webhookSecret": {"S": "whsec_c2VjcmV0"}}
    dynamodb.put_item(TableName=name, Item=alice)
    return name


@pytest.fixture
def usage(clients: None) -> str:
    name = f"usage-{next(numbers)}"
    table_like("UsageTable", settings.client("dynamodb"), name)
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
        "ADVANCE_DEAD_LETTERS_URL": "https://queue.test/dead-advance",
        "POLL_DEAD_LETTERS_URL": "https://queue.test/dead-poll",
        "PUBLISH_DEAD_LETTERS_URL": "https://queue.test/dead-publish",
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
