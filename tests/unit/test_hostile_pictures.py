"""No picture does harm: what may is refused in clear words, what may not is kept as it is."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from plantain.errors import ImageInvalid
from plantain.imaging import MAX_PIXELS, inspect
from tests.unit.hostile_pictures import KEPT, REFUSED, SIDE, heaviest

BAD = [(why, name) for why, named in REFUSED.items() for name in named]
MEMORY = 1024 * 1024 * 1024  # what the function that decodes has
OF_LAMBDA = 200 * 1024 * 1024  # for the runtime, the SDK, and the rest of us

WEIGH = f"""
import re, resource, sys
from plantain.errors import ImageInvalid
from plantain.imaging import inspect
resource.setrlimit(resource.RLIMIT_AS, (2 * {MEMORY}, 2 * {MEMORY}))
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        try:
            print(*inspect(file))
        except ImageInvalid as error:
            print(error)
print(1024 * int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]))
"""


@pytest.mark.parametrize(("why", "name"), BAD)
def test_what_may_do_harm_is_refused_and_says_why(why: str, name: str) -> None:
    with pytest.raises(ImageInvalid, match=why):
        inspect(io.BytesIO(REFUSED[why][name]))


@pytest.mark.parametrize("name", KEPT)
def test_what_is_hidden_where_nobody_looks_is_let_be(name: str) -> None:
    content_type, width, height = inspect(io.BytesIO(KEPT[name]))
    assert content_type in ("image/png", "image/jpeg", "image/webp")
    assert width * height > 0


def weigh(folder: Path, pictures: dict[str, bytes]) -> tuple[list[str], int]:
    """What is said of each, and the most memory that it took, in a process of its own."""
    paths = [folder / str(number) for number in range(len(pictures))]
    for path, content in zip(paths, pictures.values(), strict=True):
        path.write_bytes(content)
    ended = subprocess.run(
        [sys.executable, "-c", WEIGH, *map(str, paths)],
        capture_output=True,
        text=True,
        check=True,
    )
    *said, peak = ended.stdout.splitlines()
    return said, int(peak)


def test_the_largest_pictures_fit_into_the_memory_there_is(tmp_path: Path) -> None:
    said, peak = weigh(tmp_path, heaviest())
    assert [line.split(" ", 1)[1] for line in said] == [f"{SIDE} {SIDE}"] * 3
    assert SIDE**2 == MAX_PIXELS
    assert peak < MEMORY - OF_LAMBDA


def test_bombs_do_not_go_off(tmp_path: Path) -> None:
    bombs = {name: content for name, content in KEPT.items() if "bomb" in name}
    said, peak = weigh(tmp_path, bombs | REFUSED["too many pixels"])
    assert len(bombs) >= 5
    assert len(said) == len(bombs) + len(REFUSED["too many pixels"])
    assert peak < 100 * 1024 * 1024
