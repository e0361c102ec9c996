"""How much is deployed: bytes of the archives, without what the runtime brings."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import artifacts
from bench.figure import Figure, Scale
from local.build import host_architecture

MIB = 2**20
WHEELS = artifacts.ROOT / ".aws-sam" / "wheels"
MACHINE = "aarch64" if host_architecture() == "arm64" else "x86_64"
PINNED = (artifacts.ROOT / "layers" / "dependencies" / "requirements.txt").read_text()


def measure(_: Scale) -> Iterator[Figure]:
    deployed = [*artifacts.names("Function"), *artifacts.LAYERS]
    ours = sum(len(artifacts.zipped(artifacts.BUILD / name)) for name in deployed)
    yield Figure(
        name="Size of the functions and the two layers that all have, zipped",
        ours=ours / MIB,
        unit="MiB",
        goal=6.2,
        further=4.8,
        floor=f"{_core() / MIB:.1f} MiB: pydantic's compiled core alone",
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
    with TemporaryDirectory() as directory:
        for name, version in re.findall(r"^([\w-]+)==([\w.]+)", PINNED, re.MULTILINE):
            named = f"{name.replace('-', '_')}-{version}-*.whl"
            (path,) = (WHEELS / MACHINE).glob(named)  # beside those of other builds
            with zipfile.ZipFile(path) as archive:
                archive.extractall(directory)
        return len(artifacts.zipped(Path(directory))) + _source()


def _core() -> int:
    (core,) = (artifacts.BUILD / "DependenciesLayer").rglob("_pydantic_core*.so")
    return len(zlib.compress(core.read_bytes()))


def _source() -> int:
    package = artifacts.ROOT / "layers" / "shared" / "plantain"
    with TemporaryDirectory() as directory:
        for path in artifacts.files(package):
            if "__pycache__" not in path.parts:
                target = Path(directory) / path.relative_to(package)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
        return len(artifacts.zipped(Path(directory)))
