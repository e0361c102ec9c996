"""The local cloud keeps its contract: it says when it is ready, and leaves nothing behind."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from local.config import Trouble, read_config
from local.deploy import parameters
from local.ports import are_free, free_ports
from local.processes import marked
from local.ready import describe

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import importlib.util
def handler(event, context):
    return {name: importlib.util.find_spec(name) is not None for name in event}
"""


@dataclass
class Run:
    """One `python -m local.run` of the test's own."""

    directory: Path
    port: int
    process: subprocess.Popen[str]

    @property
    def ready_file(self) -> Path:
        return self.directory / "ready.json"

    def wait(self) -> dict[str, Any]:
        deadline = time.monotonic() + 60
        while not self.ready_file.exists():
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline, "not ready within a minute"
            time.sleep(0.1)
        return json.loads(self.ready_file.read_text())

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[str, str]:
        self.process.send_signal(number)
        return self.process.communicate(timeout=30)

    def assert_gone(self) -> None:
        assert not self.ready_file.exists()
        assert marked(self.directory) == []
        assert are_free(self.port)


def run(directory: Path, port: int, **environ: str) -> Run:
    own = {"LOCAL_DIR": str(directory), "PORT": str(port), **environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "local.run"],
        cwd=ROOT,
        env={**os.environ, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Run(directory, port, process)


@pytest.fixture
def port() -> int:
    return free_ports()


@pytest.fixture
def clouds(tmp_path: Path, port: int) -> Iterator[list[Run]]:
    """Every run of a test, ended whatever happens."""
    runs: list[Run] = []
    yield runs
    for started in runs:
        if started.process.poll() is None:
            started.end(signal.SIGTERM)


def test_it_says_what_is_up_and_ends_without_a_trace(
    tmp_path: Path, port: int, clouds: list[Run]
) -> None:
    clouds.append(first := run(tmp_path, port))
    ready = first.wait()
    assert ready == {
        "api": f"http://127.0.0.1:{port}",
        "aws": f"http://127.0.0.1:{port + 1}",
        "upstream": f"http://127.0.0.1:{port + 3}",
        **read_config({**os.environ, "PORT": str(port)}).engines,
        "owner": "local",
        "key": ready["key"],
        "webhookSecret": ready["webhookSecret"],
    }
    assert ready["webhookSecret"].startswith("whsec_")
    assert first.ready_file.stat().st_mode & 0o077 == 0
    assert_api_behaves(ready)
    assert_functions_see_only_their_own(ready)

    shown, errors = first.end()
    assert (first.process.returncode, errors) == (0, "")
    assert f"curl -sS {ready['api']}/v1/tasks" in shown
    first.assert_gone()

    clouds.append(second := run(tmp_path, port))
    started = time.monotonic()
    second.wait()
    assert time.monotonic() - started < 30


def assert_api_behaves(ready: dict[str, Any]) -> None:
    """As the real endpoint does: its own 401, 403, 404 and preflight, and no path of AWS's."""
    good = {"Authorization": f"Bearer {ready['key']}"}
    with httpx.Client(base_url=ready["api"], timeout=30) as api:
        assert api.get("/v1/models", headers=good).status_code == 200
        assert api.get("/v1/models").status_code == 401
        assert api.get("/v1/models", headers={"Authorization": "Bearer x"}).status_code == 403
        assert api.get("/_ministack/health", headers=good).json() == {"message": "Not Found"}
        origin = {"Origin": "https://x.example", "Access-Control-Request-Method": "POST"}
        preflight = api.options("/v1/tasks", headers=origin)
        assert preflight.headers["Access-Control-Allow-Origin"] == "*"


def assert_functions_see_only_their_own(ready: dict[str, Any]) -> None:
    """What Lambda brings; nothing of the tests' own environment."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("probe.py", PROBE)
    functions = boto3.client(
        "lambda",
        endpoint_url=ready["aws"],
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    (one, *_) = functions.list_functions()["Functions"]
    functions.create_function(
        FunctionName="probe",
        Runtime="python3.13",
        Handler="probe.handler",
        Role=one["Role"],
        Code={"ZipFile": archive.getvalue()},
    )
    modules = json.dumps(["boto3", "pytest", "httpx", "pydantic", "plantain"])
    answer = functions.invoke(FunctionName="probe", Payload=modules)
    assert json.load(answer["Payload"]) == {
        "boto3": True,
        "pytest": False,
        "httpx": False,
        "pydantic": False,
        "plantain": False,
    }


def test_the_next_start_clears_what_a_kill_left(
    tmp_path: Path, port: int, clouds: list[Run]
) -> None:
    clouds.append(killed := run(tmp_path, port))
    key = killed.wait()["key"]
    killed.end(signal.SIGKILL)
    clouds.append(second := run(tmp_path, port))
    while (ready := second.wait())["key"] == key:
        time.sleep(0.1)
    assert_api_behaves(ready)

    emulator = next(one for one in marked(tmp_path) if "local.emulator" in one.cmdline())
    emulator.kill()
    _, errors = second.process.communicate(timeout=30)
    assert errors.startswith("The emulator ended by itself (log: ")
    assert second.process.returncode == 1
    second.assert_gone()


def test_nothing_stays_when_it_is_killed_and_not_started_again(
    tmp_path: Path, port: int, clouds: list[Run]
) -> None:
    clouds.append(killed := run(tmp_path, port, UPSTREAM="http://127.0.0.1:9"))
    deadline = time.monotonic() + 30
    while not any("local.emulator" in one.cmdline() for one in marked(tmp_path)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    killed.end(signal.SIGKILL)
    while marked(tmp_path):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    killed.assert_gone()


def test_a_port_in_use_is_one_line(tmp_path: Path, port: int, clouds: list[Run]) -> None:
    with socket.create_server(("127.0.0.1", port + 2)):
        clouds.append(refused := run(tmp_path, port))
        shown, errors = refused.process.communicate(timeout=30)
    assert (shown, refused.process.returncode) == ("", 1)
    assert errors == f"Port {port + 2} is in use: choose another with PORT=…\n"
    refused.assert_gone()


def test_a_bad_setting_is_one_line(tmp_path: Path, port: int, clouds: list[Run]) -> None:
    clouds.append(refused := run(tmp_path, port, SWEEP_SECONDS="soon"))
    _, errors = refused.process.communicate(timeout=30)
    assert errors == "SWEEP_SECONDS=soon: give a whole number from 1 to 3540\n"
    assert refused.process.returncode == 1


@pytest.mark.parametrize(
    "setting",
    [
        {"PORT": "0"},
        {"PORT": "65531"},
        {"SWEEP_SECONDS": "-1"},
        {"FIRST_CHECK_SECONDS": "901"},
        {"DEADLINE_SECONDS": "1.5"},
        {"UPSTREAM": "127.0.0.1:9900"},
        {"UPSTREAM": "http://127.0.0.1:port"},
        {"ALLOW_HOSTS": "127.0.0.1"},
        {"ALLOW_HOSTS": "http://127.0.0.1:9910"},
    ],
)
def test_bad_settings_are_named(setting: dict[str, str]) -> None:
    with pytest.raises(Trouble, match=next(iter(setting))):
        read_config(setting)


def test_another_upstream_takes_the_simulators_place() -> None:
    config = read_config(
        {"UPSTREAM": "http://127.0.0.1:9900/", "ALLOW_HOSTS": "127.0.0.1:9910, 127.0.0.1:9900"}
    )
    assert config.upstream_url == "http://127.0.0.1:9900"
    assert config.simulator_port is None
    assert config.allow_hosts == ["127.0.0.1:9900", "127.0.0.1:9910"]


@pytest.fixture
def build(tmp_path: Path) -> Path:
    named = {"Parameters": {"ResubmitPolicy": {}, "DeadlineSeconds": {}, "ApiBaseUrl": {}}}
    (tmp_path / "cloudformation.json").write_text(json.dumps(named))
    return tmp_path


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"PARAMETERS": "ResubmitPolciy=once"}, "ResubmitPolciy"),
        ({"PARAMETERS": "ApiBaseUrl=http://127.0.0.1:1"}, "ApiBaseUrl"),
        ({"PARAMETERS": "DeadlineSeconds=60", "DEADLINE_SECONDS": "90"}, "DeadlineSeconds"),
    ],
)
def test_a_parameter_that_would_change_nothing_is_named(
    given: dict[str, str], name: str, build: Path
) -> None:
    with pytest.raises(Trouble, match=f"PARAMETERS: {name} "):
        parameters(read_config(given), build)


def test_every_parameter_that_is_given_is_passed_on(build: Path) -> None:
    given = {"PARAMETERS": "ResubmitPolicy=once DeadlineSeconds=60"}
    passed = parameters(read_config(given), build)
    for name, value in (("ResubmitPolicy", "once"), ("DeadlineSeconds", "60")):
        assert {"ParameterKey": name, "ParameterValue": value} in passed


def test_the_command_that_is_shown_finds_the_cloud_wherever_its_state_is(tmp_path: Path) -> None:
    command = ".venv/dev/bin/plantain generate"
    assert f"  {command}" in describe(read_config({}), "key")
    elsewhere = os.path.relpath(tmp_path)
    shown = describe(read_config({"LOCAL_DIR": str(tmp_path)}), "key")
    assert f"  LOCAL_DIR={elsewhere} {command}" in shown
