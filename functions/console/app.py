"""GET / and /console/{file}: the console, a page that needs nothing but this API."""

from plantain.entry import entry_point

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from plantain import signing
from plantain.errors import NotHere
from plantain.http import Api, kept

STATIC = Path(__file__).parent / "static"
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
FILES = {file.name: file.read_text() for file in STATIC.iterdir() if file.suffix in KINDS}
PAGE = (STATIC / "index.html").read_text()

api = Api()
handler = entry_point(api.handler)


@cache
def policy() -> str:
    """References may be pictures from anywhere; everything else is the API's, or the bucket's."""
    bucket = urlsplit(signing.reading("-"))
    place = f"{bucket.scheme}://{bucket.netloc}"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        f"img-src 'self' blob: https: {place}; connect-src 'self' {place}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@api.get("/", compress=True)
def get_page() -> Any:
    return _file("text/html", PAGE)


@api.get("/console/<file>", compress=True)
def get_file(file: str) -> Any:
    if file not in FILES:
        raise NotHere
    return _file(KINDS[Path(file).suffix], FILES[file])


def _file(kind: str, text: str) -> Any:
    headers = {"Content-Security-Policy": policy(), "Referrer-Policy": "no-referrer"}
    return kept(api, f"{kind}; charset=utf-8", text, **headers)
