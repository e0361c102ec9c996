"""Submit up to its 202, AWS and the provider played over TLS.

Cold as a whole process beside a Python that does nothing; warm as the CPU of one request beside
the bare POSTs that it cannot do without.
"""

import json
import subprocess
from collections.abc import Iterator

from bench import artifacts
from bench.figure import Figure, Scale
from bench.stub import Stub, running
from tests.unit.gateway import request

BODY = json.dumps({"model": "nano-banana", "input": {"prompt": "a plantain"}})
ONCE = """
import json, app
answer = app.handler(json.load(open("../event.json")), None)
assert answer["statusCode"] == 202, answer
"""
# The provider is bought from on a fresh connection each time, so its POST is bare on a fresh one.
WARM = """
import json, time, os, ssl, http.client, app
event, rounds = json.load(open("../event.json")), 60
host = os.environ["AWS_ENDPOINT_URL"].rpartition("/")[2]
context = ssl.create_default_context(cafile=os.environ["CERTIFICATES"])
kept = http.client.HTTPSConnection(host, context=context)
body = b"x" * 600
def post(connection):
    connection.request("POST", "/", body)
    connection.getresponse().read()
def bare():
    post(kept)
    post(kept)
    fresh = http.client.HTTPSConnection(host, context=context)
    post(fresh)
    fresh.close()
def cpu(what):
    what()
    began = time.process_time()
    for _ in range(rounds):
        what()
    return time.process_time() - began
def ours():
    assert app.handler(event, None)["statusCode"] == 202
for number in range(3):
    print("ratio", cpu(ours) / cpu(bare))
"""


def measure(scale: Scale) -> Iterator[Figure]:
    with artifacts.unpacked() as unpacked, running(unpacked.directory) as stub:
        environment = _trusted(unpacked, stub)
        (unpacked.directory / "event.json").write_text(
            json.dumps(request("POST", "/v1/tasks", BODY))
        )
        cold = unpacked.cold("submit", ONCE, scale.pairs, environment)
        warm = _warm(unpacked, environment)
    yield Figure(
        name="Cold start of submit up to its first 202",
        ours=cold,
        unit="× an empty Python",
        goal=21,
        further=14,
        floor="1 ×",
    )
    yield Figure(
        name="Warm submit",
        ours=warm,
        unit="× the CPU of its three bare POSTs",
        goal=4,
        further=1.6,
        floor="1 ×: the row, the purchase on a fresh connection, the row again",
    )


def _trusted(unpacked: artifacts.Unpacked, stub: Stub) -> dict[str, str]:
    """The stub's certificate is put beside the real ones: all of them are read, as they are."""
    bundle = unpacked.layer("DependenciesLayer") / "certifi" / "cacert.pem"
    bundle.write_text(bundle.read_text() + stub.certificate.read_text())
    return {
        "AWS_ENDPOINT_URL": stub.url,
        "CERTIFICATES": str(bundle),
        "TASK_TABLE": "tasks",
        "USAGE_TABLE": "usage",
        "ADVANCE_QUEUE_URL": f"{stub.url}/advance",
        "SECRET_ID": "upstream",
        "API_URL": "https://api.test",
        "CALLBACK_URL": "https://callback.test",
        "PROVIDER_ORDER": "maxapi",
        "POWERTOOLS_LOG_LEVEL": "WARNING",
        "NO_PROXY": "127.0.0.1",
    }


def _warm(unpacked: artifacts.Unpacked, environment: dict[str, str]) -> float:
    done = subprocess.run(
        [unpacked.python, "-c", WARM],
        env=unpacked.environment("submit") | environment,
        cwd=unpacked.directory / artifacts.folder("submit"),
        capture_output=True,
        text=True,
        check=True,
    )
    found = [line.split() for line in done.stdout.splitlines() if line.startswith("ratio ")]
    return artifacts.median(float(ratio) for _, ratio in found)
