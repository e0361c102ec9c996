"""A picture is kept only if it decodes to its last row."""

import io
import random
import struct
import zlib

import pytest
from PIL import Image as Pillow

from plantain.errors import ImageInvalid
from plantain.imaging import MAX_PIXELS, inspect
from tests.unit.samples import picture

KINDS = ["PNG", "JPEG", "WEBP"]


def noisy(kind: str) -> bytes:
    """A picture that does not compress away, so that every cut and flip hits something."""
    image = Pillow.frombytes("RGB", (40, 40), random.Random(7).randbytes(4800))
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims to be very large and is a few bytes long."""
    data = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    header = struct.pack(">I", 13) + b"IHDR" + data + struct.pack(">I", zlib.crc32(b"IHDR" + data))
    return b"\x89PNG\r\n\x1a\n" + header + struct.pack(">I", 0) + b"IDAT" + b"\x35\xaf\x06\x1e"


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_picture_is_known_by_its_type_and_size(kind: str) -> None:
    assert inspect(io.BytesIO(picture(kind, (31, 17)))) == (f"image/{kind.lower()}", 31, 17)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "I;16"])
def test_pictures_come_in_many_colours(mode: str) -> None:
    file = io.BytesIO()
    Pillow.new(mode, (3, 2)).save(file, "PNG")
    file.seek(0)
    assert inspect(file) == ("image/png", 3, 2)


def test_a_jpeg_with_a_second_picture_in_it_is_a_jpeg() -> None:
    file, second = io.BytesIO(), Pillow.new("RGB", (4, 3))
    Pillow.new("RGB", (8, 6)).save(file, "MPO", save_all=True, append_images=[second])
    file.seek(0)
    assert inspect(file) == ("image/jpeg", 8, 6)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"<html><body>Not found</body></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,",
        b'{"code": 404}',
        picture("GIF"),
        picture("BMP"),
        picture("TIFF"),
        b"\x89PNG\r\n\x1a\n" + picture("JPEG"),
        picture("JPEG")[:3] + picture("PNG"),
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(ImageInvalid):
        inspect(io.BytesIO(content))


@pytest.mark.parametrize("kind", KINDS)
def test_a_truncated_picture_is_refused(kind: str) -> None:
    whole = noisy(kind)
    for length in range(0, len(whole) * 9 // 10, 97):
        with pytest.raises(ImageInvalid):
            inspect(io.BytesIO(whole[:length]))


@pytest.mark.parametrize(
    ("width", "height"), [(8001, 8000), (65000, 65000), (2**31 - 1, 2**31 - 1)]
)
def test_a_bomb_is_refused_before_it_goes_off(width: int, height: int) -> None:
    assert width * height > MAX_PIXELS
    with pytest.raises(ImageInvalid, match="too many pixels"):
        inspect(io.BytesIO(png_header(width, height)))


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_refused_and_never_breaks_the_worker(kind: str) -> None:
    chance, whole = random.Random(kind), noisy(kind)
    refused = 0
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(3, len(damaged))] = chance.randrange(256)
        try:
            inspect(io.BytesIO(bytes(damaged)))
        except ImageInvalid:
            refused += 1
    assert refused
