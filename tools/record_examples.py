"""Records the examples of the API's description from the running local cloud."""

import json
import re
import secrets
import time
from pathlib import Path
from typing import Any

import boto3
import httpx

from local.deploy import subscribe
from plantain.contract import ROUTES
from plantain.dialects import all_dialects

READY = Path(".local/ready.json")
DIALECTS = Path("events/dialects")
EXAMPLES = Path("layers/shared/plantain/contract/examples.json")
PROMPT = "a lighthouse at dusk"
HOOK = "https://hooks.example/plantain"
# What is only so on one machine, or is nobody's business, as it would look elsewhere.
WORDS = (
    (r"http://127\.0\.0\.1:\d+/plantain-imagebucket-\w+", "https://pictures.s3.amazonaws.com"),
    (r"http://plantain-imagebucket-\w+\.[\w.:]+", "https://pictures.s3.amazonaws.com"),
    (r"http://127\.0\.0\.1:\d+", "https://api.example.com"),
    (r"\?X-Amz-[^\"]*", "?X-Amz-Expires=900&X-Amz-Signature=0f1e2d3c"),
    (r" \[sim: never\]", ""),
    (r"whsec_[\w+/=]+", "whsec_cGxhbnRhaW4tcGxhbnRhaW4tcGxhbnRhaW4="),
    (r"/[\w-]{22}\.(png|jpg|webp)\b", r"/9Jm3kVtYw0aLq5xZ7sRb2A.\1"),
)
Json = dict[str, Any]


class Recorder:
    """Calls the API, and keeps what was sent and answered by operation and status."""

    def __init__(self, ready: Json) -> None:
        headers = {"Authorization": f"Bearer {ready['key']}"}
        self.api = httpx.Client(base_url=ready["api"], headers=headers, timeout=60, trust_env=False)
        self.examples: dict[str, Json] = {}

    def call(
        self, name: str, method: str, path: str, body: Json | None = None, **more: str
    ) -> httpx.Response:
        answer = self.api.request(method, path, json=body, headers=more)
        kept = self.examples.setdefault(name, {})
        if body and answer.is_success:
            kept.setdefault("request", body)
        if answer.content:
            kept.setdefault(str(answer.status_code), answer.json())
        return answer


class Topic:
    """A queue of our own that hears what the topic tells."""

    def __init__(self, ready: Json) -> None:
        session = boto3.Session("local", "local", region_name="us-east-1")
        self.sqs = session.client("sqs", endpoint_url=ready["aws"])
        sns = session.client("sns", endpoint_url=ready["aws"])
        formation = session.client("cloudformation", endpoint_url=ready["aws"])
        (stack,) = formation.describe_stacks(StackName="plantain")["Stacks"]
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
        self.queue = self.sqs.create_queue(QueueName=f"record-{secrets.token_hex(4)}")["QueueUrl"]
        subscribe(self.sqs, sns, self.queue, outputs["TaskTopicArn"])

    def event_of(self, task_id: str) -> Json:
        while True:
            got = self.sqs.receive_message(QueueUrl=self.queue, WaitTimeSeconds=5)
            for message in got.get("Messages", []):
                event: Json = json.loads(json.loads(message["Body"])["Message"])
                if event["data"]["taskId"] == task_id:
                    return event


def record(ready: Json) -> dict[str, Json]:
    recorder, topic = Recorder(ready), Topic(ready)
    task_id = _tasks(recorder)
    recorder.examples["taskEvent"] = topic.event_of(task_id)
    _webhooks(recorder, task_id)
    for size in (10**9, 4096):
        upload = {"contentType": "image/png", "bytes": size}
        recorder.call("createUpload", "POST", "/v1/uploads", upload)
    _ends(recorder, task_id)
    _dialects(recorder)
    return recorder.examples


