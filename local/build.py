"""Build the template for one architecture, only when something changed, and ready it for here."""

import argparse
import hashlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from local.config import Trouble

# Not where a bare `sam deploy` would look: this build is for this machine's processor.
HOST_BUILD = Path(".aws-sam/local")
_SOURCES = ("template.yaml", "layers", "functions", "local/build.py", "local/template.py")
_LOG = Path(".aws-sam/build.log")


def host_architecture() -> str:
    return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"


def build(directory: Path, architecture: str) -> None:
    """Run `sam build` and derive the emulator's template and archives from its result."""
    stamp = directory / ".sources"
    digest = _digest(architecture)
    if stamp.is_file() and stamp.read_text() == digest:
        return
    print(f"Building the functions and layers for {architecture}", flush=True)
    shutil.rmtree(directory, ignore_errors=True)
    _sam_build(directory, architecture)
    _derive(directory)
    stamp.write_text(digest)


def _sources() -> Iterator[Path]:
    for source in map(Path, _SOURCES):
        yield from [source] if source.is_file() else source.rglob("*")


def _digest(architecture: str) -> str:
    """One hash of every source file's name and content; a clean checkout must not look changed."""
    digest = hashlib.sha256(architecture.encode())
    for path in sorted(_sources()):
        generated = path.suffix == ".pyc" or ".egg-info" in str(path)
        if path.is_file() and not generated:
            digest.update(f"{path}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sam_build(directory: Path, architecture: str) -> None:
    command = ["sam", "build", "--build-dir", str(directory)]
    command += ["--parameter-overrides", f"Arch={architecture}"]
    tools = Path(sys.executable).parent  # sam, and a python3.13 that is no shim
    environ = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    environ |= {"SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "us-east-1"}
    _LOG.parent.mkdir(exist_ok=True)
    with _LOG.open("wb") as log:
        failed = _run(command, environ, log)
    if failed:
        raise Trouble(f"The build failed: {_reason()} (log: {_LOG})")


def _run(command: list[str], environ: dict[str, str], log: IO[bytes]) -> int:
    """Run in a session of its own, which ends with us: `sam` starts further processes."""
    with subprocess.Popen(
        command, env=environ, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
    ) as process:
        try:
            return process.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _reason() -> str:
    lines = [line.strip() for line in _LOG.read_text(errors="replace").splitlines()]
    errors = [line for line in lines if line.startswith("Error:")]
    return (errors or lines or ["sam said nothing"])[-1]


def _derive(directory: Path) -> None:
    from local.template import derive  # slow to import, and seldom needed

    for name in derive(directory):
        with zipfile.ZipFile(directory / f"{name}.zip", "w") as archive:
            for path in sorted((directory / name).rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(directory / name))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--architecture", default=host_architecture())
    parser.add_argument("--directory", type=Path, default=HOST_BUILD)
    given = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit("Ended."))
    try:
        build(given.directory, given.architecture)
    except Trouble as trouble:
        sys.exit(f"{trouble}")


if __name__ == "__main__":
    main()
