"""Words for a terminal: never wider than it is, never more than words."""

import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

COLOURS = {"succeeded": 32, "failed": 31, "cancelled": 31, "queued": 33, "processing": 33}


def columns(stream: TextIO) -> int | None:
    """The width of the terminal; None if it is none, and nothing has to be cut."""
    if not stream.isatty():
        return None
    if given := os.environ.get("COLUMNS", ""):
        return int(given) if given.isdecimal() and int(given) else 80
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except OSError:
        return shutil.get_terminal_size().columns


def plain(text: str) -> str:
    """One line, and nothing in it that a terminal would obey."""
    words = " ".join(text.split())
    return "".join(each for each in words if unicodedata.category(each) not in ("Cc", "Cf", "Cs"))


def cut(text: str, width: int | None) -> str:
    """As much as has room, an ellipsis at its end if that is not all."""
    if width is None or _width(text) <= width:
        return text
    while text and _width(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(each) else 1 + (unicodedata.east_asian_width(each) in "WF")
        for each in text
    )


def paint(text: str, status: str, stream: TextIO) -> str:
    """In the colour of a status, where colours are seen and wanted."""
    dull = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty()
    return text if dull or status not in COLOURS else f"\033[{COLOURS[status]}m{text}\033[0m"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as they need, the last one cut where the terminal ends."""
    lines = [tuple(map(plain, row)) for row in rows]
    widths = [max(map(_width, column)) for column in zip(heads, *lines, strict=True)]
    room = columns(sys.stdout)
    for line in (heads, *lines) if room else lines:
        padded = [
            each + " " * (width - _width(each)) for each, width in zip(line, widths, strict=True)
        ]
        text = cut("  ".join(padded).rstrip(), room)
        status = next((each for each in line if each in COLOURS), "")
        print(text.replace(status, paint(status, status, sys.stdout), 1), flush=True)


def note(text: str) -> None:
    """Something for a person, beside what the command was asked for."""
    print(text, file=sys.stderr, flush=True)


def as_json(told: Any, *, indent: int | None = 2) -> None:
    print(json.dumps(told, indent=indent, ensure_ascii=False), flush=True)


def ago(moment: datetime) -> str:
    seconds = max(0, int((datetime.now(UTC) - moment).total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
