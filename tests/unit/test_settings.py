"""The environment and the secret are read late, typed, and refused by name where they are wrong."""

import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from plantain import settings as module
from plantain.accounts import routes
from plantain.errors import SettingInvalid
from plantain.providers import Account, account_at, all_providers
from plantain.settings import Settings, secrets, settings

Hold = Callable[[object], None]


def test_an_empty_environment_has_defaults() -> None:
    assert settings() == Settings(secret_id="secret", callback_url="https://callback.test")
    assert (settings().order, settings().allowed, settings().price_list) == ([], frozenset(), {})


def test_lists_are_split_at_commas(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PROVIDER_ORDER", " apixo, maxapi ,")
    environment.setenv("ALLOW_HOSTS", "127.0.0.1:9910,a.test:80")
    environment.setenv("PRICES", "apixo/nano-banana-2=0.04, maxapi/nano-banana = 1")
    module.forget()
    assert settings().order == ["apixo", "maxapi"]
    assert settings().allowed == {"127.0.0.1:9910", "a.test:80"}
    assert settings().price_list == {
        ("apixo", "nano-banana-2"): 0.04,
        ("maxapi", "nano-banana"): 1.0,
    }


@pytest.mark.parametrize("name", ["LEASE_SECONDS", "FIRST_CHECK_SECONDS", "DEADLINE_SECONDS"])
@pytest.mark.parametrize("value", ["", "soon", "1.5", "1_0x"])
def test_a_bad_number_is_refused_by_its_name(
    name: str, value: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv(name, value)
    module.forget()
    with pytest.raises(SettingInvalid, match=name):
        settings()


@pytest.mark.parametrize(
    "prices", ["apixo", "apixo=1", "apixo/x", "a/b/c=1", "a/b=cheap", "a/b=1=2"]
)
def test_a_bad_price_is_refused_by_its_name(prices: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PRICES", prices)
    module.forget()
    with pytest.raises(SettingInvalid, match="PRICES"):
        _ = settings().price_list


def test_the_environment_is_read_once() -> None:
    assert settings() is settings()


def test_an_account_needs_a_key_and_a_url(secret: Hold) -> None:
    secret(
        {
            "callbackKey": "k" * 32,
            "maxapi": {"key": "m", "url": ""},
            "apixo": {"key": "", "url": "https://apixo.test"},
            "liangxin": {"key": "l", "url": ""},
            "aigptimage": {"key": "a", "url": "https://own.test"},
            "stranger": {"key": "s", "url": "https://stranger.test"},
        }
    )
    assert {name: account_at(name, secrets().held) for name in (*all_providers(), "stranger")} == {
        "maxapi": Account(key="m", url="https://api.maxapi.io"),
        "aigptimage": Account(key="a", url="https://own.test"),
        **dict.fromkeys(("apixo", "liangxin", "stranger")),
    }
    assert routes().configured == {"maxapi", "aigptimage"}


@pytest.mark.parametrize("missing", [{}, dict.fromkeys(all_providers())])
def test_a_provider_that_is_not_in_the_secret_is_not_configured(
    missing: dict[str, None], secret: Hold
) -> None:
    secret({"callbackKey": "k" * 32, **missing})
    assert routes().configured == frozenset()


@pytest.mark.parametrize(
    ("held", "keys"),
    [
        ({"callbackKey": "new"}, ("new",)),
        ({"callbackKey": "new", "callbackKeyPrevious": "old"}, ("new", "old")),
        ({"callbackKey": "new", "callbackKeyPrevious": ""}, ("new",)),
        ({"callbackKey": "", "callbackKeyPrevious": ""}, ()),
    ],
)
def test_callback_keys_come_newest_first(
    held: dict[str, str], keys: tuple[str, ...], secret: Hold
) -> None:
    secret(held)
    assert secrets().callback_keys == keys


@pytest.mark.parametrize("content", ["", "{", "[]", '"text"', "{}", "null"])
def test_a_secret_that_cannot_be_read_says_so(content: str, secret: Hold) -> None:
    secret(content)
    with pytest.raises(SettingInvalid, match="callbackKey"):
        secrets()


@pytest.mark.parametrize("key", [17, ["k"] * 32, {"k": "k"}, True])
@pytest.mark.parametrize("name", ["callbackKey", "callbackKeyPrevious"])
def test_a_callback_key_that_is_no_text_is_refused_and_not_repeated(
    name: str, key: object, secret: Hold
) -> None:
    secret({"callbackKey": "k" * 32, name: key})
    with pytest.raises(SettingInvalid, match="callbackKey is no text"):
        secrets()


def test_nothing_of_the_secret_is_in_what_is_printed(secret: Hold) -> None:
    secret({"callbackKey": "k" * 32, "maxapi": {"key": "costly", "url": ""}})
    account = account_at("maxapi", secrets().held)
    assert account
    assert account.key == "costly"
    assert not re.search("costly|kkk", f"{secrets()} {account}")


def test_a_rotated_secret_arrives_by_itself(secret: Hold, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    secret({"callbackKey": "old"})
    assert secrets().callback_keys == ("old",)
    secret({"callbackKey": "new"})
    assert secrets().callback_keys == ("old",)
    now += module.SECRET_SECONDS
    assert secrets().callback_keys == ("new",)


def run(code: str) -> str:
    """What a fresh Python without any environment prints."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env={}, check=True, capture_output=True, text=True).stdout


def test_nothing_loads_the_aws_sdk_before_it_is_asked() -> None:
    """Powertools reads the name of botocore's version, and no more of it."""
    code = """
import pkgutil, sys, importlib, plantain
for module in pkgutil.walk_packages(plantain.__path__, 'plantain.'):
    importlib.import_module(module.name)
print({'boto3', 'botocore.client', 'botocore.session'} & set(sys.modules))
"""
    assert run(code) == "set()\n"


def test_nothing_is_read_or_connected_to_on_import() -> None:
    code = """
import pkgutil, socket, importlib, plantain
def refuse(*a, **k): raise AssertionError('on import')
socket.socket.connect = socket.getaddrinfo = refuse
for module in pkgutil.walk_packages(plantain.__path__, 'plantain.'):
    importlib.import_module(module.name)
from plantain import settings
print(settings.settings.cache_info().currsize, settings.client.cache_info().currsize)
"""
    assert run(code) == "0 0\n"
