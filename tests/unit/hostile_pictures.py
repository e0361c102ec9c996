"""Pictures made to do harm, and harmless ones that look as if: each made by code, and named."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image as Pillow

from plantain.imaging import MAX_PIXELS
from tests.unit.samples import picture

PNG, JPEG, WEBP = picture("PNG"), picture("JPEG"), picture("WEBP")
SIDE = int(MAX_PIXELS**0.5)
SCRIPT = b"<script>alert(1)</script>"
HTML = b"<!DOCTYPE html><html><body>" + SCRIPT + b"</body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>"
ZEROS = zlib.compress(bytes(100_000_000))


# ── how they are put together ────────────────────────────────────────────────────────────────────


def saved(image: Pillow.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*extra: bytes) -> bytes:
    """A good one, with more chunks behind its header."""
    return PNG[:33] + b"".join(extra) + PNG[33:]


def header(width: int, height: int, depth: int = 8, colours: int = 2) -> bytes:
    data = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", data)


def segment(code: int, data: bytes) -> bytes:
    return bytes((0xFF, code)) + struct.pack(">H", len(data) + 2) + data


def jpeg(*extra: bytes) -> bytes:
    return JPEG[:2] + b"".join(extra) + JPEG[2:]


def sized_jpeg(width: int, height: int) -> bytes:
    place = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:place] + struct.pack(">HH", height, width) + JPEG[place + 4 :]


def scans(count: int) -> bytes:
    """A progressive JPEG whose last look at the picture is repeated."""
    whole = saved(Pillow.new("L", (64, 64), 99), "JPEG", progressive=True)
    begin = whole.rindex(b"\xff\xda")
    return whole[:begin] + whole[begin:-2] * count + b"\xff\xd9"


def exif(entries: int) -> bytes:
    """A directory in which each entry claims most of the segment for itself."""
    room, data = 60_000 - 12 * entries, 8 + 2 + 12 * entries
    tags = range(1, entries + 1)
    listed = b"".join(struct.pack(">HHII", tag, 7, room - 99, data) for tag in tags)
    begin = b"Exif\0\0MM\0\x2a" + struct.pack(">IH", 8, entries)
    return segment(0xE1, begin + listed + bytes(room))


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
        for kind, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def lossless_webp(width: int, height: int) -> bytes:
    """One colour, in a few bytes whatever the size."""
    small = saved(Pillow.new("RGB", (8, 8)), "WEBP", lossless=True)
    data = small[20 : 20 + struct.unpack_from("<I", small, 16)[0]]
    (bits,) = struct.unpack_from("<I", data, 1)
    bits = bits >> 28 << 28 | (height - 1) << 14 | (width - 1)
    return riff((b"VP8L", data[:1] + struct.pack("<I", bits) + data[5:]))


def animation(kind: str, frames: int) -> bytes:
    still = [Pillow.new("RGB", (8, 6), (n * 83 % 256, 0, 99)) for n in range(frames)]
    return saved(still[0], kind, save_all=True, append_images=still[1:], duration=1)


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as held:
        held.writestr("evil.html", HTML)
    return file.getvalue()


# ── refused, by what their failure says ──────────────────────────────────────────────────────────

REFUSED: dict[str, dict[str, bytes]] = {
    "not a PNG, JPEG or WebP": {
        "nothing": b"",
        "a page": HTML,
        "a drawing": SVG,
        "a drawing with a prologue": b'<?xml version="1.0"?>' + SVG,
        "a page before a picture": HTML + PNG,
        "a blank before a picture": b" " + PNG,
        "a GIF": picture("GIF"),
        "a GIF that is a script": b"GIF89a=1;alert(1)//" + bytes(40),
        "a bitmap": picture("BMP"),
        "a TIFF": picture("TIFF"),
        "an AVIF": b"\0\0\0\x1cftypavif" + bytes(40),
        "an archive": archive(),
        "a PDF": b"%PDF-1.7\n" + bytes(40),
        "a PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n" + bytes(40),
        "a sound": b"RIFF\x24\0\0\0WAVEfmt " + bytes(28),
        "an error in JSON": b'{"code": 404}',
        "a PNG that was sent as text": PNG.replace(b"\r\n", b"\n"),
    },
    "goes on after the picture": {
        "a PNG and a page": PNG + HTML,
        "a PNG and an archive": PNG + archive(),
        "a PNG and a chunk": PNG + chunk(b"tEXt", b"a\0b"),
        "a PNG and a PNG": PNG + PNG,
        "a PNG and a JPEG": PNG + JPEG,
        "a PNG, padding and a page": PNG + bytes(4096) + HTML,
        "a JPEG and a script": JPEG + b"\n/*" + SCRIPT + b"*/",
        "a JPEG and an archive": JPEG + archive(),
        "a JPEG, a JPEG and a page": JPEG + JPEG + HTML,
        "many JPEGs": JPEG * 9,
        "a WebP and a page": WEBP + HTML,
        "a WebP and an archive": WEBP + archive(),
    },
    "is cut off": {
        "a PNG's first bytes": PNG[:8],
        "a PNG without its end": PNG[:-12],
        "a PNG without its last byte": PNG[:-1],
        "a chunk that is longer than the file": PNG[:33] + b"\x7f\xff\xff\xffIDAT" + PNG[41:],
        "a JPEG without its end": JPEG[:-2],
        "a JPEG without its last byte": JPEG[:-1],
        "a JPEG's first bytes": JPEG[:4],
        "a WebP without its last byte": WEBP[:-1],
        "a WebP's first bytes": WEBP[:12],
        "a WebP that says it is huge": WEBP[:4] + b"\xff\xff\xff\xff" + WEBP[8:],
    },
    "is more than one picture": {
        "a moving PNG": animation("PNG", 3),
        "a PNG of a thousand pictures": png(chunk(b"acTL", struct.pack(">II", 1000, 0))),
        "a moving WebP": animation("WEBP", 3),
        "a WebP of many pictures": animation("WEBP", 300),
    },
    "is in too many parts": {
        "a PNG of crumbs": png(chunk(b"prVt") * 20_000),
        "a PNG of empty data": png(chunk(b"IDAT") * 20_000),
        "a JPEG of crumbs": jpeg(segment(0xFE, b"") * 20_000),
        "a JPEG that is looked at for ever": scans(100),
    },
    "is in no order": {
        "a JPEG with a page between its parts": jpeg(segment(0xFE, b"") + HTML),
        "a JPEG with a megabyte of filling": jpeg(b"\xff" * 1_000_000),
        "a JPEG of a segment without a length": jpeg(b"\xff\xe1\0\0"),
    },
    "too many pixels": {
        "a PNG of two billion squared": header(2**31 - 1, 2**31 - 1) + PNG[33:],
        "a PNG a little too large": header(SIDE, SIDE + 1) + PNG[33:],
        "a PNG of one long row": header(MAX_PIXELS + 1, 1) + PNG[33:],
        "a JPEG of 65,535 squared": sized_jpeg(65_535, 65_535),
        "a WebP of 16,384 squared, in 50 bytes": lossless_webp(16_384, 16_384),
        "a WebP a little too large": lossless_webp(SIDE, SIDE + 1),
        "a WebP whose frame is small": riff(
            (b"VP8X", b"\0\0\0\0" + b"\xff\xff\xff" * 2), (b"VP8 ", WEBP[20:])
        ),
    },
    "does not decode": {
        "a PNG of no size": header(0, 0) + PNG[33:],
        "a PNG that is far too short": header(500, 500) + PNG[33:],
        "a PNG of no such depth": header(8, 6, depth=3) + PNG[33:],
        "a PNG with a wrong sum": PNG[:29] + b"\0\0\0\0" + PNG[33:],
        "a PNG that begins with its data": PNG[:8] + PNG[33:],
        "a PNG of nothing but an end": PNG[:8] + chunk(b"IEND"),
        "a PNG without data": PNG[:33] + chunk(b"IEND"),
        "a PNG whose data is no zlib": PNG[:33] + chunk(b"IDAT", HTML) + chunk(b"IEND"),
        "a JPEG of nothing but an end": b"\xff\xd8\xff\xd9",
        "a JPEG without a picture": b"\xff\xd8" + segment(0xE0, b"JFIF\0") + b"\xff\xd9",
        "a JPEG of no size": sized_jpeg(0, 0),
        "a WebP of nothing": riff(),
        "a WebP of an unknown kind": riff((b"VP9 ", bytes(40))),
        "a PNG inside a WebP": riff((b"VP8 ", PNG)),
    },
}

# ── kept: what real cameras, editors and providers write, and what is hidden in what nobody reads ─

ODD = Pillow.effect_noise((64, 48), 90)
KEPT: dict[str, bytes] = {
    "a PNG that says who made it": png(chunk(b"caBX", bytes(50_000))),
    "a PNG with words": png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta/>")),
    "a PNG with Exif": png(chunk(b"eXIf", b"MM\0\x2a\0\0\0\x08\0\0\0\0\0\0")),
    "a PNG of sixteen bits": saved(Pillow.new("I;16", (9, 9), 4000), "PNG"),
    "a PNG that is padded": PNG + bytes(512),
    "a PNG with a line-feed": PNG + b"\r\n",
    "a JPEG that says who made it": jpeg(segment(0xEB, b"JP" + bytes(60_000)) * 3),
    "a JPEG with a comment": jpeg(segment(0xFE, b"made by hand")),
    "a JPEG in the colours of print": saved(ODD.convert("CMYK"), "JPEG"),
    "a JPEG in grey": saved(ODD, "JPEG"),
    "a JPEG that comes in steps": saved(ODD.convert("RGB"), "JPEG", progressive=True),
    "a JPEG with restarts": saved(ODD.convert("RGB"), "JPEG", restart_marker_blocks=1),
    "a JPEG with a little filling": jpeg(b"\xff\xff\xff"),
    "a JPEG with a map for bright screens": saved(
        ODD.convert("RGB"), "MPO", save_all=True, append_images=[ODD.convert("RGB")]
    ),
    "a WebP with everything": saved(
        ODD.convert("RGBA"), "WEBP", exif=b"Exif\0\0MM\0\x2a", xmp=b"<x/>", icc_profile=bytes(200)
    ),
    "a WebP without loss": saved(ODD.convert("RGB"), "WEBP", lossless=True),
    "a colour profile that is a bomb": png(chunk(b"iCCP", b"p\0\0" + ZEROS)),
    "a text that is a bomb": png(chunk(b"zTXt", b"t\0\0" + ZEROS) * 3),
    "another text that is a bomb": png(chunk(b"iTXt", b"t\0\1\0\0\0" + ZEROS) * 3),
    "an Exif that is a bomb": jpeg(exif(2500)),
    "an Exif in many parts that is a bomb": jpeg(
        exif(2500), *[segment(0xE1, b"Exif\0\0" + bytes(60_000))] * 20
    ),
    "a page in a PNG's text": png(chunk(b"tEXt", b"Comment\0" + HTML)),
    "a script in a JPEG's comment": jpeg(segment(0xFE, b"*/" + SCRIPT + b"/*")),
}


def heaviest() -> dict[str, bytes]:
    """As many pixels and nearly as many bytes as there may be, as costly to decode as can be."""
    side, much = (SIDE, SIDE), bytes(60_000_000)
    rows = zlib.compress(bytes((3 * SIDE + 1) * SIDE), 1)
    webp = lossless_webp(*side)
    canvas = b"\x08\0\0\0" + 2 * struct.pack("<I", SIDE - 1)[:3]
    steps = saved(Pillow.new("CMYK", side), "JPEG", progressive=True)
    return {
        "a WebP with much to tell": riff((b"VP8X", canvas), (b"VP8L", webp[20:]), (b"EXIF", much)),
        "a PNG of much data": header(*side) + chunk(b"IDAT", rows + much) + chunk(b"IEND"),
        "a JPEG in steps, for print": steps[:-2] + much + b"\xff\xd9",
    }
