"""Somebody who uses the command `plantain`, in a folder of their own."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.e2e.cloud import Cloud
from tests.e2e.process import ROOT
from tests.e2e.terminal import Terminal

PLANTAIN = Path(sys.executable).with_name("plantain")
README = (ROOT / "client/README.md").read_text()


class User:
    """Somebody with a folder, who knows the API's address and a key."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        self.cloud, self.folder = cloud, folder
        self.environ = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "PLANTAIN_URL": cloud.url,
            "PLANTAIN_API_KEY": cloud.key,
            "LOCAL_DIR": str(cloud.directory),
        }

    def start(self, *words: str, **environ: str) -> subprocess.Popen[str]:
        return self.start_in(".", [str(PLANTAIN), *words], **environ)

    def start_in(self, folder: str, command: list[str], **environ: str) -> subprocess.Popen[str]:
        (self.folder / folder).mkdir(exist_ok=True)
        return subprocess.Popen(
            command,
            cwd=self.folder / folder,
            env={**self.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, **environ: str) -> tuple[int, str, str]:
        """The exit code, and what was printed and told."""
        return ended(self.start(*words, **environ))

    def sit_down(self, *words: str, columns: int = 80) -> Terminal:
        return Terminal([str(PLANTAIN), *words], self.folder, self.environ, columns)

    def made(self, words: str, *more: str) -> str:
        """The id of a task that has made a picture of these words."""
        given = ("generate", f"{words} [sim: fast]", "--json", "-o", ".", *more)
        code, out, err = self.run(*given)
        assert code == 0, err
        return str(json.loads(out)["taskId"])

    def assert_can_fetch(self, told: str) -> None:
        """By the very command that was told."""
        (command,) = re.findall(r"The task goes on. To get it: plantain (.*)", told)
        code, out, err = self.run(*shlex.split(command))
        assert code == 0, err
        assert (self.folder / out.strip()).exists()

    def charged(self, words: str) -> int:
        """How often a picture of these words was paid for."""
        entries = self.cloud.ledger()
        return sum(bool(each["charged"]) for each in entries if words in (each["prompt"] or ""))


def blocks(language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err
