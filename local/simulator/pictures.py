"""Draw a picture: the prompt on a gradient of its own; the same one at each fetch."""

import asyncio
import random
import textwrap
import zlib
from collections import OrderedDict
from colorsys import hls_to_rgb
from io import BytesIO
from struct import pack

from PIL import Image, ImageDraw, ImageFont

from .dialects.base import Order
from .faults import MARKER, dice
from .tasks import Picture

LONG_SIDES = {"1K": 1024, "2K": 2048, "4K": 4096}
CACHE_BYTES = 64 * 1024 * 1024
DRAWN_AT_ONCE = 2


class Gallery:
    """Draws in threads, a few at a time, and keeps the newest bytes up to a limit."""

    def __init__(self) -> None:
        self.kept: OrderedDict[str, bytes] = OrderedDict()
        self.pens = asyncio.Semaphore(DRAWN_AT_ONCE)

    async def bytes_of(self, picture: Picture) -> bytes:
        async with self.pens:
            if picture.id not in self.kept:
                self.kept[picture.id] = await asyncio.to_thread(draw, picture)
                self._trim()
            self.kept.move_to_end(picture.id)
            return self.kept[picture.id]

    def _trim(self) -> None:
        while len(self.kept) > 1 and sum(map(len, self.kept.values())) > CACHE_BYTES:
            self.kept.popitem(last=False)


def draw(picture: Picture) -> bytes:
    order, provider = picture.task.order, picture.task.dialect.name
    canvas = gradient(dice(provider, order.prompt, picture.id), size_of(order))
    words = MARKER.sub("", order.prompt).strip() or order.prompt
    write(canvas, words, f"{provider}  ·  {order.model}  ·  {order.ratio}  ·  {order.resolution}")
    file = BytesIO()
    if order.format == "png":
        canvas.save(file, "PNG", compress_level=1)
    else:
        canvas.save(file, "JPEG", quality=88)
    return file.getvalue()


def size_of(order: Order) -> tuple[int, int]:
    long = LONG_SIDES[order.resolution.upper()]
    ratio = "1:1" if order.ratio == "auto" else order.ratio
    width, height = map(int, ratio.split(":"))
    scale = long / max(width, height)
    return round(width * scale), round(height * scale)


def gradient(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    """A few soft colours near each other on the wheel, blown up from very few pixels."""
    hue = chance.random()
    seed = Image.new("RGB", (3, 3))
    for place in range(9):
        colour = hls_to_rgb(
            (hue + chance.uniform(-0.12, 0.12)) % 1,
            chance.uniform(0.28, 0.62),
            chance.uniform(0.4, 0.7),
        )
        seed.putpixel((place % 3, place // 3), tuple(int(255 * each) for each in colour))
    return seed.resize(size, Image.Resampling.BICUBIC)


def write(canvas: Image.Image, words: str, signature: str) -> None:
    """The words in the middle, as large as they fit in ten lines; the signature below."""
    pen = ImageDraw.Draw(canvas)
    width, height = canvas.size
    size = max(10, min(width // 14, height // 14))
    font = ImageFont.load_default(size)
    lines = textwrap.wrap(printable(words), max(4, int(width * 0.84 / (size * 0.55))))
    text = "\n".join([*lines[:9], "…"] if len(lines) > 10 else lines)
    middle, off = (width / 2, height / 2), max(1, size // 16)
    shadow = (middle[0] + off, middle[1] + off)
    pen.multiline_text(shadow, text, (20, 20, 30), font, anchor="mm", align="center")
    pen.multiline_text(middle, text, "white", font, anchor="mm", align="center")
    small = ImageFont.load_default(max(8, min(size // 2, width // 30)))
    pen.text((width / 2, height * 0.95), signature, "white", small, anchor="mm")


def printable(words: str) -> str:
    return "".join(each if each.isprintable() else " " for each in words[:2000])


def bomb(side: int = 30_000) -> bytes:
    """A small valid PNG that unpacks to side by side black pixels."""
    rows, packer = bytes(1 + (side + 7) // 8), zlib.compressobj(9)
    data = b"".join(packer.compress(rows) for _ in range(side)) + packer.flush()
    header = pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))
