"""Looks at a picture before it is kept: magic bytes, size in pixels, and a full decode."""

import warnings
from typing import IO

from PIL import Image, UnidentifiedImageError

from plantain.errors import ImageInvalid

FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
MAX_PIXELS = 64_000_000
MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")


def inspect(file: IO[bytes]) -> tuple[str, int, int]:
    """The content type, width and height of a picture that decodes to its last row."""
    if not file.read(8).startswith(MAGIC):
        raise ImageInvalid("not a PNG, JPEG or WebP")
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _decode(file)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise ImageInvalid(f"does not decode: {type(error).__name__}") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageInvalid("too many pixels") from error


def _decode(file: IO[bytes]) -> tuple[str, int, int]:
    with Image.open(file, formats=tuple(FORMATS)) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise ImageInvalid("too many pixels")
        image.load()
        # Pillow calls a JPEG that holds a second picture MPO.
        kind = "JPEG" if image.format == "MPO" else image.format or ""
        return FORMATS[kind], width, height
