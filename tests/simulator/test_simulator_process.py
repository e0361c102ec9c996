"""The simulator as a program: one line when it listens, a quick end, a used port."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.simulator.client import body_for

LOCAL = Path(__file__).parents[2] / "local"


def start(*arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments],
        cwd=LOCAL,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_quietly_with_clients_connected_and_webhooks_pending(number):
    program = start("--port", "0", "--seconds", "600")
    url = re.search(r"http://[\d.:]+", program.stdout.readline())[0]
    with httpx.Client(base_url=url, trust_env=False) as http:
        key = {"Authorization": "Bearer local-maxapi-key"}
        body = body_for("maxapi", "a lake [sim: hang=600]", "https://example.com/hook")
        with pytest.raises(httpx.ReadTimeout):
            http.post("/maxapi/api/v1/task/submit", json=body, headers=key, timeout=0.3)
        assert http.get("/_sim/health").json()["status"] == "ok"
        program.send_signal(number)
        out, err = program.communicate(timeout=10)
    assert (program.returncode, out, err) == (0, "", "")


def test_a_used_port_is_one_clear_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        program = start("--port", str(taken.getsockname()[1]))
        out, err = program.communicate(timeout=10)
    assert program.returncode == 1
    assert out == ""
    assert len(err.splitlines()) == 1
    assert err.startswith("Cannot listen on")
