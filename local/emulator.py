"""The AWS emulator on three ports of 127.0.0.1: the API, AWS itself, the callback API."""

import asyncio
import os
import signal
import sys
import tempfile
import zipfile
from hashlib import sha256
from pathlib import Path
from threading import Lock, Thread
from types import SimpleNamespace
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app as aws
from ministack.core import lambda_runtime
from ministack.core.hypercorn_compat import install
from ministack.services import apigateway, lambda_svc

from local.faults import App, Gate, Scope, Throttle
from local.permissions import as_if_over_tls, note_permissions
from local.rs256 import is_signed


def front(app: App, apis: dict[int, str]) -> App:
    """Answer on each API's port as its own endpoint would: paths from the root, nothing else."""

    async def answer(scope: Scope, receive: Any, send: Any) -> None:
        api = apis.get(scope["server"][1]) if scope["type"] == "http" else None
        if api:
            prefix = f"/_aws/execute-api/{api}/$default"
            raw_path = prefix.encode() + scope["raw_path"]
            scope = {**scope, "path": prefix + scope["path"], "raw_path": raw_path}
        await app(scope, receive, send)

    return answer


def log_functions(path: Path) -> None:
    """Copy what the functions print to a file; the emulator keeps it in CloudWatch only."""
    emit = lambda_svc._emit_lambda_logs

    def emit_and_copy(
        function: dict[str, Any], request_id: str, text: str, *rest: Any, **named: Any
    ) -> None:
        if text:
            with path.open("a") as file:
                file.write(text.rstrip("\n") + "\n")
        emit(function, request_id, text, *rest, **named)

    lambda_svc._emit_lambda_logs = emit_and_copy


def check_signatures() -> None:
    """It checks those of tokens with a package that is not here, and takes none without it."""
    apigateway._verify_rs256_signature = is_signed


def forget_positions() -> None:
    """It keeps how far each stream was read, but not the streams: to be read from their start."""
    keep = lambda_svc.get_state
    lambda_svc.get_state = lambda: {**keep(), "dynamodb_stream_positions": {}}


def read_streams_apart() -> None:
    """It reads queues and streams in turn: whoever reads a stream slowly would hold up queues."""
    poll, reading = lambda_svc._poll_dynamodb_streams, Lock()

    def read() -> None:
        try:
            while poll():
                pass
        finally:
            reading.release()

    def begin() -> bool:
        if reading.acquire(blocking=False):
            Thread(target=read, daemon=True).start()
        return False

    lambda_svc._poll_dynamodb_streams = begin


class Unpacked:
    """A zip file that is unpacked once, however many workers want what is in it."""

    _lock = Lock()

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def __enter__(self) -> "Unpacked":
        return self

    def __exit__(self, *_: object) -> None:
        self._path.unlink()

    def namelist(self) -> list[str]:
        return []  # to be searched for paths that lead elsewhere: these files are our own

    def extractall(self, target: str) -> None:
        name = f"unpacked-{sha256(self._path.read_bytes()).hexdigest()[:16]}"
        shared = Path(tempfile.gettempdir()) / name
        with self._lock:
            if not shared.exists():
                draft = shared.with_suffix(".new")
                with zipfile.ZipFile(self._path) as file:
                    file.extractall(draft)
                draft.rename(shared)
        Path(target).rmdir()
        Path(target).symlink_to(shared)


def unpack_once() -> None:
    """It unpacks all layers for each worker, which takes most of a cold start and fills disks."""
    lambda_runtime.zipfile = SimpleNamespace(**vars(zipfile) | {"ZipFile": Unpacked})


async def serve_until_asked(app: App, config: Config, aws_port: int) -> None:
    """Serve until SIGTERM; then nothing is changed any more, and the state saved if it is kept."""
    gate, asked = Gate(app, aws_port), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked.set)
    serving = asyncio.create_task(serve(gate, config, shutdown_trigger=asyncio.Event().wait))
    await asyncio.wait({serving, asyncio.create_task(asked.wait())}, return_when="FIRST_COMPLETED")
    if serving.done():
        serving.result()  # could not even begin
    lambda_svc._poll_sqs = lambda_svc._poll_dynamodb_streams = lambda: False
    await gate.close()
    await aws({"type": "lifespan"}, shutdown, ignore)
    os._exit(0)  # the server would wait for its clients, and the loop for functions at work


async def shutdown() -> dict[str, str]:
    return {"type": "lifespan.shutdown"}


async def ignore(_: object) -> None:
    pass


def main(log: str, aws_port: str, *apis: str) -> None:
    """Serve AWS on its port and each `port=api id` on its own."""
    install()
    log_functions(Path(log))
    note_permissions(Path(log).with_name("permissions.log"))
    check_signatures()
    forget_positions()
    read_streams_apart()
    unpack_once()
    ports = {int(port): api for port, api in (entry.split("=") for entry in apis)}
    config = Config()
    config.bind = [f"127.0.0.1:{port}" for port in (aws_port, *ports)]
    config.keep_alive_timeout = 75
    percent = int(os.environ.get("THROTTLE_PERCENT", "0"))
    throttled = Throttle(aws, percent, os.environ.get("THROTTLE_SEED", "0"))
    app = front(as_if_over_tls(throttled, int(aws_port)), ports)
    asyncio.run(serve_until_asked(app, config, int(aws_port)))


if __name__ == "__main__":
    main(*sys.argv[1:])
