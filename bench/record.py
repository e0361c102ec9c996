"""bench/results.json: what was measured last, and what a check compares its counts with."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.figure import Figure

PLACE = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class Measured:
    """A row's figures, and where they were found: another row may be of another day."""

    where: str
    figures: list[Figure]


Recorded = dict[str, Measured]


def load() -> Recorded:
    if not PLACE.exists():
        return {}
    held = json.loads(PLACE.read_text())
    return {
        name: Measured(row["where"], [Figure(**figure) for figure in row["figures"]])
        for name, row in held.items()
    }


def save(recorded: Recorded) -> None:
    """All at once: a run that is ended here leaves what was there before."""
    held = {name: asdict(row) for name, row in recorded.items()}
    written = PLACE.with_suffix(".new")
    written.write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n")
    written.replace(PLACE)


def regressions(recorded: list[Figure], measured: list[Figure]) -> list[str]:
    """What is counted now, and is more than it was; what was counted, and is not any more."""
    known = {figure.name: figure for figure in recorded if figure.counted}
    gone = known.keys() - {figure.name for figure in measured if figure.counted}
    found = [f"{name}: not counted any more; run `make bench`" for name in sorted(gone)]
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
