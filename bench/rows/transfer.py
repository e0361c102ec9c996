"""A picture of 25 MB on its way into the bucket, in a process of its own.

By how much its peak of memory grows, and its CPU beside reading all of it and then putting it with
the SDK, over plain HTTP to the emulator, but signed as over TLS. Decoding is left out: its memory
is stated in the template.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import artifacts
from bench.figure import Figure, Scale
from plantain.storage import CHUNK
from tests.emulator import running_emulator

CODE = Path(__file__).with_name("_transfer.py")
MIB = 2**20


def measure(_: Scale) -> Iterator[Figure]:
    with (
        TemporaryDirectory(prefix="plantain-bench-") as directory,
        running_emulator(Path(directory)) as emulator,
    ):
        environ = emulator.environment | {
            "PYTHONPATH": f"{artifacts.BUILD / 'SharedLayer' / 'python'}:{artifacts.ROOT}",
            "IMAGE_BUCKET": emulator.bucket,
        }
        one = _run("keep", 1, environ)
        four = _run("keep", 4, environ)
        whole = _run("whole", 1, environ)
    yield Figure(
        name="Memory that one picture of 25 MB takes on its way into S3",
        ours=round(one[0] / MIB, 2),
        unit="MiB",
        goal=2,
        further=1,
        floor=f"{CHUNK / MIB:.2f} MiB: the piece at hand",
        others={"read all, then put": round(whole[0] / MIB, 2)},
    )
    yield Figure(
        name="Memory that four of them take at once",
        ours=round(four[0] / MIB, 2),
        unit="MiB",
        goal=4,
        further=1,
        floor=f"{4 * CHUNK / MIB:.2f} MiB: a piece for each",
    )
    yield Figure(
        name="CPU of one of them",
        ours=one[1] / whole[1],
        unit="× reading all, then putting it",
        goal=0.8,
        further=0.4,
    )


def _run(way: str, at_once: int, environ: dict[str, str]) -> tuple[int, float]:
    """Bytes by which the peak grew, and seconds of CPU."""
    command = [sys.executable, str(CODE), way, str(at_once)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    grown, seconds = done.stdout.split()[-2:]
    return int(grown), float(seconds)
