"""Looks at a picture before it is kept: how it is put together, its size, and a full decode."""

import io
import warnings
from typing import IO

from PIL import Image, UnidentifiedImageError

from plantain.anatomy import bones
from plantain.errors import ImageInvalid

CONTENT_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
MAX_PIXELS = 36_000_000  # twice a square of 4K; a WebP takes 16 bytes a pixel to decode

Image.MAX_IMAGE_PIXELS = MAX_PIXELS


def inspect(file: IO[bytes]) -> tuple[str, int, int]:
    """The content type, width and height of a picture that decodes to its last row."""
    kind, shown = bones(file.read())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            width, height = _decode(kind, shown)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise ImageInvalid(f"does not decode: {type(error).__name__}") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageInvalid("too many pixels") from error
    return CONTENT_TYPES[kind], width, height


def _decode(kind: str, shown: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(shown), formats=[kind]) as image:
        if getattr(image, "n_frames", 1) > 1:
            raise ImageInvalid("is more than one picture")
        image.load()
        return image.size
