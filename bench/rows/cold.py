"""Cold starts: whole processes, each in a pair with a Python that does nothing."""

from collections.abc import Iterator

from bench import artifacts
from bench.figure import Figure, Scale
from bench.progress import each

IMPORT = "import app"
UNENDED = "import app, os; os._exit(0)"
GOALS = {"callback": (10, 6), "advance": (15, 10), "poll": (15, 10), "publish": (15, 10)}
BARE = "import boto3; boto3.client('sqs')"


def measure(scale: Scale) -> Iterator[Figure]:
    with artifacts.unpacked() as unpacked:
        for verb, (goal, further) in GOALS.items():
            yield Figure(
                name=f"Cold import of {verb}",
                ours=unpacked.cold(verb, IMPORT, scale.pairs),
                unit="× an empty Python",
                goal=goal,
                further=further,
                floor="1 ×",
            )
        yield Figure(
            name="For comparison: advance without the end of its process, which Lambda never sees",
            ours=unpacked.cold("advance", UNENDED, scale.pairs),
            unit="× an empty Python",
        )
        yield Figure(
            name="For comparison: boto3 and one of its clients, nothing else",
            ours=unpacked.cold("callback", BARE, scale.pairs),
            unit="× an empty Python",
        )
        yield from _bytecode(unpacked, scale.pairs)


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
