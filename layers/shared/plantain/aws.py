"""AWS's own APIs: requests are signed, sent over kept connections, and repeated if that may help.

Not through the SDK, which a cold start would mostly consist of: docs/decisions/0082. A client is
asked as one of the SDK's is: `update_item(TableName=…)` asks for UpdateItem.
"""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import IO, Any
from urllib.parse import SplitResult, urlencode

from plantain import refusals, region
from plantain.errors import AwsError
from plantain.wire import CONNECT_SECONDS, FAILURES, READ_SECONDS, Answer, Wire

MAX_TRIES = 4
JSON_TARGETS = {
    "dynamodb": ("DynamoDB_20120810", "1.0"),
    "secretsmanager": ("secretsmanager", "1.1"),
    "sqs": ("AmazonSQS", "1.0"),
}
OBJECT_METHODS = {"PutObject": "PUT", "GetObject": "GET", "HeadObject": "HEAD"}
OBJECT_HEADERS = {
    "ContentType": "content-type",
    "CacheControl": "cache-control",
    "ContentLength": "content-length",
}

Headers = Mapping[str, str]
Told = dict[str, Any]


class Service:
    """Several threads may ask it at once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._wire = Wire()

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method.startswith("_"):
            raise AttributeError(method)
        operation = "".join(word.capitalize() for word in method.split("_"))
        return lambda **parameters: self.ask(operation, parameters)

    def ask(self, operation: str, parameters: Told) -> Told:
        for tries in range(1, MAX_TRIES):
            try:
                return self._ask(operation, parameters)
            except AwsError as error:
                if not refusals.may_pass(error):
                    raise
            time.sleep(random.random() * 2 ** (tries - 1))  # noqa: S311
        return self._ask(operation, parameters)

    def _ask(self, operation: str, parameters: Told) -> Told:
        raise NotImplementedError

    def _post(self, headers: Headers, body: bytes) -> Answer:
        digest = sha256(body).hexdigest()
        return self._send("POST", region.endpoint(self.name), headers, body, digest)

    def _send(
        self, method: str, url: SplitResult, headers: Headers, body: bytes | IO[bytes], digest: str
    ) -> Answer:
        """What is answered, whatever it is; `digest` is the body's SHA-256."""
        signed = region.signer(self.name).headers(method, url, headers, digest, datetime.now(UTC))
        try:
            return self._wire.exchange(method, url, signed, body)
        except FAILURES as error:
            raise AwsError(refusals.UNREACHABLE, f"{self.name}: {type(error).__name__}") from error


class Json(Service):
    """DynamoDB, SQS and Secrets Manager, whose parameters and answers are JSON."""

    def _ask(self, operation: str, parameters: Told) -> Told:
        target, version = JSON_TARGETS[self.name]
        headers = {
            "content-type": f"application/x-amz-json-{version}",
            "x-amz-target": f"{target}.{operation}",
        }
        answer = self._post(headers, json.dumps(parameters).encode())
        told = _parsed(answer.content)
        if told is None:
            said = f"{operation}: what was answered is no JSON"
            raise AwsError(refusals.UNREACHABLE, said, answer.status)
        if answer.status == 200:
            return told
        raise refusals.of_json(operation, told, answer.status)


class Topics(Service):
    """SNS, which is asked with a form; of its answers nothing is needed."""

    def _ask(self, operation: str, parameters: Told) -> Told:
        form = {"Action": operation, "Version": "2010-03-31", **dict(_fields(parameters))}
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = self._post(headers, urlencode(form).encode())
        if answer.status != 200:
            raise refusals.of_xml(operation, answer.content, answer.status)
        return {}


class Objects(Service):
    """S3, as far as a picture's way needs it; whatever else is asked for, the SDK asks."""

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method in ("put_object", "get_object", "head_object"):
            return super().__getattr__(method)
        return getattr(sdk(self.name), method)  # type: ignore[no-any-return]

    def _ask(self, operation: str, parameters: Told) -> Told:
        named = OBJECT_HEADERS.items()
        headers = {name: str(parameters[word]) for word, name in named if word in parameters}
        body, digest = parameters.get("Body", b""), parameters.get("Sha256", "")
        if not isinstance(body, bytes):
            body.seek(0)
        headers["x-amz-content-sha256"] = digest = digest or sha256(body).hexdigest()
        url = region.object_url(parameters["Bucket"], parameters["Key"])
        answer = self._send(OBJECT_METHODS[operation], url, headers, body, digest)
        if answer.status != 200:
            raise refusals.of_xml(operation, answer.content, answer.status)
        return {"Body": answer.content}


def _parsed(content: bytes) -> Told | None:
    try:
        told = json.loads(content or b"{}")
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _fields(parameters: Told) -> Iterator[tuple[str, str]]:
    """A form has no maps: their entries are numbered."""
    for name, value in parameters.items():
        if isinstance(value, dict):
            for number, (key, fields) in enumerate(value.items(), 1):
                yield f"{name}.entry.{number}.Name", key
                for field, text in fields.items():
                    yield f"{name}.entry.{number}.Value.{field}", text
        else:
            yield name, value


@cache
def sdk(service: str) -> Any:
    import botocore.session
    from botocore.config import Config

    retries = {"mode": "standard", "total_max_attempts": MAX_TRIES}
    config = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries=retries)
    return botocore.session.Session().create_client(service, config=config)
