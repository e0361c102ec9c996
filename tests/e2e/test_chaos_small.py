"""A small run of `make chaos`: whatever happens, nothing is lost, and nothing paid for twice."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from local.chaos.audit import ZEROS
from local.config import PROVIDERS
from tests.e2e.process import ROOT
from tests.leaks import leaks

RUN = ("--tasks", "40", "--seed", "3", "--deadline", "30", "--sweep", "3", "--first-check", "5")
OFTEN = ("--throttle", "20")  # so few tasks make so few calls that one in twenty might be none


def test_forty_tasks_come_through_chaos(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "local.chaos", *RUN, *OFTEN, "--directory", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert (run.returncode, run.stderr) == (0, ""), run.stdout + run.stderr
    told = dict(re.findall(r"^  (\S.*?)  +(\S.*)$", run.stdout, re.MULTILINE))
    assert {what: told[what] for what in ZEROS} == dict.fromkeys(ZEROS, "0")
    assert told["restarts"] == "1"
    assert told["workers killed"] != "0"
    if "ENGINES" not in os.environ:  # nobody throttles the real ones
        assert told["table calls throttled"] != "0"
    assert int(told["charged"]) > 20
    assert leaks((tmp_path / "logs/functions.log").read_text(), secrets_of(tmp_path)) == []


def secrets_of(directory: Path) -> list[str]:
    """What the providers were sent: our keys and every prompt."""
    ledger = json.loads((directory / "facts.json").read_text())["ledger"]
    return [f"local-{name}-key" for name in PROVIDERS] + [e["prompt"] or "" for e in ledger]
