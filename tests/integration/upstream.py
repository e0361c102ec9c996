"""The outside, played at the transport: providers and clients by a script, pictures on the web."""

import json
from collections.abc import Callable
from typing import Any

import httpx

from tests.unit.samples import exchange, on_the_wire, picture

Line = str | Exception | httpx.Response | Callable[[httpx.Request], "Line"]
USUAL = {"receipts": "accepted", "updates": "success"}


class Providers:
    """Answers as scripted, with recorded exchanges by their names; the last line is repeated."""

    def __init__(self) -> None:
        self.submissions: list[httpx.Request] = []
        self.questions: list[httpx.Request] = []
        self._scripts: dict[tuple[str, str], list[Line]] = {}

    def say(self, provider: str, *, submit: Any = None, status: Any = None) -> None:
        for kind, lines in (("receipts", submit), ("updates", status)):
            if lines is not None:
                listed = lines if isinstance(lines, list) else [lines]
                self._scripts[provider, kind] = listed

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.submissions]

    def asked(self) -> list[str]:
        """Whom a submission was sent to, in order."""
        return [_provider(request) for request in self.submissions]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        kind = "receipts" if request.method == "POST" else "updates"
        (self.submissions if kind == "receipts" else self.questions).append(request)
        script = self._scripts.get((_provider(request), kind), [USUAL[kind]])
        line = script.pop(0) if len(script) > 1 else script[0]
        return _speak(line, _provider(request), kind, request)


class Pictures:
    """The web that results are fetched from: a good picture unless told otherwise."""

    def __init__(self) -> None:
        self.fetched: list[str] = []
        self._at: dict[str, list[bytes | int | Exception]] = {}

    def put(self, url: str, *contents: bytes | int | Exception) -> None:
        self._at[url] = list(contents)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        self.fetched.append(url)
        contents = self._at.get(url, [picture()])
        content = contents.pop(0) if len(contents) > 1 else contents[0]
        if isinstance(content, Exception):
            raise content
        if isinstance(content, int):
            return httpx.Response(content)
        return httpx.Response(200, content=iter([content]))  # read once, as from a socket


class Endpoint:
    """A client's endpoint, which acknowledges unless told otherwise; the last line repeats."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self._answers: list[int | BaseException] = [204]

    def say(self, *answers: int | BaseException) -> None:
        self._answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.received.append(json.loads(request.content))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return httpx.Response(answer, content=iter([b"{}"]))  # read once, as from a socket


def _provider(request: httpx.Request) -> str:
    return request.url.host.removesuffix(".test")


def _speak(line: Line, provider: str, kind: str, request: httpx.Request) -> httpx.Response:
    if isinstance(line, Exception):
        raise line
    if isinstance(line, httpx.Response):
        return on_the_wire(line)
    if isinstance(line, str):
        return on_the_wire(exchange(provider, kind, line))
    return _speak(line(request), provider, kind, request)
