"""An environment of the test's own, and AWS's clients as far as a test gives them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import pytest

from plantain import settings
from plantain.providers import all_providers
from tests.unit.samples import CALLBACK

Clients = dict[str, Any]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Nothing of the developer's own; what is read is forgotten after each test."""
    for name in (each.name for each in fields(settings.Settings)):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("SECRET_ID", "secret")
    monkeypatch.setenv("CALLBACK_URL", CALLBACK)
    settings.forget()
    yield monkeypatch
    settings.forget()


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Clients:
    """What `settings.client` finds, by the name of the service; anything else is an error."""
    given: Clients = {}
    making = SimpleNamespace(get=lambda service, _: given.__getitem__)
    monkeypatch.setattr(settings, "_CLIENTS", making)
    return given


@pytest.fixture
def secret(clients: Clients) -> Callable[[object], None]:
    """Sets what the secret holds; text is taken as it is."""

    answer = {"SecretString": ""}
    clients["secretsmanager"] = SimpleNamespace(get_secret_value=lambda **_: answer)

    def hold(content: object) -> None:
        answer["SecretString"] = content if isinstance(content, str) else json.dumps(content)

    return hold


@pytest.fixture
def accounts(secret: Callable[[object], None]) -> None:
    """An account at every provider."""
    held = {name: {"key": f"{name}-key", "url": f"https://{name}.test"} for name in all_providers()}
    secret({"callbackKey": "k" * 32, **held})
