"""The console's function: a page and its files, under a policy that lets nothing else in."""

import re
from typing import Any

import pytest

from tests.unit.gateway import function, problem, request
from tests.unit.samples import ROOT

STATIC = ROOT / "functions/console/static"
BUCKET = "https://pictures.s3.eu-west-1.amazonaws.com"


@pytest.fixture
def console(environment: pytest.MonkeyPatch) -> Any:
    environment.setenv("IMAGE_BUCKET", "pictures")
    return function("console")


def get(console: Any, path: str, **headers: str) -> dict[str, Any]:
    answer: dict[str, Any] = console.handler(request("GET", path, headers=headers), None)
    return answer


def test_only_what_is_ours_and_the_buckets_may_be_loaded(console: Any) -> None:
    policy = get(console, "/")["headers"]["Content-Security-Policy"]
    assert dict(part.split(" ", 1) for part in policy.split("; ")) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"'self' blob: https: {BUCKET}",
        "connect-src": f"'self' {BUCKET}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }


@pytest.mark.parametrize("path", ["/", "/console/app.js", "/console/style.css"])
def test_each_file_says_what_it_is_and_is_not_sent_again(console: Any, path: str) -> None:
    first = get(console, path)
    kinds = {"js": "text/javascript", "css": "text/css"}
    kind = kinds.get(path.rpartition(".")[2], "text/html")
    assert (first["statusCode"], first["headers"]["Content-Type"]) == (
        200,
        f"{kind}; charset=utf-8",
    )
    assert first["headers"]["X-Content-Type-Options"] == "nosniff"
    assert first["headers"]["Referrer-Policy"] == "no-referrer"
    again = get(console, path, **{"if-none-match": first["headers"]["ETag"]})
    assert (again["statusCode"], again["body"]) == (304, "")


@pytest.mark.parametrize(
    "file", ["none.js", "index.html", "..", "app.py", "%2e%2e%2fapp.py", "../app.py", "", "App.js"]
)
def test_nothing_else_is_served(console: Any, file: str) -> None:
    problem(get(console, f"/console/{file}"), 404, "not_found")


def test_every_file_is_asked_for_by_another_and_is_there(console: Any) -> None:
    """From the page on, through every import: none missing, none left over."""
    found, asked = set(console.FILES), set[str]()
    for text in (console.PAGE, *console.FILES.values()):
        asked |= set(re.findall(r"""(?:import\(|from |import )["']\./([\w.]+)["']""", text))
        asked |= set(re.findall(r'"console/([\w.]+)"', text))
    assert asked == found == {file.name for file in STATIC.iterdir()} - {"index.html"}


def test_nothing_comes_from_outside_and_no_text_becomes_markup() -> None:
    for file in STATIC.iterdir():
        text = file.read_text()
        outside = set(re.findall(r"https?://\w[\w.]*", text)) - {"http://www.w3.org"}
        assert outside <= {"https://example.com"}, file.name
        for unsafe in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert unsafe not in text, file.name
        assert "localStorage" not in text, file.name
        assert not re.search(r"<style|style=|\son\w+=", text), file.name
