"""What is measured is what was built, alone, and as Lambda would run it."""

import shutil
from pathlib import Path

import pytest

from bench import artifacts
from bench.figure import Scale
from bench.rows import sizes


def test_the_wheels_of_other_builds_are_not_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the processor that is deployed to, and those that an upgrade has left behind."""
    (before, *_) = sizes.measure(Scale())
    shutil.copytree(sizes.WHEELS / sizes.MACHINE, tmp_path / sizes.MACHINE)
    (tmp_path / "other").mkdir()
    (tmp_path / sizes.MACHINE / "httpx-0.1.0-py3-none-any.whl").write_bytes(b"")
    monkeypatch.setattr(sizes, "WHEELS", tmp_path)
    (after, *_) = sizes.measure(Scale())
    assert after == before


def test_every_function_is_imported_from_what_was_built_alone() -> None:
    """Without this environment's packages: what the layers leave out is really not needed."""
    imports = "".join(
        f"spec = util.spec_from_file_location('{name}', '../{name}/app.py')\n"
        "spec.loader.exec_module(util.module_from_spec(spec))\n"
        for name in artifacts.names("Function")
    )
    late = "import plantain.imaging, idna, httpx; httpx.create_ssl_context()"
    with artifacts.unpacked() as unpacked:
        unpacked.run("advance", f"from importlib import util\n{imports}{late}")
        unpacked.run("submit", "import idna; idna.encode('bücher.example')")


def test_what_a_function_imported_is_not_searched_for_garbage_and_all_later_is() -> None:
    """Whichever it is: Lambda's own runtime does no more than this."""
    watch = (
        "import gc; held = []; gc.callbacks.append(lambda *_: held.append(gc.get_freeze_count()))"
    )
    look = "import app; assert gc.isenabled(); assert gc.get_freeze_count() > 10_000"
    with artifacts.unpacked() as unpacked:
        for name in artifacts.names("Function"):
            verb = name.removesuffix("Function").lower()
            unpacked.run(verb, f"{watch}\n{look}; assert 0 not in held, '{verb}'")
