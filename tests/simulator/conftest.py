"""One real server for the folder, and a listener for its webhooks."""

import threading
from collections.abc import Iterator

import pytest

from simulator.app import build_app
from simulator.server import Server, open_socket, url_of
from tests.simulator.client import Doorbell, Simulator, until


@pytest.fixture(scope="session")
def sim() -> Iterator[Simulator]:
    opened = open_socket("127.0.0.1", 0)
    server = Server(build_app(seconds=0.05, retry_seconds=0.01))
    thread = threading.Thread(target=server.run, args=([opened],))
    thread.start()
    until(lambda: server.started)
    yield Simulator(url_of(opened))
    server.should_exit = True
    thread.join()


@pytest.fixture
def bell() -> Iterator[Doorbell]:
    doorbell = Doorbell()
    threading.Thread(target=doorbell.server.serve_forever, args=(0.01,), daemon=True).start()
    yield doorbell
    doorbell.server.shutdown()
    doorbell.server.server_close()
