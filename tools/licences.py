"""Lists the licences of what ships in the layers, and refuses one that nobody agreed to.

They are read from the development environment, which has the same: python -m tools.licences.
"""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

LAYERS = Path(__file__).parent.parent / "layers"
# All of them may go with programs of any licence, as long as their own text stays with them.
AGREED = frozenset({"BSD-3-Clause", "MIT", "MIT-CMU", "MPL-2.0", "PSF-2.0"})
_PIN = re.compile(r"^([a-z0-9._-]+)==([^\s\\;]+)", re.MULTILINE)


def pins(locked: str) -> list[tuple[str, str]]:
    """Names and versions in a file of pinned requirements."""
    return [(name, version) for name, version in _PIN.findall(locked)]


def licence(name: str, version: str) -> str:
    """What a package says of itself, or that it cannot be told."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return "not installed: make setup"
    if found.version != version:
        return f"not {version} but {found.version} is installed: make lock"
    said = found.metadata.json
    return str(said.get("license_expression") or said.get("license") or "does not say")


def table(locked: str) -> Iterator[tuple[str, str, str]]:
    yield from ((name, version, licence(name, version)) for name, version in pins(locked))


def main() -> int:
    files = sorted(LAYERS.glob("*/requirements.txt"))
    rows = [row for file in files for row in table(file.read_text())]
    refused = [row for row in rows if row[2] not in AGREED]
    print("\n".join(f"{name:<24} {version:<12} {said}" for name, version, said in refused or rows))
    if refused:
        print("Nobody agreed to these: leave the package out, or add its licence to AGREED.")
    return bool(refused)


if __name__ == "__main__":
    sys.exit(main())