def _tasks(recorder: Recorder) -> str:
    call, key = recorder.call, f"order-{secrets.token_hex(4)}"
    wanted: Json = {"prompt": PROMPT, "aspectRatio": "16:9"}
    body: Json = {"model": "nano-banana-2", "input": wanted, "metadata": {"order": 17}}
    body["callBackUrl"] = HOOK
    named = {"Idempotency-Key": key}
    answer = call("createTask", "POST", "/v1/tasks", body, **named)
    path = f"/v1/tasks/{answer.json()['taskId']}"
    call("deleteTask", "DELETE", path)
    call("createTask", "POST", "/v1/tasks", {**body, "model": "nano-banana"}, **named)
    bad: Json = {**body, "input": {**wanted, "aspectRatio": "3:5"}}
    recorder.examples["createTask"].pop("422", None)
    call("createTask", "POST", "/v1/tasks", bad)
    call("createTask", "POST", "/v1/tasks", body, Authorization="Bearer wrong")
    while not recorder.api.get(f"{path}?wait=20").json()["finishedAt"]:
        pass
    while not recorder.api.get(path).json()["images"][0]["thumbnail"]:
        time.sleep(1)
    call("getTask", "GET", path)
    call("getTask", "GET", f"{path}?wait=an-hour")
    call("getTask", "GET", "/v1/tasks/tsk_aaaaaaaaaaaaaaaaaaaaaaaaaa")
    call("listTasks", "GET", "/v1/tasks?limit=1")
    call("listTasks", "GET", "/v1/tasks?status=gone")
    call("listModels", "GET", "/v1/models")
    call("getOverview", "GET", "/v1/overview")
    call("getOverview", "GET", "/v1/overview?hours=1000")
    return path.rpartition("/")[2]


def _webhooks(recorder: Recorder, task_id: str) -> None:
    call = recorder.call
    call("setWebhook", "PUT", "/v1/webhook", {"url": "http://hooks.example"})
    call("setWebhook", "PUT", "/v1/webhook", {"url": HOOK})
    call("getWebhook", "GET", "/v1/webhook")
    call("rotateSecret", "POST", "/v1/webhook/rotate")
    call("testWebhook", "POST", "/v1/webhook/test")
    path = f"/v1/tasks/{task_id}/deliveries"
    call("sendAgain", "POST", path)
    while not recorder.api.get(path).json()["deliveries"][0]["tries"]:
        time.sleep(1)
    call("listDeliveries", "GET", path)
    call("getTimeline", "GET", f"/v1/tasks/{task_id}/timeline")


def _ends(recorder: Recorder, task_id: str) -> None:
    call, slow = recorder.call, {"prompt": f"{PROMPT} [sim: never]"}  # so that it is still running
    other = recorder.api.post("/v1/tasks", json={"model": "nano-banana", "input": slow}).json()
    path = f"/v1/tasks/{other['taskId']}/cancel"
    call("cancelTask", "POST", path)
    call("cancelTask", "POST", path, {"discard": True})
    call("deleteTask", "DELETE", f"/v1/tasks/{task_id}")


def _dialects(recorder: Recorder) -> None:
    """What the pages of others order first, an order that lacks everything, and a bad key."""
    names = {route.key: route.name for route in ROUTES}
    for name, dialect in all_dialects().items():
        recorded = json.loads((DIALECTS / f"{name}.json").read_text())
        order = recorded["submissions"][0]
        submit, show = f"POST {dialect.submit_path}", f"GET {dialect.status_path}"
        answer = recorder.call(names[submit], "POST", order["path"], order["body"])
        task_id = answer.json()["data"]["taskId"]
        model = order["path"].rpartition("/")[2]
        path = dialect.status_path.format(taskId=task_id, model=model) + f"?taskId={task_id}"
        while not recorder.api.get(f"/v1/tasks/{task_id}?wait=20").json()["finishedAt"]:
            pass
        recorder.call(names[show], "GET", path)
        bare = {"model": order["body"].get("model"), "input": {}}
        recorder.call(names[submit], "POST", order["path"], bare)
        recorder.call(names[submit], "POST", order["path"], bare, Authorization="Bearer wrong")


def shown(examples: dict[str, Json]) -> str:
    lines = [f'"{name}": {json.dumps(e, ensure_ascii=False)}' for name, e in examples.items()]
    text = ",\n".join(lines)
    for pattern, words in WORDS:
        text = re.sub(pattern, words, text)
    return f"{{\n{text}\n}}\n"


if __name__ == "__main__":
    EXAMPLES.write_text(shown(record(json.loads(READY.read_text()))))
