"""docs/architecture.md has a room for every module, and none for what is not there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers" / "shared" / "plantain"
ROOM = re.compile(r"`(\w+(?:\.py|/))`")


def test_every_module_has_one_room() -> None:
    _, _, rooms = (ROOT / "docs" / "architecture.md").read_text().partition("\n## The rooms\n")
    rows = re.findall(r"^\| (.+?) \|", rooms.partition("\n## ")[0], re.MULTILINE)
    modules = [path.name for path in PACKAGE.glob("*.py") if path.stem != "__init__"]
    packages = [f"{path.parent.name}/" for path in PACKAGE.glob("*/__init__.py")]
    assert sorted(ROOM.findall(" ".join(rows))) == sorted([*modules, *packages])
