"""The outside as the package sees it: each call is put to the explorer, and answered by it."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from plantain import lifecycle
from plantain.errors import ConditionFailed, FailureCode, ImageInvalid, ImageUnfetchable
from plantain.models import Failure, Image, Receipt, Task, Update
from plantain.storage import source_of
from tests.model.stepping import Effect, ask

TASK_ID = "tsk_model"
PICTURES = ("1.png", "2.png")
ACCOUNTS: tuple[str, ...] = ()  # the providers that the owner has an account at


class Dynamo:
    def query(self, **params: Any) -> Any:
        """Of the shards, only the task's own has anything."""
        shard = params["ExpressionAttributeValues"].get(":shard")
        own = shard in (None, {"N": str(lifecycle.shard(TASK_ID))})
        return _read("Query", params) if own else {"Items": []}

    def get_item(self, **params: Any) -> Any:
        return _read("GetItem", params)

    def put_item(self, **params: Any) -> Any:
        return _write("PutItem", params)

    def update_item(self, **params: Any) -> Any:
        return _write("UpdateItem", params)

    def delete_item(self, **params: Any) -> Any:
        return _write("DeleteItem", params)


class Pages:
    """Pages of a task's pictures."""

    def paginate(self, **_: str) -> Iterator[Any]:
        yield {"Contents": [{"Key": key} for key in json.loads(ask(Effect("bucket", "list")))]}


class Bucket:
    def get_paginator(self, operation: str) -> Pages:
        return Pages()

    def delete_objects(self, **params: Any) -> None:
        ask(Effect("bucket", "delete", _text([key["Key"] for key in params["Delete"]["Objects"]])))


class Queue:
    def send_message(self, **params: Any) -> None:
        ask(Effect("queue", "send", params["MessageBody"]))

    def send_message_batch(self, **params: Any) -> None:
        for entry in params["Entries"]:
            self.send_message(**entry)

    def get_queue_attributes(self, AttributeNames: list[str], **_: str) -> Any:  # noqa: N803
        return {"Attributes": dict.fromkeys(AttributeNames, "0")}


class Topic:
    def publish(self, **params: Any) -> None:
        told = json.loads(params["Message"])
        ask(Effect("topic", told["type"], told["id"]))


class Secret:
    def get_secret_value(self, **params: Any) -> Any:
        held = {name: {"key": "key", "url": f"https://{name}.test"} for name in ACCOUNTS}
        return {"SecretString": _text({"callbackKey": "k" * 32, **held})}


CLIENTS = {
    "dynamodb": Dynamo(),
    "s3": Bucket(),
    "sqs": Queue(),
    "sns": Topic(),
    "secretsmanager": Secret(),
}


def submit(task: Task) -> Receipt:
    """Instead of upstream.submit."""
    kind, _, job = ask(Effect("provider", "buy", f"{task.provider}.{task.attempt}")).partition(" ")
    failure = Failure(code=FailureCode.INVALID_INPUT, message="No.")
    return Receipt(kind=kind, provider_task_id=job or None, failure=failure)


def status(task: Task, job: str) -> Update:
    """Instead of upstream.status."""
    answer = ask(Effect("provider", "ask", f"{task.provider}.{job}"))
    match answer:
        case "succeeded":
            return Update(kind="succeeded", urls=urls_of(job))
        case "failed" | "unpaid":
            code = FailureCode.PROVIDER_ERROR
            code = FailureCode.INSUFFICIENT_CREDITS if answer == "unpaid" else code
            return Update(kind="failed", failure=Failure(code=code, message="No."))
    return Update(kind=answer)


def keep(url: str, prefix: str) -> Image:
    """Instead of storage.keep."""
    match ask(Effect("web", "fetch", url)):
        case "invalid":
            raise ImageInvalid
        case "unfetchable":
            raise ImageUnfetchable
    key = f"{prefix}/{url.removeprefix('https://')}"
    ask(Effect("bucket", "put", key))
    sizes = {"width": 1, "height": 1, "bytes": 1, "sha256": key}
    return Image(key=key, source=source_of(url), content_type="image/png", **sizes)


def urls_of(job: str) -> list[str]:
    return [f"https://{job}/{name}" for name in PICTURES]


def keys_of(owner: str, job: str) -> set[str]:
    return {f"{owner}/{TASK_ID}/{job}/{name}" for name in PICTURES}


def _read(operation: str, params: dict[str, Any]) -> Any:
    return json.loads(ask(Effect("table", operation, _text(params))))


def _write(operation: str, params: dict[str, Any]) -> Any:
    answer = ask(Effect("table", operation, _text(params)))
    if answer == "refused":
        raise ConditionFailed("ConditionalCheckFailedException", operation)
    return json.loads(answer)


def _text(value: dict[str, Any] | Sequence[Any]) -> str:
    return json.dumps(value, sort_keys=True)
