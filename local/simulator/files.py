"""Serve the result pictures, whole or spoiled in the way that was asked for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse

from .ledger import Ledger
from .pictures import Gallery, bomb
from .tasks import PRIVATE_URL, Picture
from .wire import transport_of

HUGE_BYTES = 256 * 1024 * 1024
DRIP_BYTES = 1024
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
TYPES = {"png": "image/png", "jpeg": "image/jpeg"}
INSTEAD = {
    "expired": (410, "text/plain", "The file has expired"),
    "missing": (404, "text/plain", "No such file"),
    "html": (200, "text/html", "<html><body>Please log in to see this picture</body></html>"),
    "svg": (200, "image/svg+xml", SVG),
    "empty": (200, "image/png", ""),
}


class Files:
    """The /files endpoint; an address cannot be guessed."""

    def __init__(self, ledger: Ledger, gallery: Gallery) -> None:
        self.ledger, self.gallery = ledger, gallery

    async def fetch(self, request: Request) -> Response:
        picture = self.ledger.pictures.get(request.path_params["name"].partition(".")[0])
        if picture is None:
            return PlainTextResponse("No such file", 404)
        picture.fetches += 1
        return await self._without_picture(picture) or await self._with_picture(request, picture)

    async def _without_picture(self, picture: Picture) -> Response | None:
        word = picture.task.faults.word("image")
        if word in INSTEAD:
            status, media_type, content = INSTEAD[word]
            return Response(content, status, media_type=media_type)
        if word == "flaky" and picture.fetches == 1:
            return PlainTextResponse("Internal Server Error", 500)
        if word == "redirect":
            return RedirectResponse(PRIVATE_URL, 302)
        if word == "bomb":
            return Response(await asyncio.to_thread(bomb), media_type="image/png")
        return None

    async def _with_picture(self, request: Request, picture: Picture) -> Response:
        order, word = picture.task.order, picture.task.faults.word("image")
        fetch = Fetch(request, await self.gallery.bytes_of(picture), TYPES[order.format])
        return SPOILS.get(word, whole)(fetch)


@dataclass(slots=True)
class Fetch:
    """A request for a picture, and the picture."""

    request: Request
    data: bytes
    media_type: str

    @property
    def half(self) -> bytes:
        return self.data[: len(self.data) // 2]

    def stream(self, body: AsyncIterator[bytes], *, known_length: bool = True) -> Response:
        headers = {"Content-Length": str(len(self.data))} if known_length else None
        return StreamingResponse(body, 200, headers, self.media_type)


def whole(fetch: Fetch) -> Response:
    return Response(fetch.data, media_type=fetch.media_type)


def cut(fetch: Fetch) -> Response:
    return Response(fetch.half, media_type=fetch.media_type)


def mislabel(fetch: Fetch) -> Response:
    return Response(fetch.data, media_type="text/html")


def truncate(fetch: Fetch) -> Response:
    """The full length is announced; the connection closes half-way."""

    async def body() -> AsyncIterator[bytes]:
        yield fetch.half
        transport_of(fetch.request).close()
        await asyncio.Event().wait()

    return fetch.stream(body())


def inflate(fetch: Fetch) -> Response:
    async def body() -> AsyncIterator[bytes]:
        yield fetch.data
        block = bytes(256 * 1024)
        for _ in range(HUGE_BYTES // len(block)):
            yield block

    return fetch.stream(body(), known_length=False)


def drip(fetch: Fetch) -> Response:
    async def body() -> AsyncIterator[bytes]:
        for start in range(0, len(fetch.data), DRIP_BYTES):
            yield fetch.data[start : start + DRIP_BYTES]
            await asyncio.sleep(1)

    return fetch.stream(body())


SPOILS: dict[str, Callable[[Fetch], Response]] = {
    "cut": cut,
    "wrong-type": mislabel,
    "truncated": truncate,
    "huge": inflate,
    "slow": drip,
}
