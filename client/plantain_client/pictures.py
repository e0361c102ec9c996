"""Pictures on their way there, as references, and back."""

import base64
import hashlib
import tempfile
from collections.abc import Iterable
from pathlib import Path

import httpx

from plantain_client.answers import Image, Upload
from plantain_client.calls import ask
from plantain_client.errors import PictureDamaged, PictureUnusable
from plantain_client.retries import attempt
from plantain_client.steps import Call, Steps

ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}
FETCHES = 3


def upload(content: bytes) -> Steps[str]:
    """Put a picture where tasks can use it; its link."""
    what = {"contentType": type_of(content), "bytes": len(content)}
    place = yield from ask(Upload, Call("POST", "/v1/uploads", json=what))
    headers = {**place.headers}
    yield from attempt(Call(place.method, place.upload_url, content=content, headers=headers))
    return place.link


def urls_of(references: Iterable[str | Path], inline: bool) -> Steps[list[str]]:
    """References as a request takes them: addresses as they are, files uploaded or inline.

    Each upload has a link of its own. A request that must be the same when it is made again
    therefore carries its files within it.
    """
    urls = []
    for reference in references:
        if isinstance(reference, str):
            urls.append(reference)
        elif inline:
            urls.append(_data_uri(read_picture(reference)))
        else:
            urls.append((yield from upload(read_picture(reference))))
    return urls


def download(image: Image) -> Steps[bytes]:
    """The picture's bytes, exactly as they were stored."""
    address = image.link or image.url
    if address is None:
        raise PictureDamaged("This image has no address: ask for its task again.")
    for _ in range(FETCHES):
        response: httpx.Response = yield from attempt(Call("GET", address))
        if hashlib.sha256(response.content).hexdigest() == image.sha256:
            return response.content
    raise PictureDamaged(f"{address} does not give the picture that was stored.")


def write(path: Path, content: bytes) -> None:
    """All of it or nothing: a file of that name is never half a picture."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".plantain-", delete=False) as draft:
        try:
            draft.write(content)
            draft.close()
            Path(draft.name).chmod(0o644)
            Path(draft.name).replace(path)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise


def type_of(content: bytes) -> str:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    raise PictureUnusable("A reference must be a PNG, JPEG or WebP.")


def read_picture(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        type_of(content)
    except OSError as error:
        raise PictureUnusable(f"{path} cannot be read: {error.strerror}") from None
    except PictureUnusable as error:
        raise PictureUnusable(f"{path}: {error}") from None
    return content


def _data_uri(content: bytes) -> str:
    return f"data:{type_of(content)};base64,{base64.b64encode(content).decode()}"
