"""Run the local cloud in the foreground until Ctrl-C or SIGTERM."""

import os
import shutil
import signal
import sys
from typing import Never

from local import ready
from local.build import HOST_BUILD
from local.cloud import LocalCloud
from local.config import Config, Trouble, read_config
from local.deploy import AwsFailure
from local.engines.servers import clear
from local.ports import check_ports
from local.processes import end_all, lock

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ended(BaseException):
    """The developer asked for the end; no `except Exception` on the way may stop it."""


def main() -> None:
    """Hold the directory, run, and leave nothing behind, whatever happens."""
    for number in _SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # under nohup
            signal.signal(number, _end)
    try:
        config = read_config()
        _forget_surroundings()
        with lock(config.directory):
            try:
                _run(config)
            finally:
                for number in _SIGNALS:
                    signal.signal(number, signal.SIG_IGN)
                _clean(config)
    except Ended:
        print("\nEnded.", flush=True)
    except (Trouble, OSError) as trouble:
        sys.exit(f"{trouble}")


def _run(config: Config) -> None:
    _clean(config)  # what a kill -9 may have left
    check_ports(config.ports)
    if not (HOST_BUILD / "cloudformation.json").is_file():
        raise Trouble("Nothing is built yet: run `make build` first, or `make run`")
    shutil.rmtree(config.logs, ignore_errors=True)
    config.logs.mkdir()
    config.scratch.mkdir()
    cloud = LocalCloud(config)
    try:
        key, webhook_secret = cloud.start()
        ready.write(config, key, webhook_secret)
        print(ready.describe(config, key), flush=True)
        cloud.watch()
    except AwsFailure as failure:
        reason = " ".join(str(failure).split())[:300]
        raise Trouble(f"The emulator refused: {reason} (log: {cloud.log('emulator')})") from None


def _forget_surroundings() -> None:
    """The developer's own AWS account and proxies have no part in this."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.devnull


def _clean(config: Config) -> None:
    ready.clear(config.directory)
    end_all(config.directory)
    shutil.rmtree(config.scratch, ignore_errors=True)
    if config.real_engines:
        clear(config.bucket_port)


def _end(*_: object) -> Never:
    raise Ended


if __name__ == "__main__":
    main()
