"""Throws hostile bytes at one target after the other, for as long as it is told.

    python -m tests.fuzz.run --seconds 300 [--target picture]

Each target runs in a process of its own, within a bound on memory and on the time that one input
may take; its seeds are made by code. Ends with 1, and the bytes in a file, if anything else than
what is meant comes of an input.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

NAMES = ("picture", "answer", "wire", "url")
MEMORY_MB = 824  # what a decoder may take of the function's 1024
LONGEST = 20  # seconds over one input


def main() -> int:
    options = argparse.ArgumentParser(description="Fuzz the parsers of what others send.")
    options.add_argument("--seconds", type=int, default=300, help="for all targets together")
    options.add_argument("--target", choices=NAMES, help="only this one")
    options.add_argument("--found", type=Path, default=Path(".local/fuzz"), help="where bytes go")
    given = options.parse_args()
    given.found.mkdir(parents=True, exist_ok=True)
    names = [given.target] if given.target else NAMES
    seconds = max(1, given.seconds // len(names))
    return max(_begin(name, seconds, given.found) for name in names)


def _begin(name: str, seconds: int, found: Path) -> int:
    print(f"── {name}, {seconds} s", flush=True)
    with tempfile.TemporaryDirectory() as seeds:
        limits = [
            *(f"-max_total_time={seconds}", f"-timeout={LONGEST}", f"-rss_limit_mb={MEMORY_MB}"),
            *(f"-artifact_prefix={found}/{name}-", "-max_len=100000", "-print_final_stats=1"),
        ]
        command = [sys.executable, "-m", "tests.fuzz.run", "--child", name, seeds, *limits]
        return min(1, abs(subprocess.run(command, check=False).returncode))


def _child(name: str, seeds: str, limits: list[str]) -> None:
    with atheris.instrument_imports(include=["plantain", "PIL", "httpx", "httpcore", "h11"]):
        from tests.fuzz.targets import TARGETS
    target, contents = TARGETS[name]
    for number, content in enumerate(contents):
        (Path(seeds) / str(number)).write_bytes(content)
    atheris.Setup([name, *limits, seeds], target)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(sys.argv[2], sys.argv[3], sys.argv[4:])
    else:
        sys.exit(main())
