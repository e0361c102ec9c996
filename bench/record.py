"""bench/results.json: what was measured last, and what a check compares its counts with."""

import json
from dataclasses import asdict
from pathlib import Path

from bench.figure import Figure

PLACE = Path(__file__).parent / "results.json"
Recorded = dict[str, list[Figure]]


def load() -> Recorded:
    if not PLACE.exists():
        return {}
    held = json.loads(PLACE.read_text())
    return {row: [Figure(**figure) for figure in figures] for row, figures in held.items()}


def save(recorded: Recorded) -> None:
    held = {row: [asdict(figure) for figure in figures] for row, figures in recorded.items()}
    PLACE.write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n")


def regressions(recorded: list[Figure], measured: list[Figure]) -> list[str]:
    """What is counted now, and is more than it was."""
    known = {figure.name: figure for figure in recorded}
    found = []
    for figure in measured:
        if not figure.counted:
            continue
        if figure.name not in known:
            found.append(f"{figure.name}: not recorded yet; run `make bench`")
        elif figure.ours > known[figure.name].ours * (1 + figure.slack) + 1e-6:
            was = known[figure.name].ours
            found.append(
                f"{figure.name}: {figure.ours:g} {figure.unit}, and was {was:g}. "
                "If that is wanted, `make bench` records it."
            )
    return found
