"""What docs/webhooks.md tells a client to do works as it stands."""

import json
import re
import shutil
import subprocess
import time
from typing import Any

import pytest

from plantain.settings import Settings
from plantain.signatures import headers_of, new_secret
from tests.unit.samples import ROOT
from tools.template import PARAMETERS

TEXT = (ROOT / "docs" / "webhooks.md").read_text()
BODY = '{"prompt": "香蕉"}'.encode()


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    return str(found)


def cases() -> list[tuple[str, dict[str, str], bytes, bool]]:
    old, new = new_secret(), new_secret()
    now = int(time.time())
    both = headers_of("evt_1", now, BODY, [new, old])
    stale = headers_of("evt_1", now - 1000, BODY, [new])
    return [
        (new, both, BODY, True),
        (old, both, BODY, True),
        (new_secret(), both, BODY, False),
        (new, both, BODY + b" ", False),
        (new, stale, BODY, False),
    ]


def test_the_python_snippet_verifies() -> None:
    defined: dict[str, Any] = {}
    exec(block("python"), defined)
    for secret, headers, body, good in cases():
        assert defined["verify"](secret, headers, body) is good


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_the_node_snippet_verifies() -> None:
    given = [[secret, headers, body.decode()] for secret, headers, body, _ in cases()]
    check = "given.map(([s, h, b]) => verify(s, h, Buffer.from(b)))"
    script = f"{block('js')} const given = {json.dumps(given)}; console.log({check}.join());"
    said = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    assert said.stdout.strip().split(",") == [str(good).lower() for *_, good in cases()]


def test_the_schedule_is_told_as_it_is() -> None:
    delays = Settings(webhook_delays=PARAMETERS["WebhookDelays"]["Default"]).delays
    assert f"There are {len(delays) + 1} tries" in TEXT
    told = ["5 s", "30 s", "2 min", "10 min", "30 min", "1 h", "2 h", "4 h", "8 h"]
    units = {"s": 1, "min": 60, "h": 3600}
    seconds = [int(n) * units[unit] for n, unit in (each.split() for each in told)]
    assert ", ".join(told) in TEXT.replace("\n", " ")
    assert delays == seconds + [43_200] * (len(delays) - len(seconds))
