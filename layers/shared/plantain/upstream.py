"""Asks the providers. An answer always comes back: what went wrong is part of it."""

import zlib
from functools import cache

import httpx

from plantain import guard, patience, tokens
from plantain.errors import FailureCode, SettingInvalid
from plantain.log import log
from plantain.models import Failure, Receipt, Task, Update
from plantain.providers import Account, account_at, provider_named
from plantain.settings import secrets, settings

SUBMIT_SECONDS = 15.0
STATUS_SECONDS = 5.0
MAX_ANSWER_BYTES = 1_000_000
PACKED = frozenset({"gzip", "x-gzip", "deflate"})
MIN_HIDDEN = 8  # letters; a shorter key may well be part of a word
NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    httpx.LocalProtocolError,
    UnicodeEncodeError,
    SettingInvalid,
)


def submit(task: Task) -> Receipt:
    """Buy: the one request that may cost money."""
    provider = provider_named(task.provider or "")
    try:
        account = _account(task)
        if account is None:
            return _no_account()
        hidden = _hidden(task, account)  # may fail, and after sending nothing may
        request = provider.submit_request(task, account, _callback_url(task))
        answer = _send(provider.name, _buying(), request, SUBMIT_SECONDS)
        receipt = provider.read_receipt(_discreet(answer, hidden))
    except NOT_SENT as error:
        receipt = Receipt(kind="busy", reason=f"not sent: {type(error).__name__}")
    except (httpx.HTTPError, ValueError) as error:
        receipt = Receipt(kind="unclear", reason=f"no answer: {type(error).__name__}")
    log.info("submitted", extra={**_about(task), "kind": receipt.kind, "reason": receipt.reason})
    return receipt


def status(task: Task, provider_task_id: str) -> Update:
    """Ask how the job stands."""
    provider = provider_named(task.provider or "")
    try:
        account = _account(task)
        if account is None:
            return Update(kind="unavailable", reason="the provider is not configured any more")
        hidden = _hidden(task, account)
        request = provider.status_request(task, account, provider_task_id)
        answer = _send(provider.name, _asking(), request, STATUS_SECONDS)
        update = provider.read_update(_discreet(answer, hidden))
    except (httpx.HTTPError, httpx.InvalidURL, SettingInvalid, ValueError) as error:
        update = Update(kind="unavailable", reason=f"no answer: {type(error).__name__}")
    level = log.warning if update.reason else log.info
    level("asked", extra={**_about(task), "kind": update.kind, "reason": update.reason})
    return update


def _send(
    name: str, client: httpx.Client, request: httpx.Request, seconds: float
) -> httpx.Response:
    with guard.deadline(seconds), patience.asking(name):
        response = client.send(request, stream=True)
        try:
            content = _unpacked(response, _read(response))
        finally:
            response.close()
    headers = {k: v for k, v in response.headers.items() if k == "retry-after"}
    return httpx.Response(response.status_code, headers=headers, content=content)


def _read(response: httpx.Response) -> bytes:
    content = bytearray()
    for chunk in response.iter_raw():
        content += chunk
        if len(content) > MAX_ANSWER_BYTES:
            raise ValueError("the answer is too large")
    return bytes(content)


def _unpacked(response: httpx.Response, content: bytes) -> bytes:
    """We ask for plain answers; but one that is packed all the same may tell of a charge."""
    if response.headers.get("Content-Encoding", "identity").lower() not in PACKED:
        return content
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # gzip or deflate, as it begins
    try:
        return unpacker.decompress(content, MAX_ANSWER_BYTES)
    except zlib.error as error:
        raise ValueError("the answer does not unpack") from error


def _hidden(task: Task, account: Account) -> list[bytes]:
    """What a provider is sent and nobody else may see: our key, and the attempt's token."""
    live = tokens.live(task.task_id, task.attempt, secrets().callback_keys)
    return [text.encode() for text in (account.key, *live) if len(text) >= MIN_HIDDEN]


def _discreet(answer: httpx.Response, hidden: list[bytes]) -> httpx.Response:
    """The answer of a provider that may quote what it was sent, without what is hidden."""
    content = answer.content
    for secret in hidden:
        content = content.replace(secret, b"***")
    return httpx.Response(answer.status_code, headers=answer.headers, content=content)


@cache
def _buying() -> httpx.Client:
    # A kept connection that died unseen would make a submission unclear: buy on a fresh one.
    return guard.trusted_client(keep_alive=False)


@cache
def _asking() -> httpx.Client:
    return guard.trusted_client(keep_alive=True)


def _account(task: Task) -> Account | None:
    return account_at(task.provider or "", secrets().held)


def _callback_url(task: Task) -> str:
    token = tokens.sign(task.task_id, task.attempt, secrets().callback_keys)
    return f"{settings().callback_url}/v1/callback/{task.task_id}/{task.attempt}/{token}"


def _no_account() -> Receipt:
    message = "The provider is not configured any more."
    failure = Failure(code=FailureCode.PROVIDER_REFUSED, message=message)
    return Receipt(kind="account_refused", failure=failure, reason=message)


def _about(task: Task) -> dict[str, object]:
    return {"task": task.task_id, "attempt": task.attempt, "provider": task.provider}
