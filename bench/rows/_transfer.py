"""In a process of its own: fetch a large picture and put it, in the package's way or another."""

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Process, Queue, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import httpx
from botocore.config import Config

from plantain import storage
from plantain.models import Image
from plantain.settings import settings

SIZE = 25_000_000
PIECE = bytes(250_000)


class _Web(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        size = int(self.path[1:])
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        for left in range(size, 0, -len(PIECE)):
            self.wfile.write(PIECE[:left])

    def log_message(self, *_: Any) -> None:
        """It only answers."""


def serve(told: "Queue[int]") -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Web)
    told.put(server.server_address[1])
    server.serve_forever()


def _end_with_parent() -> None:
    """Also with one that is killed."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(0)


def keep(url: str) -> None:
    """As storage.keep does, but for the decoding."""
    with tempfile.TemporaryFile() as file:
        size, sha256 = storage._fetch(url, file)
        file.seek(0)
        storage._put(_image(sha256, size), file)


def whole(url: str) -> None:
    """As one does it with the SDK."""
    content = httpx.get(url).content
    bucket, key = settings().image_bucket, f"alice/t/{hashlib.sha256(content).hexdigest()}.png"
    _sdk().put_object(Bucket=bucket, Key=key, Body=content, ContentType="image/png")


@cache
def _sdk() -> Any:
    """Over TLS it would not hash a body for its signature, so it does not here."""
    return boto3.client("s3", config=Config(s3={"payload_signing_enabled": False}))


def _image(sha256: str, size: int) -> Image:
    kind = {"content_type": "image/png", "width": 1, "height": 1}
    return Image(key=f"alice/t/{sha256}.png", source="s", bytes=size, sha256=sha256, **kind)


def peak() -> int:
    """Of resident memory, since it was last reset."""
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def reset_peak() -> int:
    Path("/proc/self/clear_refs").write_text("5")
    return peak()


def main(way: str, at_once: int) -> None:
    told: Queue[int] = Queue()
    web = Process(target=serve, args=(told,), daemon=True)
    web.start()
    base = f"http://127.0.0.1:{told.get()}"
    plain = httpx.Client(trust_env=False)
    storage._web = lambda: plain  # type: ignore[assignment]
    do: Callable[[str], None] = {"keep": keep, "whole": whole}[way]
    do(f"{base}/1000")  # what is there once is not of the picture
    before = reset_peak()
    began = time.process_time()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(do, [f"{base}/{SIZE}"] * at_once))
    print(peak() - before, time.process_time() - began)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
