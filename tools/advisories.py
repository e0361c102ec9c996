"""Asks for known advisories about every pinned package: python -m tools.advisories.

This is the one check that needs the network; without it, it says so and stands in nobody's way.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
AUDIT = [str(ROOT / ".venv/audit/bin/pip-audit"), "--format=json", "--progress-spinner=off"]
# Advisories that do not concern us, each with the reason: {"GHSA-…": "we never call it"}.
ACCEPTED: dict[str, str] = {}

Json = dict[str, Any]


def ask(pins: Path) -> list[Json] | None:
    """What is known of each package; None where nobody answers."""
    command = [*AUDIT, "--require-hashes", "--disable-pip", "--requirement", str(pins)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found: list[Json] = json.loads(answer.stdout)["dependencies"]
    except ValueError:
        return None
    return found


def concerns(packages: list[Json]) -> Iterator[str]:
    """A line for each advisory that nobody has accepted."""
    for package in packages:
        for advisory in package.get("vulns", []):
            if not {advisory["id"], *advisory["aliases"]} & ACCEPTED.keys():
                mended = ", ".join(advisory["fix_versions"]) or "no version yet"
                named = f"{package['name']} {package['version']}"
                yield f"{named}: {advisory['id']}, mended in {mended}"


def report(name: str, packages: list[Json] | None) -> tuple[str, bool]:
    """What to say about a file of pins, and whether something must be done."""
    if packages is None:
        return f"{name}: NOT CHECKED, the index of advisories could not be asked", False
    if found := list(concerns(packages)):
        return "\n".join((f"{name}: `make lock UPGRADE=1`, or accept", *found)), True
    unknown = sum("skip_reason" in package for package in packages)
    told = f"{name}: {len(packages) - unknown} packages without known advisories"
    return told + (f"; NOT CHECKED, unknown to the index: {unknown}" if unknown else ""), False


def main() -> int:
    files = sorted((*ROOT.glob("layers/*/requirements.txt"), *ROOT.glob("requirements/*.txt")))
    with ThreadPoolExecutor() as pool:
        known = dict(zip(files, pool.map(ask, files), strict=True))
    reports = [report(str(file.relative_to(ROOT)), known[file]) for file in files]
    print("\n".join(said for said, _ in reports))
    return any(bad for _, bad in reports)


if __name__ == "__main__":
    sys.exit(main())
