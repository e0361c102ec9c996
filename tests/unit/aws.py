"""AWS as a test plays it, over real connections."""

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from plantain import aws

OK = (200, b'{"Item": {}}')


class Cloud:
    """Says what it was told to say, one thing after the other, and remembers what it was asked."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.says: list[tuple[int, bytes] | str] = []
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.connections = 0
        handler = type("Handler", (Desk,), {"cloud": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        scheme = "https" if context else "http"
        self.url = f"{scheme}://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


class Desk(BaseHTTPRequestHandler):
    """Where one connection's requests are answered."""

    protocol_version = "HTTP/1.1"
    cloud: Cloud

    def setup(self) -> None:
        self.cloud.connections += 1
        super().setup()

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.cloud.asked.append((self.command, self.path, dict(self.headers.items()), body))
        said = self.cloud.says.pop(0) if self.cloud.says else OK
        self.close_connection = isinstance(said, str)
        match said:
            case "is silent":
                self.rfile.read(1)  # until the other side hangs up
            case "says good-bye":
                self.say(*OK)
            case "stops too early":
                self.say(*OK, missing=1)
            case (int(status), bytes(content)):
                self.say(status, content)

    do_POST = do_PUT = do_GET = do_HEAD = answer  # noqa: N815

    def say(self, status: int, content: bytes, missing: int = 0) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) + missing))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """It only answers."""


def refused(code: str, **more: Any) -> tuple[int, bytes]:
    return 400, json.dumps({"__type": f"com.amazonaws#{code}", "message": "No.", **more}).encode()


def get_item() -> Any:
    return aws.Json("dynamodb").get_item(TableName="tasks", Key={"id": {"S": "ü"}})
