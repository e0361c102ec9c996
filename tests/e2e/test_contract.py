"""The running API does what its description and docs/api.md say, whatever it is sent."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.contract import DOCUMENT, INSIDE, assert_answer, assert_request
from tests.e2e.aws import Aws
from tests.e2e.process import ROOT, Running, start
from tools.record_examples import record

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance,negative_data_rejection,"
    "ignored_auth,use_after_free"
)
PROBLEM, JSON = "application/problem+json", "application/json"
HEADERS = ["authorization", "idempotency-key", "content-type", "if-none-match"]
WRITING = (("POST", "/v1/tasks"), ("PUT", "/v1/webhook"), ("POST", "/v1/uploads"))
READING = ("/v1/tasks/{}", "/v1/tasks/{}/deliveries", "/i/{}/0/a.png", "/u/{}")
GATEWAY_404 = {"message": "Not Found"}
LINE = st.binary(max_size=300).map(lambda line: re.sub(rb"[\r\n\0]", b"", line))
fuzz = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A local cloud of its own: what is done to it here would confuse the other tests."""
    running = start(
        tmp_path_factory.mktemp("described"),
        SWEEP_SECONDS=2,
        FIRST_CHECK_SECONDS=8,
        PARAMETERS="MaxWaitSeconds=2 LogLevel=DEBUG",
    )
    try:
        running.ready()
        yield running
    finally:
        running.end()


@pytest.fixture(scope="module")
def callbacks(cloud: Running) -> str:
    return Aws(cloud.ready()).outputs["CallbackUrl"]


def test_the_document_that_is_served_is_the_one_of_the_code(cloud: Running) -> None:
    api = cloud.ready()["api"]
    served = httpx.get(f"{api}/openapi.json", timeout=60, trust_env=False).json()
    assert served == {**DOCUMENT, "servers": [{"url": api}]}


def test_every_kind_of_answer_fits_the_description(cloud: Running) -> None:
    recorded = record(cloud.ready())
    assert_request("taskEvent", recorded.pop("taskEvent"))
    for name, kept in recorded.items():
        if "request" in kept:
            assert_request(name, kept.pop("request"))
        for status, body in kept.items():
            assert_answer(name, int(status), PROBLEM if "title" in body else JSON, body)


def test_nothing_undocumented_is_answered(cloud: Running, tmp_path: Path) -> None:
    ready = cloud.ready()
    command = [str(Path(sys.executable).with_name("schemathesis")), "--no-color", "run"]
    command += [f"{ready['api']}/openapi.json", "-H", f"Authorization: Bearer {ready['key']}"]
    command += ["--checks", CHECKS, "--max-redirects", "0", "--request-timeout", "60"]
    command += ["--max-examples", "8", "--seed", "1", "--warnings", "off"]
    hooks = {"SCHEMATHESIS_HOOKS": "tests.e2e.schemathesis_hooks", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **hooks}, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    assert "Stateful (in" in run.stdout, run.stdout


@fuzz
@example(b"\xff\xfe")
@example(b'{"model": "nano-banana", "input": {"prompt": "\\ud800"}}')
@example(b"[" * 20_000)
@example(b'{"metadata": {"a": ' + b"9" * 5000 + b"}}")
@given(body=st.binary(max_size=2000))
def test_any_body_is_read_or_refused(cloud: Running, body: bytes) -> None:
    for method, path in WRITING:
        check(send(cloud, method, path, body=body))


@fuzz
@example(b"limit=0001" + b"9" * 4400)
@example(b"createdAfter=0001-01-01T00:00:00%2B14:00")
@example(b"createdAfter=2030-01-01&createdBefore=2020-01-01")
@example(b"cursor=WyJ0c2tfeHgiLCAiMTk5OS0wMS0wMVQwMDowMDowMC4wMDBaIl0&createdAfter=2020-01-01")
@example(b"cursor=W10")
@given(query=LINE.map(lambda line: re.sub(rb"[\s#]", b"", line)))
def test_any_query_is_understood_or_refused(cloud: Running, query: bytes) -> None:
    check(send(cloud, "GET", "/v1/tasks", query=query))


