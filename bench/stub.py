"""AWS and a provider as one server that says yes, over TLS, in a process of its own."""

import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SECRET = json.dumps({"callbackKey": "k" * 32, "maxapi": {"key": "maxapi-key", "url": "URL"}})
SUBJECT = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]


@dataclass(frozen=True)
class Stub:
    url: str
    certificate: Path


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        content = json.dumps(self._answer()).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _answer(self) -> dict[str, Any]:
        target = self.headers.get("X-Amz-Target", "")
        if target.endswith("GetSecretValue"):
            url = f"https://{self.headers['Host']}"
            return {"SecretString": SECRET.replace("URL", url)}
        if not target:
            return {"code": 200, "msg": "success", "data": {"taskId": "job-1"}}
        return {}

    def log_message(self, *_: Any) -> None:
        """It only answers."""


@contextmanager
def running(directory: Path) -> Iterator[Stub]:
    certificate, key = directory / "stub.pem", directory / "stub.key"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    files = ["-nodes", "-keyout", str(key), "-out", str(certificate), "-days", "2"]
    subprocess.run([*make, *files, *SUBJECT], check=True, capture_output=True)
    command = [sys.executable, "-m", "bench.stub", str(certificate), str(key)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Stub(process.stdout.readline().strip(), certificate)
        finally:
            process.kill()


def main(certificate: str, key: str) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(f"https://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
