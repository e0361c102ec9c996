"""What the environment says about the local cloud, checked."""

import os
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PROVIDERS = ("maxapi", "aigptimage", "liangxin", "apixo")
OWNER = "local"
STACK = "plantain"
REGION = "us-east-1"
HOST = "127.0.0.1"
ARTIFACTS = "local-artifacts"
_ADDRESS = re.compile(r"[A-Za-z0-9.\-]+:\d{1,5}")


class Trouble(Exception):
    """A failure that is told to the developer in one line."""


@dataclass(frozen=True)
class Config:
    """One local cloud: where its state is, where it listens, what it talks to."""

    directory: Path
    port: int
    given_upstream: str | None
    given_hosts: tuple[str, ...]
    sweep_seconds: int
    first_check_seconds: int | None
    deadline_seconds: int | None
    given_parameters: tuple[tuple[str, str], ...]
    throttle_percent: int  # of the functions' DynamoDB calls
    throttle_seed: int
    keep_state: bool  # over a restart of the emulator
    functions_at_once: int | None  # in the whole account; more are refused
    real_engines: bool  # DynamoDB Local and SeaweedFS instead of the emulator's own

    @property
    def api_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def aws_port(self) -> int:
        return self.port + 1

    @property
    def aws_url(self) -> str:
        return f"http://{HOST}:{self.aws_port}"

    @property
    def callback_port(self) -> int:
        return self.port + 2

    @property
    def callback_url(self) -> str:
        return f"http://{HOST}:{self.callback_port}"

    @property
    def simulator_port(self) -> int | None:
        return None if self.given_upstream else self.port + 3

    @property
    def upstream_url(self) -> str:
        return self.given_upstream or f"http://{HOST}:{self.port + 3}"

    @property
    def engines(self) -> dict[str, str]:
        """Where the services are that the emulator leaves to a real engine."""
        if not self.real_engines:
            return {}
        tables, bucket = (f"http://{HOST}:{port}" for port in (self.tables_port, self.bucket_port))
        return {"dynamodb": tables, "dynamodbstreams": tables, "s3": bucket}

    @property
    def timed_sweep(self) -> bool:
        """Whether the schedule, which knows whole minutes, needs a timer beside it."""
        return self.real_engines or self.sweep_seconds % 60 != 0

    @property
    def tables_port(self) -> int:
        return self.port + 4

    @property
    def bucket_port(self) -> int:
        return self.port + 5

    @property
    def ports(self) -> list[int]:
        simulator = [] if self.given_upstream else [self.port + 3]
        engines = [self.tables_port, self.bucket_port] if self.real_engines else []
        return [self.port, self.aws_port, self.callback_port, *simulator, *engines]

    @property
    def allow_hosts(self) -> list[str]:
        upstream = urlsplit(self.upstream_url)
        port = upstream.port or (443 if upstream.scheme == "https" else 80)
        return list(dict.fromkeys((f"{upstream.hostname}:{port}", *self.given_hosts)))

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    @property
    def scratch(self) -> Path:
        return self.directory / "tmp"

    @property
    def ready_file(self) -> Path:
        return self.directory / "ready.json"


def api_id(name: str) -> str:
    """The id that the emulator is told to give an API, so that it is known before it exists."""
    return f"{zlib.crc32(name.encode()):08x}"


def read_config(environ: Mapping[str, str] = os.environ) -> Config:
    """Read and check the local cloud's settings; `Trouble` names the first bad one."""
    return Config(
        directory=Path(environ.get("LOCAL_DIR") or ".local").resolve(),
        port=_whole(environ, "PORT", 1, 65_530) or 8787,
        given_upstream=_url(environ, "UPSTREAM"),
        given_hosts=_addresses(environ, "ALLOW_HOSTS"),
        sweep_seconds=_whole(environ, "SWEEP_SECONDS", 1, 59 * 60) or 60,
        first_check_seconds=_whole(environ, "FIRST_CHECK_SECONDS", 1, 900),
        deadline_seconds=_whole(environ, "DEADLINE_SECONDS", 1, 86_400),
        given_parameters=_pairs(environ, "PARAMETERS"),
        throttle_percent=_whole(environ, "THROTTLE_PERCENT", 0, 100) or 0,
        throttle_seed=_whole(environ, "THROTTLE_SEED", 0, 10**9 - 1) or 0,
        keep_state=bool(_whole(environ, "KEEP_STATE", 0, 1)),
        functions_at_once=_whole(environ, "FUNCTIONS_AT_ONCE", 1, 1000),
        real_engines=_word(environ, "ENGINES", "real"),
    )


def _whole(environ: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    text = environ.get(name, "").strip()
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise Trouble(f"{name}={text}: give a whole number from {least} to {most}")
    return int(text)


def _word(environ: Mapping[str, str], name: str, word: str) -> bool:
    """Whether this one word is said, or nothing."""
    text = environ.get(name, "").strip()
    if text not in ("", word):
        raise Trouble(f"{name}={text}: give {word}, or nothing")
    return text == word


def _url(environ: Mapping[str, str], name: str) -> str | None:
    text = environ.get(name, "").strip().rstrip("/")
    if not text:
        return None
    try:
        url = urlsplit(text)
        good = url.scheme in ("http", "https") and url.hostname and url.port != 0
    except ValueError:
        good = False
    if not good:
        raise Trouble(f"{name}={text}: give a URL such as http://127.0.0.1:9900")
    return text


def _addresses(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    listed = [part.strip() for part in environ.get(name, "").split(",")]
    addresses = tuple(part for part in listed if part)
    for address in addresses:
        if not _ADDRESS.fullmatch(address):
            raise Trouble(f"{name}: {address} is not host:port, such as 127.0.0.1:9910")
    return addresses


def _pairs(environ: Mapping[str, str], name: str) -> tuple[tuple[str, str], ...]:
    """Further parameters of the template: "ResubmitPolicy=once LogLevel=DEBUG"."""
    pairs = [part.partition("=") for part in environ.get(name, "").split()]
    for key, equals, _ in pairs:
        if not (key.isalnum() and equals):
            raise Trouble(f"{name}: {key} is not a template parameter with its value, Name=value")
    return tuple((key, value) for key, _, value in pairs)
