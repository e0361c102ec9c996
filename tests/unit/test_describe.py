"""The describe function: the document and the page, and nothing from outside."""

import base64
import hashlib
import importlib.util
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

APP = Path(__file__).parents[2] / "functions/describe/app.py"


@pytest.fixture(scope="module")
def describe() -> ModuleType:
    spec = importlib.util.spec_from_file_location("describe_app", APP)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def get(describe: ModuleType, path: str, domain: str = "api.test", **headers: str) -> Any:
    event = {
        "version": "2.0",
        "rawPath": path,
        "headers": headers,
        "requestContext": {
            "requestId": "r1",
            "domainName": domain,
            "stage": "$default",
            "http": {"method": "GET", "path": path},
        },
    }
    return describe.handler(event, SimpleNamespace(aws_request_id="a1"))


def test_the_document_names_the_address_at_which_it_was_asked_for(describe: ModuleType) -> None:
    answer = get(describe, "/openapi.json")
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (200, "application/json")
    document = json.loads(answer["body"])
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "https://api.test"}]


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_what_a_client_has_is_not_sent_again(describe: ModuleType, path: str) -> None:
    first = get(describe, path)
    assert first["headers"]["Cache-Control"] == "public, max-age=300"
    again = get(describe, path, **{"if-none-match": first["headers"]["ETag"]})
    assert (again["statusCode"], again["body"]) == (304, "")
    assert again["headers"]["ETag"] == first["headers"]["ETag"]


class Seen(HTMLParser):
    """What a page holds that could load, run or lead somewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.attributes += [(name, value or "") for name, value in attrs]


def test_the_page_loads_nothing_and_runs_nothing(describe: ModuleType) -> None:
    seen = Seen(get(describe, "/docs")["body"])
    assert not seen.tags & {"script", "img", "iframe", "object", "form", "base"}
    assert not [name for name, _ in seen.attributes if name in ("src", "style") or name[:2] == "on"]
    links = {value for name, value in seen.attributes if name == "href"}
    assert {link for link in links if link[0] != "#"} == {"data:,", "openapi.json"}
    assert {link[1:] for link in links if link[0] == "#"} <= set(seen.ids)
    assert len(set(seen.ids)) == len(seen.ids)


def test_the_policy_of_the_page_allows_its_own_style_only(describe: ModuleType) -> None:
    answer = get(describe, "/docs")
    (style,) = re.findall(r"<style>(.*?)</style>", answer["body"], re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer["headers"]["Content-Security-Policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "url(" not in style
    assert "@import" not in style


def test_the_page_shows_a_command_for_every_route(describe: ModuleType) -> None:
    paths = json.loads(get(describe, "/openapi.json")["body"])["paths"]
    page = get(describe, "/docs")["body"]
    assert page.count("<pre>curl -sS") == sum(len(methods) for methods in paths.values())


def test_a_strange_host_cannot_write_into_the_page(describe: ModuleType) -> None:
    page = get(describe, "/docs", domain='"><script>alert(1)</script>')["body"]
    assert "<script" not in page
