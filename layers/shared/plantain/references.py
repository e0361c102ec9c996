"""Reference pictures that come inside a request: taken out of it, a link in their place. Pure."""

import base64
import hashlib
import re
from typing import NamedTuple

from plantain.errors import InvalidRequest, LinkNotFound
from plantain.models import ENDINGS, MAX_REFERENCE_BYTES, TaskRequest

FOLDER = "uploads"
ID_LENGTH = 32
ALLOWED = ["a public https:// URL", *(f"data:{kind};base64,…" for kind in ENDINGS)]
_FILE = re.compile(rf"[a-z2-7]{{{ID_LENGTH}}}\.({'|'.join(ENDINGS.values())})")


class Picture(NamedTuple):
    """A picture and the name that it is kept under."""

    file: str
    content_type: str
    content: bytes


def lift(seed: bytes, request: TaskRequest, base_url: str) -> tuple[TaskRequest, list[Picture]]:
    """The request with links in the place of its data URIs, and what those held."""
    urls = list(request.input.image_urls or [])
    found: dict[str, Picture] = {}
    wrong = []
    for number, url in enumerate(urls):
        if url.startswith("data:"):
            try:
                picture = _read(seed, url)
            except ValueError as error:
                field = f"input.imageUrls.{number}"
                wrong.append({"field": field, "message": str(error), "allowed": ALLOWED})
            else:
                found[picture.file] = picture
                urls[number] = link_to(picture.file, base_url)
    if wrong:
        raise InvalidRequest("A data URI cannot be used.", errors=wrong)
    if not found:
        return request, []
    lifted = request.input.model_copy(update={"image_urls": urls})
    return request.model_copy(update={"input": lifted}), list(found.values())


def file_named(seed: bytes, content_type: str) -> str:
    name = base64.b32encode(seed).decode()[:ID_LENGTH].lower()
    return f"{name}.{ENDINGS[content_type]}"


def link_to(file: str, base_url: str) -> str:
    """Ends like a picture's file name, as some providers want it."""
    return f"{base_url}/u/{file}"


def is_link(url: str, base_url: str) -> bool:
    """Whether this is a link of ours to an uploaded picture."""
    start = link_to("", base_url)
    return url.startswith(start) and bool(_FILE.fullmatch(url[len(start) :]))


def named_in(request: TaskRequest, base_url: str) -> dict[str, str]:
    """The uploads that a request works from: their files, by the fields that name them."""
    urls = enumerate(request.input.image_urls or [])
    links = {f"input.imageUrls.{number}": url for number, url in urls if is_link(url, base_url)}
    return {field: url.rpartition("/")[2] for field, url in links.items()}


def key_of(file: str) -> str:
    if not _FILE.fullmatch(file):
        raise LinkNotFound
    return f"{FOLDER}/{file}"


def _read(seed: bytes, url: str) -> Picture:
    """What a data URI holds; ValueError says what is wrong with it, and quotes nothing."""
    head, _, text = url.partition(",")
    content_type = head.removeprefix("data:").removesuffix(";base64")
    if head != f"data:{content_type};base64" or content_type not in ENDINGS:
        raise ValueError("is not a PNG, JPEG or WebP as base64")
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        raise ValueError("is not valid base64") from None
    if len(content) > MAX_REFERENCE_BYTES:
        raise ValueError(f"has more than {MAX_REFERENCE_BYTES} bytes")
    if _type_of(content) != content_type:
        raise ValueError(f"does not begin like {content_type}")
    # Sent again it has the same name, so that keeping it twice is harmless; and whoever has the
    # same picture cannot work its name out, and so find out that somebody sent it.
    name = hashlib.sha256(seed + content).digest()
    return Picture(file_named(name, content_type), content_type, content)


def _type_of(content: bytes) -> str | None:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    webp = content.startswith(b"RIFF") and content[8:12] == b"WEBP"
    return "image/webp" if webp else None
