"""A server that listens everywhere is reached by its door alone, and reaches nothing itself."""

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from local.ports import free_ports
from local.processes import end_all, start
from tests.e2e.process import ROOT

# Answers with whether it can reach a port of this machine's, and listens to every address.
SERVER = """
import http.server, socket, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        reached = socket.socket().connect_ex(("127.0.0.1", int(sys.argv[2]))) == 0
        self.send_response(200 if reached else 204)
        self.end_headers()
http.server.HTTPServer(("0.0.0.0", int(sys.argv[1])), Answer).serve_forever()
"""


@pytest.fixture
def outside() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def port(tmp_path: Path, outside: socket.socket) -> Iterator[int]:
    port = free_ports()
    server = [sys.executable, "-c", SERVER, str(port), str(outside.getsockname()[1])]
    command = [sys.executable, "-m", "local.engines.enclosed", str(port), *server]
    process = start(command, tmp_path, tmp_path / "log", {"PYTHONPATH": str(ROOT)})
    yield port
    end_all(tmp_path)
    process.communicate()


def answer(port: int) -> int:
    while True:
        try:
            return httpx.get(f"http://127.0.0.1:{port}", trust_env=False).status_code
        except httpx.TransportError:
            continue  # not there yet


def test_it_is_reached_by_its_door_alone(port: int) -> None:
    assert answer(port) == 204
    addresses = [each.address for found in psutil.net_if_addrs().values() for each in found]
    others = ["127.0.0.2", *(each for each in addresses if each.count(".") == 3)]
    for address in set(others) - {"127.0.0.1"}:
        with socket.socket() as probe:
            assert probe.connect_ex((address, port)) != 0, address


def test_it_reaches_nobody(port: int, outside: socket.socket) -> None:
    with socket.create_connection(outside.getsockname()):  # who is not enclosed does
        assert answer(port) == 204
