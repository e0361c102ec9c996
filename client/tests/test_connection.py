"""Where the API is, and that the key goes nowhere else."""

import json
from pathlib import Path

import httpx
import pytest
from client.tests.driving import ENDED, TASK, says

from plantain_client import NotConfigured, Plantain
from plantain_client.connection import Connection, find
from plantain_client.steps import Call, request_of

REMOTE = {"PLANTAIN_URL": "https://api.example.com/", "PLANTAIN_API_KEY": " plt_env\n"}


@pytest.fixture
def local_cloud(tmp_path: Path) -> dict[str, str]:
    """An environment in which a local cloud is running."""
    ready = {"api": "http://127.0.0.1:8787", "key": "plt_local", "owner": "local"}
    (tmp_path / "ready.json").write_text(json.dumps(ready))
    return {"LOCAL_DIR": str(tmp_path)}


def test_what_is_said_comes_first_then_the_environment(local_cloud: dict[str, str]) -> None:
    everywhere = {**REMOTE, **local_cloud}
    said = find("https://said.example.com", "plt_said", everywhere)
    assert (said.url, said.key) == ("https://said.example.com", "plt_said")
    assert find(environ=everywhere) == Connection("https://api.example.com", "plt_env")


def test_the_local_cloud_is_found_by_itself(local_cloud: dict[str, str]) -> None:
    assert find(environ=local_cloud) == Connection("http://127.0.0.1:8787", "plt_local")
    assert find(key="plt_bella", environ=local_cloud).key == "plt_bella"


def test_the_local_cloud_s_key_goes_nowhere_else(local_cloud: dict[str, str]) -> None:
    with pytest.raises(NotConfigured, match="PLANTAIN_API_KEY"):
        find("https://api.example.com", environ=local_cloud)


@pytest.mark.parametrize("ready", ["", "{", "[]", "{}"])
def test_without_any_it_is_said_what_to_do(tmp_path: Path, ready: str) -> None:
    (tmp_path / "ready.json").write_text(ready)
    with pytest.raises(NotConfigured, match="make run"):
        find(environ={"LOCAL_DIR": str(tmp_path)})


@pytest.mark.parametrize(
    "url",
    [
        "api.example.com",
        "ftp://x.example",
        "https://",
        "http://api.example.com",
        "http://127.evil.example",
    ],
)
def test_an_address_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(NotConfigured):
        Connection(url, "plt_x")


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.0.0.2", "http://[::1]:8787"])
def test_only_on_this_machine_it_may_be_plain_http(url: str) -> None:
    assert Connection(url, "plt_x").is_local


@pytest.mark.parametrize("key", ["plt_ü", "plt x", "plt_\nx"])
def test_a_key_that_cannot_be_one_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(NotConfigured) as caught:
        Connection("https://api.example.com", key)
    assert key not in str(caught.value)


def test_the_key_is_told_to_the_api_alone_and_not_shown() -> None:
    place = find(environ=REMOTE)
    assert "plt_env" not in repr(place)
    with httpx.Client(**place.settings()) as http:
        api = request_of(http, Call("GET", "/v1/tasks"), place.key)
        bucket = request_of(http, Call("PUT", "https://bucket.example/x", content=b"1"), place.key)
        link = request_of(http, Call("GET", "https://api.example.com/i/1"), place.key)
    assert api.headers["authorization"] == "Bearer plt_env"
    assert "authorization" not in bucket.headers
    assert "authorization" not in link.headers


def test_a_detour_of_the_api_is_not_followed_with_the_key() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return says(302, location="https://elsewhere.example/")

    with (
        Plantain("https://api.example.com", "plt_x", transport=httpx.MockTransport(answer)) as p,
        pytest.raises(Exception, match="Found"),
    ):
        p.show("tsk_a")
    assert len(asked) == 1


def test_tasks_are_listed_to_the_last_page() -> None:
    pages = {None: ([TASK], "next"), "next": ([], "last"), "last": ([ENDED], None)}

    def answer(request: httpx.Request) -> httpx.Response:
        tasks, cursor = pages[request.url.params.get("cursor")]
        assert request.url.params["status"] == "failed"
        return says(200, {"tasks": tasks, "cursor": cursor})

    with Plantain("https://api.example.com", "k", transport=httpx.MockTransport(answer)) as p:
        assert [task.status for task in p.tasks(status="failed")] == ["processing", "succeeded"]