@fuzz
@example(name="authorization", value=b"Bearer plt_\xff")
@given(name=st.sampled_from(HEADERS), value=LINE)
def test_any_header_is_understood_or_refused(cloud: Running, name: str, value: bytes) -> None:
    header = name.encode() + b": " + value
    check(send(cloud, "POST", "/v1/tasks", header=header, body=b"{}"))
    check(send(cloud, "GET", "/docs", header=header))


@fuzz
@example("a" * 3000)
@example("%00")
@example("%FF")
@given(part=st.text("abc.~%/é☃\\;=&", max_size=40))
def test_any_path_is_found_or_not(cloud: Running, part: str) -> None:
    for path in READING:
        check(send(cloud, "GET", path.format(part)))


@pytest.mark.parametrize("method", ["PATCH", "TRACE", "PROPFIND", "OPTIONS", "HEAD", "X" * 99])
def test_a_method_that_a_route_has_not_leads_nowhere(cloud: Running, method: str) -> None:
    for _, path in WRITING:
        check(answer := send(cloud, method, path, body=b"{}"))
        assert answer[0] in (204, 400, 403, 404, 405), answer


@pytest.mark.parametrize("size", [1_000, 9_000, 60_000])
def test_a_long_head_is_taken_or_refused(cloud: Running, size: int) -> None:
    for name in (*HEADERS, "x-anything"):
        check(send(cloud, "POST", "/v1/tasks", header=name.encode() + b": " + b"x" * size))
    check(send(cloud, "GET", "/v1/tasks", query=b"cursor=" + b"x" * size))


@fuzz
@example(path="tsk_a/1/%00", body=b"")
@example(path="%ff/%c3%28/..%2f", body=b"\xff\xfe{\0}\0")
@example(path="a/1/" + "x" * 9000, body=b"[" * 100_000)
@given(path=st.text("aZ09_-.~%/:@é☃", max_size=60), body=st.binary(max_size=300))
def test_whatever_rings_the_answer_is_short(
    cloud: Running, callbacks: str, path: str, body: bytes
) -> None:
    status, text = send(cloud, "POST", f"/v1/callback/{path}", body=body, to=callbacks)
    refused = status in (400, 403) and text == ""  # 400: what is no HTTP at all
    assert refused or (status, json.loads(text)) == (404, GATEWAY_404)


def send(
    cloud: Running,
    method: str,
    path: str,
    *,
    to: str = "",
    query: bytes = b"",
    header: bytes = b"",
    body: bytes = b"",
) -> tuple[int, str]:
    """A request of these very bytes, as no well-behaved client would send it."""
    ready = cloud.ready()
    api = urlsplit(to or ready["api"])
    target = path.encode() + (b"?" + query if query else b"")
    lines = [b"%s %s HTTP/1.1" % (method.encode(), target), b"Host: " + api.netloc.encode()]
    lines += [b"Connection: close", b"Content-Length: %d" % len(body)]
    if not header.startswith(b"authorization"):
        lines.append(f"Authorization: Bearer {ready['key']}".encode())
    lines += [header] if header else []
    with socket.create_connection((str(api.hostname), api.port or 80), timeout=60) as wire:
        wire.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        with wire.makefile("rb") as stream:
            answer = stream.read()
    head, _, content = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), content.decode()


def check(answer: tuple[int, str]) -> None:
    status, text = answer
    assert status < 500, text
    assert not (status >= 400 and INSIDE.search(text)), text


def test_the_commands_of_the_guide_work_as_they_stand(cloud: Running, tmp_path: Path) -> None:
    guide = (ROOT / "docs/api.md").read_text()
    commands = re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)
    assert len(commands) == guide.count("```sh") >= 7
    script = "\n".join(["set -euo pipefail", *commands])
    environ = {**os.environ, "API": cloud.ready()["api"], "KEY": cloud.ready()["key"]}
    bash = [str(shutil.which("bash")), "-x", "-c", script]
    run = subprocess.run(bash, cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert '"status": "succeeded"' in run.stdout
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")


def test_no_function_raised_on_the_way(cloud: Running) -> None:
    log = (cloud.directory / "logs/functions.log").read_text()
    assert "Traceback" not in log
    errors = [line for line in log.splitlines() if '"level":"ERROR"' in line]
    # A task that was let go, and whose picture came all the same.
    assert [line for line in errors if '"late success"' not in line] == []
