"""The commands that make runs for an owner are understood by the tools that they run."""

import shlex
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from tools import keys, secret

ROOT = Path(__file__).parents[2]
COMMANDS = [
    (keys, "key OWNER=alice", {"command": "create", "owner": "alice"}),
    (keys, "limits KEY=0123 LIMITS=tasks=9", {"command": "limit", "limits": "tasks=9"}),
    (keys, "keys", {"command": "list"}),
    (keys, "revoke KEY=0123", {"command": "revoke", "key": "0123"}),
    (secret, "rotate", {"command": "rotate", "leaked": False}),
    (secret, "rotate LEAKED=1", {"command": "rotate", "leaked": True}),
    (secret, "provider NAME=maxapi", {"command": "provider", "name": "maxapi", "url": None}),
    (secret, "provider NAME=liangxin URL=https://l.test", {"url": "https://l.test"}),
]


@pytest.mark.parametrize("stack", [None, "plantain-prod"])
@pytest.mark.parametrize(("tool", "given", "meant"), COMMANDS, ids=[each[1] for each in COMMANDS])
def test_a_command_is_understood(
    tool: ModuleType,
    given: str,
    meant: dict[str, object],
    stack: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = ["--dry-run", *given.split(), *([f"STACK={stack}"] if stack else [])]
    told = subprocess.run(["make", *options], cwd=ROOT, check=True, capture_output=True, text=True)
    _, python, module, *arguments = shlex.split(told.stdout.splitlines()[-1])
    assert (python, module) == ("-m", tool.__name__)
    monkeypatch.setattr("sys.argv", ["tool", *arguments])
    understood = vars(tool._arguments())
    assert understood.items() >= {"stack": stack, **meant}.items()
