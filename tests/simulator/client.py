"""A client of the four providers and of the control API, and a listener for webhooks."""

import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

import httpx

PROVIDERS = ("maxapi", "aigptimage", "liangxin", "apixo")
SUBMIT = {
    "maxapi": "/maxapi/api/v1/task/submit",
    "aigptimage": "/aigptimage/api/v1/jobs/createTask",
    "liangxin": "/liangxin/api/v1/jobs/createTask",
    "apixo": "/apixo/api/v1/generateTask/nano-banana-2",
}
STATUS = {
    "maxapi": "/maxapi/api/v1/task/{}",
    "aigptimage": "/aigptimage/api/v1/jobs/recordInfo?taskId={}",
    "liangxin": "/liangxin/api/v1/jobs/recordInfo?taskId={}",
    "apixo": "/apixo/api/v1/statusTask/nano-banana-2?taskId={}",
}
PICTURE = "https://cdn.example.com/input.png"
ENDED = {"SUCCESS", "FAILURE", "TIMEOUT", "CANCELLED", "success", "fail", "failed"}


def body_for(provider: str, prompt: str, callback: str | None = None, **given: Any) -> dict:
    """The smallest body that the provider takes, with more input fields if given."""
    if provider == "maxapi":
        body = {"model": "nano-banana-2", "input": {"prompt": prompt, **given}}
    elif provider == "aigptimage":
        body = {
            "model": "nano-banana-image-to-image",
            "input": {"prompt": prompt, "image_urls": [PICTURE], **given},
        }
    elif provider == "liangxin":
        body = {"model": "nano-banana-pro", "input": {"prompt": prompt, **given}}
    else:
        fields = {"mode": "text-to-image", "aspect_ratio": "1:1", "resolution": "1K"}
        body = {"input": fields | {"prompt": prompt} | given}
        if callback:
            body |= {"request_type": "callback", "callback_url": callback}
        return body
    return body | ({"callBackUrl": callback} if callback else {})


class Simulator:
    """What a client does with the four providers, and the control API."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=10, trust_env=False)
        self.serial = count()

    def prompt(self, marker: str = "") -> str:
        return f"test picture {next(self.serial)} {marker}".strip()

    def post(self, provider: str, body: Any, **headers: str) -> httpx.Response:
        key = {"Authorization": f"Bearer local-{provider}-key"}
        return self.http.post(SUBMIT[provider], json=body, headers=key | headers)

    def submit(self, provider: str, prompt: str, callback: str | None = None, **given: Any) -> str:
        answer = self.post(provider, body_for(provider, prompt, callback, **given))
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]["taskId"]

    def status(self, provider: str, task_id: str) -> httpx.Response:
        key = {"Authorization": f"Bearer local-{provider}-key"}
        return self.http.get(STATUS[provider].format(task_id), headers=key)

    def finished(self, provider: str, task_id: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            data = self.status(provider, task_id).json()["data"]
            return data if state_of(data) in ENDED else None

        return until(look)

    def picture_urls(self, provider: str, prompt: str, **given: Any) -> list[str]:
        data = self.finished(provider, self.submit(provider, prompt, **given))
        return urls_of(data)

    def ledger(self, **query: str) -> list[dict[str, Any]]:
        return self.http.get("/_sim/ledger", params=query).json()


def state_of(data: dict[str, Any]) -> str:
    return data.get("status") or data["state"]


def urls_of(data: dict[str, Any]) -> list[str]:
    if "result" in data:
        return data["result"]["urls"]
    return json.loads(data["resultJson"])["resultUrls"]


def until(look: Callable[[], Any]) -> Any:
    """What `look` returns as soon as it is true."""
    for _ in range(2000):
        if found := look():
            return found
        time.sleep(0.005)
    raise AssertionError("it never happened")


class Doorbell:
    """Listens for webhooks; `answers` are the statuses it gives first, then 200."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[int] = []
        bell = self

        class Listener(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                bell.heard.append((self.path, body))
                self.send_response(bell.answers.pop(0) if bell.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook/token1"

    def wait_for(self, number: int) -> list[tuple[str, dict[str, Any]]]:
        return until(lambda: self.heard if len(self.heard) >= number else None)
