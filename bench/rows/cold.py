"""Cold starts: whole processes, each in a pair with a Python that does nothing."""

from collections.abc import Iterator

from bench import artifacts
from bench.figure import Figure, Scale
from bench.progress import each

IMPORT = "import app"
GOALS = {"callback": (10, 6), "advance": (15, 10), "poll": (15, 10), "publish": (15, 10)}
BARE = "import boto3; boto3.client('sqs')"


def measure(scale: Scale) -> Iterator[Figure]:
    with artifacts.unpacked() as unpacked:
        for verb, (goal, further) in GOALS.items():
            yield Figure(
                name=f"Cold import of {verb}",
                ours=_ratio(unpacked, verb, IMPORT, scale.pairs),
                unit="× an empty Python",
                goal=goal,
                further=further,
                floor="1 ×",
            )
        yield Figure(
            name="For comparison: boto3 and one of its clients, nothing else",
            ours=_ratio(unpacked, "callback", BARE, scale.pairs),
            unit="× an empty Python",
        )
        yield from _bytecode(unpacked, scale.pairs)


def _ratio(unpacked: artifacts.Unpacked, verb: str, code: str, pairs: int) -> float:
    unpacked.run(verb, code)  # the disk's cache is warm for all
    ratios = []
    for _ in each(range(pairs), f"{verb}: {code}"):
        empty = unpacked.empty()
        ratios.append(unpacked.run(verb, code) / empty)
    return artifacts.median(ratios)


def _bytecode(ours: artifacts.Unpacked, pairs: int) -> Iterator[Figure]:
    with artifacts.unpacked() as recompiled:
        recompiled.recompile()
        recompiled.run("submit", IMPORT)
        ratios = []
        for _ in each(range(pairs), "submit: as packaged, and recompiled"):
            fresh = recompiled.run("submit", IMPORT)
            ratios.append(ours.run("submit", IMPORT) / fresh)
    yield Figure(
        name="Bytecode survives packaging",
        ours=artifacts.median(ratios),
        unit="× the import after recompiling in place",
        goal=1.05,
        further=1.0,
        floor="1 ×",
    )
