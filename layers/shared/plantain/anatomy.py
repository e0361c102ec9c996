"""How pictures are put together: looked at before anything is decoded. Pure.

A decoder is shown only what makes the picture. What tells of it (colour profiles, Exif, texts, who
made it) is kept and never read, so it can neither grow in memory nor take our time.
"""

import re
import struct
from itertools import repeat

from plantain.errors import ImageInvalid

MAX_PARTS = 20_000  # at 8 KiB each, as PNGs are often cut, more than a file may have
MAX_SCANS = 64  # of a progressive JPEG; ten are usual, and each takes a look at every pixel
MAX_PICTURES = 8  # in one JPEG file: previews, and maps for brighter screens

_PNG_SHOWN = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_JPEG_HIDDEN = frozenset(range(0xE1, 0xFF)) - {0xEE}  # Adobe's tells how colours are meant
_SCAN, _END = 0xDA, 0xD9
_MARKER = re.compile(rb"\xff{1,16}([\xc0-\xcf\xd9-\xfe])")
_AFTER_SCAN = re.compile(rb"\xff([\xc0-\xcf\xd9-\xfe])")
_PADDING = re.compile(rb"[\0\t\n\r ]*")


def bones(content: bytes) -> tuple[str, bytes]:
    """The format, and the file without what only tells of the picture.

    Refused is what is cut off, what moves, what is made to keep its decoder busy, and what goes on
    after its end: such a file may be something else as well, a page, a script or an archive.
    """
    try:
        kind, shown, end = _dissected(content)
    except struct.error as error:
        raise ImageInvalid("is cut off") from error
    if end > len(content):
        raise ImageInvalid("is cut off")
    if _after_padding(content, end) < len(content):
        raise ImageInvalid("goes on after the picture")
    return kind, shown


def _dissected(content: bytes) -> tuple[str, bytes, int]:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG", *_png(content)
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG", *_jpegs(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "WEBP", content, 8 + struct.unpack_from("<I", content, 4)[0]
    raise ImageInvalid("not a PNG, JPEG or WebP")


def _png(content: bytes) -> tuple[bytes, int]:
    view = memoryview(content)
    shown, place = [view[:8]], 8
    for _ in repeat(None, MAX_PARTS):
        size, kind = struct.unpack_from(">I4s", content, place)
        if kind == b"acTL":
            raise ImageInvalid("is more than one picture")
        after = place + 12 + size
        if kind in _PNG_SHOWN:
            shown.append(view[place:after])
        if kind == b"IEND":
            return b"".join(shown), after
        place = after
    raise ImageInvalid("is in too many parts")


def _jpegs(content: bytes) -> tuple[bytes, int]:
    shown, end = _jpeg(content, 0)
    for _ in repeat(None, MAX_PICTURES - 1):
        begin = _after_padding(content, end)
        if not content.startswith(b"\xff\xd8\xff", begin):
            break
        _, end = _jpeg(content, begin)
    return shown, end


def _jpeg(content: bytes, begin: int) -> tuple[bytes, int]:
    view, place, scans = memoryview(content), begin + 2, 0
    shown, code = [view[begin:place]], 0
    for _ in repeat(None, MAX_PARTS):
        marker = (_AFTER_SCAN.search if code == _SCAN else _MARKER.match)(content, place)
        if marker is None:
            raise ImageInvalid("is cut off" if code == _SCAN else "is in no order")
        if code == _SCAN:
            shown.append(view[place : marker.start()])
        code = marker[1][0]
        if code == _END:
            return b"".join([*shown, b"\xff\xd9"]), marker.end()
        place = marker.end() + struct.unpack_from(">H", content, marker.end())[0]
        scans += code == _SCAN
        if scans > MAX_SCANS:
            break
        if code not in _JPEG_HIDDEN:
            shown.append(view[marker.start() : place])
    raise ImageInvalid("is in too many parts")


def _after_padding(content: bytes, place: int) -> int:
    padding = _PADDING.match(content, place)
    return padding.end() if padding else place
