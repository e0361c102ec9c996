"""cancel, delete and keys: what changes something."""

import os
import subprocess
from argparse import Namespace
from pathlib import Path

from plantain_client import Plantain
from plantain_client.command.ends import Exit
from plantain_client.command.text import as_json, note

CHECKOUT = Path(__file__).resolve().parents[3]
NO_CHECKOUT = """\
plantain: keys are made and kept in AWS, not by the API. In a checkout of Plantain:
  make keys STACK=name, make key OWNER=alice STACK=name, make revoke KEY=id STACK=name"""


def cancel(plantain: Plantain, given: Namespace) -> Exit:
    task = plantain.cancel(given.task, discard=given.discard)
    as_json(task.raw) if given.json else print(f"{task.task_id} is cancelled.")
    return Exit.DONE


def delete(plantain: Plantain, given: Namespace) -> Exit:
    plantain.delete(given.task)
    as_json({"deleted": given.task}) if given.json else print(f"{given.task} is deleted.")
    return Exit.DONE


def keys(words: list[str]) -> int:
    """Hand over to the checkout's own tool, which has what it takes to reach AWS."""
    python = CHECKOUT / ".venv/dev/bin/python"
    if not (CHECKOUT / "tools/keys.py").is_file() or not python.is_file():
        note(NO_CHECKOUT)
        return Exit.REFUSED
    command = [str(python), "-m", "tools.keys", *(words or ["list"])]
    environ = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    return subprocess.run(command, env=environ, check=False).returncode
