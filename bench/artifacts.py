"""The built functions and layers, as Lambda unpacks them, and processes that run them."""

import importlib.util
import io
import os
import shutil
import subprocess
import sys
import time
import venv
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3

from bench.progress import each
from tools.template import RESOURCES, TEMPLATE

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / ".aws-sam" / "local"
LAYERS = ("DependenciesLayer", "SharedLayer")
IMAGING = "ImagingLayer"
STAMP = (1980, 1, 1, 0, 0, 0)  # what `sam package` gives every file
# What Lambda's own runtime brings along.
RUNTIME = ("boto3", "botocore", "s3transfer", "urllib3", "dateutil", "six.py")
# What the template says to every function, as far as it is known before it is deployed.
SAID = {
    name: value
    for name, value in TEMPLATE["Globals"]["Function"]["Environment"]["Variables"].items()
    if isinstance(value, str)
}
QUIET = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def names(kind: str) -> list[str]:
    """The artifacts of a kind, Function or Layer."""
    return sorted(path.name for path in BUILD.glob(f"*{kind}") if path.is_dir())


def folder(verb: str) -> str:
    return f"{verb.capitalize()}Function"


def files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file())


def zipped(*directories: Path) -> bytes:
    """One archive, as `sam package` makes it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for directory in directories:
            for path in files(directory):
                entry = zipfile.ZipInfo(str(path.relative_to(directory)), STAMP)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    return content.getvalue()


class Unpacked:
    """The artifacts in a folder of their own, every file with the stamp of its archive."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        for name in [*names("Function"), *names("Layer")]:
            target = directory / name
            with zipfile.ZipFile(io.BytesIO(zipped(BUILD / name))) as archive:
                archive.extractall(target)
            stamp = time.mktime((*STAMP, 0, 0, 0))
            for path in files(target):
                os.utime(path, (stamp, stamp))
        # An environment of its own and empty: nobody's site-packages are in the way, or help out.
        venv.create(directory / "venv", with_pip=False)
        self.python = directory / "venv" / "bin" / "python"
        self._runtime = directory / "runtime"
        self._runtime.mkdir()
        for name in RUNTIME:
            (self._runtime / name).symlink_to(Path(boto3.__file__).parents[1] / name)

    def layer(self, name: str) -> Path:
        return self.directory / name / "python"

    def environment(self, verb: str) -> dict[str, str]:
        own = RESOURCES[folder(verb)]["Properties"].get("Layers", [])
        layers = [*LAYERS, *(layer["Ref"] for layer in own)]
        paths = [*map(self.layer, layers), self._runtime]
        return {
            **QUIET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "PYTHONPATH": ":".join(map(str, paths)),
            "PYTHONDONTWRITEBYTECODE": "1",
            **SAID,
        }

    def run(self, verb: str, code: str, environment: Mapping[str, str] = {}) -> float:
        """Seconds that a Python takes to start, to do this beside the function, and to end."""
        environ = self.environment(verb) | dict(environment)
        return _timed(self.python, code, environ, self.directory / folder(verb))

    def empty(self) -> float:
        return _timed(self.python, "pass", self.environment("poll"), self.directory)

    def cold(self, verb: str, code: str, pairs: int, environment: Mapping[str, str] = {}) -> float:
        """How many empty Pythons a process takes: the median of pairs."""
        self.run(verb, code, environment)  # the disk's cache is warm for all
        ratios = []
        for _ in each(range(pairs), f"{verb}: {code.strip().splitlines()[0]}"):
            empty = self.empty()
            ratios.append(self.run(verb, code, environment) / empty)
        return median(ratios)

    def recompile(self) -> None:
        """Bytecode that belongs to the files as they lie here."""
        for cached in list(self.directory.rglob("__pycache__")):
            shutil.rmtree(cached)
        places = [self.directory / name for name in [*names("Function"), *names("Layer")]]
        command = [sys.executable, "-m", "compileall", "-q", *map(str, places)]
        subprocess.run(command, check=True)


@contextmanager
def unpacked() -> Iterator[Unpacked]:
    with TemporaryDirectory(prefix="plantain-bench-") as directory:
        yield Unpacked(Path(directory))


def function(verb: str) -> Any:
    """A built function's module, in this process."""
    path = BUILD / folder(verb) / "app.py"
    spec = importlib.util.spec_from_file_location(f"built_{verb}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def require_built() -> None:
    """The package must be the built one: a benchmark of the source tree says little."""
    import plantain

    if BUILD not in Path(str(plantain.__file__)).parents:
        sys.exit(f"Run it with `make bench`: plantain is {plantain.__file__}, not the built one.")


def median(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def _timed(python: Path, code: str, environ: Mapping[str, str], directory: Path) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        [python, "-c", code], env=dict(environ), cwd=directory, capture_output=True
    )
    took = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return took
