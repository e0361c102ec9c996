"""The processes of one local cloud, and the order in which they come up."""

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from local.build import HOST_BUILD
from local.config import OWNER, REGION, Config, Trouble, api_id
from local.deploy import Stack
from local.engines import servers
from local.processes import end_workers, start
from tools.keys import create_key, webhook_secret

_PATIENCE = 60  # seconds until something must answer
_ROOT = Path(__file__).resolve().parent.parent
_CLOUD_BIN = _ROOT / ".venv/cloud/bin"


class LocalCloud:
    """The emulator with the deployed stack, and the simulator unless another upstream is given."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.stack = Stack(config)
        self._http = httpx.Client(timeout=_PATIENCE, trust_env=False)  # never through a proxy
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._restart_asked = False

    def start(self) -> tuple[str, str]:
        """Bring everything up; the API key and the webhook secret, once all answers."""
        engines = set(self.config.engines.values())
        _say("Starting the emulator" + " and the real engines" * bool(engines))
        self._start_processes()
        for url in (f"{self.config.aws_url}/_ministack/health", *engines):
            self._wait(url, any_answer=True)
        _say("Deploying the template")
        self.stack.deploy(HOST_BUILD)
        if engines:
            self._start("stream", [sys.executable, "-m", "local.engines.stream"], os.environ)
        key, secret = self._make_key()
        _say("Trying the API")
        if self.config.simulator_port:
            self._wait(self.config.upstream_url, any_answer=True)
        self._wait(f"{self.config.api_url}/v1/models", key)
        return key, secret

    def watch(self) -> None:
        """Sweep on a timer where the schedule's minutes do not fit; `Trouble` when a child dies."""
        signal.signal(signal.SIGUSR1, self._ask_restart)
        pause = self.config.sweep_seconds
        due = time.monotonic() if self.config.timed_sweep else math.inf
        while True:
            time.sleep(0.5)
            self._check_children()
            if self._restart_asked:
                self._restart_emulator()
            if time.monotonic() >= due:
                self.stack.sweep()
                due = time.monotonic() + pause

    def log(self, child: str) -> Path:
        return self.config.logs / f"{child}.log"

    def _start_processes(self) -> None:
        config, python = self.config, sys.executable
        for name, command in servers.commands(config).items():
            self._start(name, command, _surroundings(config))
        self._start("watch", [python, "-m", "local.watch", str(config.directory)], os.environ)
        self._start_emulator()
        if config.simulator_port:
            simulator = [python, "-m", "simulator", "--port", str(config.simulator_port)]
            self._start("simulator", simulator, os.environ | {"PYTHONPATH": str(_ROOT / "local")})

    def _start_emulator(self) -> None:
        config = self.config
        apis = {config.port: api_id("Api"), config.callback_port: api_id("CallbackApi")}
        emulator = [str(_CLOUD_BIN / "python"), "-m", "local.emulator"]
        emulator += [str(self.log("functions")), str(config.aws_port)]
        emulator += [f"{port}={api}" for port, api in apis.items()]
        self._start("emulator", emulator, _emulator_environ(config))

    def _ask_restart(self, *_: object) -> None:
        self._restart_asked = True

    def _restart_emulator(self) -> None:
        """End the emulator, gracefully for its state to be saved, and start it again."""
        self._restart_asked = False
        ending = self._children.pop("emulator")
        ending.terminate()
        ending.wait(_PATIENCE)
        end_workers(self.config.directory)
        self.log("emulator").rename(self.log("emulator-before"))
        self._start_emulator()
        self._wait(f"{self.config.aws_url}/_ministack/health")

    def _start(self, name: str, command: list[str], environ: Mapping[str, str]) -> None:
        directory = self.config.directory
        self._children[name] = start(command, directory, self.log(name), environ)

    def _make_key(self) -> tuple[str, str]:
        owners = self.stack.table("OwnerTableName")
        return create_key(owners, OWNER), webhook_secret(owners, OWNER)

    def _wait(self, url: str, key: str = "", *, any_answer: bool = False) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        deadline = time.monotonic() + _PATIENCE
        while True:
            self._check_children()
            try:
                answer = self._http.get(url, headers=headers)
                if any_answer or answer.is_success:
                    return
                reason = f"{answer.status_code} {answer.text[:200]}"
            except httpx.TransportError as error:
                reason = str(error)
            if time.monotonic() > deadline:
                raise Trouble(f"{url} does not answer: {reason} (logs: {self.config.logs})")
            time.sleep(0.1)

    def _check_children(self) -> None:
        for name, child in self._children.items():
            if child.poll() is not None:
                raise Trouble(f"The {name} ended by itself (log: {self.log(name)})")


def _surroundings(config: Config) -> dict[str, str]:
    """Nothing of the developer's own environment."""
    return {
        "PATH": f"{_CLOUD_BIN}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(config.scratch),
        "TMPDIR": str(config.scratch),
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
    }


def _emulator_environ(config: Config) -> dict[str, str]:
    """All that the emulator and the functions see."""
    return {
        **_surroundings(config),
        **servers.endpoints(config.engines),
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AUTH": str(not config.real_engines).lower(),  # they know nothing of the roles
        "GATEWAY_PORT": str(config.aws_port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "S3_DATA_DIR": str(config.scratch / "s3"),
        "STATE_DIR": str(config.scratch / "state"),
        "PERSIST_STATE": str(int(config.keep_state)),
        "S3_PERSIST": str(int(config.keep_state)),
        "LAMBDA_ACCOUNT_CONCURRENCY": str(config.functions_at_once or ""),
        "THROTTLE_PERCENT": str(config.throttle_percent),
        "THROTTLE_SEED": str(config.throttle_seed),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PYTHONUNBUFFERED": "1",
    }


def _say(progress: str) -> None:
    print(progress, flush=True)
