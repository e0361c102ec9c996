"""AWS's own APIs: requests are signed, sent over kept connections, and repeated if that may help.

Not through the SDK, which a cold start would mostly consist of: docs/decisions/0082. A client is
asked as one of the SDK's is: `update_item(TableName=…)` asks for UpdateItem.
"""

import json
import os
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import IO, Any
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from plantain.errors import AwsError, ConditionFailed
from plantain.sigv4 import Signer
from plantain.wire import CONNECT_SECONDS, FAILURES, READ_SECONDS, Answer, Wire

MAX_TRIES = 4
UNREACHABLE = "Unreachable"
# Nothing was done, or nobody knows: to ask once more does no harm, and may help.
PASSING = frozenset(
    {
        UNREACHABLE,
        *("ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled"),
        *("RequestTimeout", "SlowDown", "Throttling", "ThrottlingException"),
        *("TooManyRequestsException", "TransactionInProgressException"),
    }
)
CONDITIONS = frozenset({"ConditionalCheckFailedException", "TransactionCanceledException"})
JSON_TARGETS = {
    "dynamodb": ("DynamoDB_20120810", "1.0"),
    "secretsmanager": ("secretsmanager", "1.1"),
    "sqs": ("AmazonSQS", "1.0"),
}
DOMAINS = {"cn": "amazonaws.com.cn", "eusc": "amazonaws.eu"}
OBJECT_METHODS = {"PutObject": "PUT", "GetObject": "GET", "HeadObject": "HEAD"}
OBJECT_HEADERS = {
    "ContentType": "content-type",
    "CacheControl": "cache-control",
    "ContentLength": "content-length",
}

Headers = Mapping[str, str]
Told = dict[str, Any]


def endpoint(service: str, bucket: str = "") -> SplitResult:
    """Where a service is: in the stack's region, unless the environment says another place."""
    name = service.upper().replace("SECRETSMANAGER", "SECRETS_MANAGER")
    given = os.environ.get(f"AWS_ENDPOINT_URL_{name}") or os.environ.get("AWS_ENDPOINT_URL")
    if given:
        return urlsplit(f"{given.rstrip('/')}/{bucket}")
    region = _region()
    domain = DOMAINS.get(region.partition("-")[0], "amazonaws.com")
    return urlsplit(f"https://{'.'.join(filter(None, (bucket, service, region, domain)))}/")


def object_url(bucket: str, key: str) -> SplitResult:
    place = endpoint("s3", bucket)
    return place._replace(path=f"{place.path.rstrip('/')}/{quote(key, safe='/-_.~')}")


def signer(service: str) -> Signer:
    return Signer(
        service,
        _region(),
        os.environ["AWS_ACCESS_KEY_ID"],
        os.environ["AWS_SECRET_ACCESS_KEY"],
        os.environ.get("AWS_SESSION_TOKEN", ""),
    )


# ── what is asked ────────────────────────────────────────────────────────────────────────────────


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
                if not (error.code in PASSING or error.status >= 500):
                    raise
            time.sleep(random.random() * 2 ** (tries - 1))  # noqa: S311
        return self._ask(operation, parameters)

    def _ask(self, operation: str, parameters: Told) -> Told:
        raise NotImplementedError

    def _post(self, headers: Headers, body: bytes) -> Answer:
        digest = sha256(body).hexdigest()
        return self._send("POST", endpoint(self.name), headers, body, digest)

    def _send(
        self, method: str, url: SplitResult, headers: Headers, body: bytes | IO[bytes], digest: str
    ) -> Answer:
        """What is answered, whatever it is; `digest` is the body's SHA-256."""
        signed = signer(self.name).headers(method, url, headers, digest, datetime.now(UTC))
        try:
            return self._wire.exchange(method, url, signed, body)
        except FAILURES as error:
            raise AwsError(UNREACHABLE, f"{self.name}: {type(error).__name__}") from error


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
            raise AwsError(UNREACHABLE, f"{operation}: what was answered is no JSON", answer.status)
        if answer.status == 200:
            return told
        # Written as Code, namespace#Code or Code:address.
        code = str(told.get("__type") or "").partition(":")[0].rpartition("#")[2]
        message = str(told.get("message") or told.get("Message") or "")
        raise _refusal(operation, code, message, answer.status, told)


class Topics(Service):
    """SNS, which is asked with a form; of its answers nothing is needed."""

    def _ask(self, operation: str, parameters: Told) -> Told:
        form = {"Action": operation, "Version": "2010-03-31", **dict(_fields(parameters))}
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = self._post(headers, urlencode(form).encode())
        if answer.status != 200:
            raise _refusal(operation, *_written(answer.content), answer.status)
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
        url = object_url(parameters["Bucket"], parameters["Key"])
        answer = self._send(OBJECT_METHODS[operation], url, headers, body, digest)
        if answer.status != 200:
            raise _refusal(operation, *_written(answer.content), answer.status)
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


def _written(content: bytes) -> tuple[str, str]:
    """The code and the message of an error in XML."""
    text = content.decode(errors="replace")
    found = (re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("Code", "Message"))
    code, message = (match[1] if match else "" for match in found)
    return code, message


def _refusal(
    operation: str, code: str, message: str, status: int, told: Told | None = None
) -> AwsError:
    kind = ConditionFailed if code in CONDITIONS else AwsError
    code = code or f"HTTP {status}"
    # Below its first line, a signature that is refused is explained with the session's token.
    said = f"{operation}: {code}: {message.partition('\n')[0]}"
    return kind(code, said, status, (told or {}).get("Item"))


def _region() -> str:
    return os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]


@cache
def sdk(service: str) -> Any:
    import botocore.session
    from botocore.config import Config

    retries = {"mode": "standard", "total_max_attempts": MAX_TRIES}
    config = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries=retries)
    return botocore.session.Session().create_client(service, config=config)
