"""The AWS emulator on three ports of 127.0.0.1: the API, AWS itself, the callback API."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app as aws
from ministack.core.hypercorn_compat import install
from ministack.services import lambda_svc

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]


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


def main(log: str, aws_port: str, *apis: str) -> None:
    """Serve AWS on its port and each `port=api id` on its own, until killed."""
    install()
    log_functions(Path(log))
    ports = {int(port): api for port, api in (entry.split("=") for entry in apis)}
    config = Config()
    config.bind = [f"127.0.0.1:{port}" for port in (aws_port, *ports)]
    config.keep_alive_timeout = 75
    asyncio.run(serve(front(aws, ports), config))


if __name__ == "__main__":
    main(*sys.argv[1:])
