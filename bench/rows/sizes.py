"""How much is deployed: bytes of the archives, without what the runtime brings."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import artifacts
from bench.figure import Figure, Scale

MIB = 2**20


def measure(_: Scale) -> Iterator[Figure]:
    deployed = [*artifacts.names("Function"), *artifacts.LAYERS]
    ours = sum(len(artifacts.zipped(artifacts.BUILD / name)) for name in deployed)
    yield Figure(
        name="Size of all that is deployed, zipped",
        ours=ours / MIB,
        unit="MiB",
        goal=6.2,
        further=4.8,
        floor="1.9 MiB: pydantic's compiled core alone",
        others={"the same wheels, unpacked and zipped as they are": _wheels() / MIB},
        counted=True,
        slack=0.02,
        note="without boto3, which the runtime brings, and the imaging layer, which only "
        "`advance` and `thumbnail` have; with bytecode, which the wheels do not have",
    )
    imaging = len(artifacts.zipped(artifacts.BUILD / artifacts.IMAGING)) / MIB
    yield Figure("The imaging layer, zipped", imaging, "MiB", counted=True, slack=0.02)


def _wheels() -> int:
    """The wheels of the dependencies layer and our own source, with nothing taken out or added."""
    (wheels,) = (artifacts.ROOT / ".aws-sam" / "wheels").glob("*")
    with TemporaryDirectory() as directory:
        for path in wheels.glob("*.whl"):
            if not path.name.lower().startswith("pillow"):
                with zipfile.ZipFile(path) as archive:
                    archive.extractall(directory)
        return len(artifacts.zipped(Path(directory))) + _source()


def _source() -> int:
    package = artifacts.ROOT / "layers" / "shared" / "plantain"
    with TemporaryDirectory() as directory:
        for path in artifacts.files(package):
            if "__pycache__" not in path.parts:
                target = Path(directory) / path.relative_to(package)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
        return len(artifacts.zipped(Path(directory)))
