"""A picture is kept only if it decodes to its last row."""

import io
import random

import pytest
from PIL import Image as Pillow

from plantain.errors import ImageInvalid
from plantain.imaging import inspect
from tests.unit.samples import picture

KINDS = ["PNG", "JPEG", "WEBP"]


def noisy(kind: str) -> bytes:
    """A picture that does not compress away, so that every cut and flip hits something."""
    image = Pillow.frombytes("RGB", (40, 40), random.Random(7).randbytes(4800))
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


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


@pytest.mark.parametrize("kind", KINDS)
def test_a_truncated_picture_is_refused(kind: str) -> None:
    whole = noisy(kind)
    for length in [*range(0, len(whole), 97), len(whole) - 1]:
        with pytest.raises(ImageInvalid):
            inspect(io.BytesIO(whole[:length]))


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
