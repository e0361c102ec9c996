"""What a provider is: data about what it makes, and pure functions from and to its JSON."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

import httpx

from plantain.errors import FailureCode
from plantain.models import Failure, Receipt, Task, Update
from plantain.providers._reading import (
    as_id,
    as_number,
    as_object,
    message_of,
    parse_object,
    retry_after,
    usable_urls,
)

MAX_ID = 200
STATE = re.compile(r"[A-Za-z_-]{1,40}")
ACCOUNT_STATUSES = frozenset({401, 402, 403, 404})
BUSY_STATUSES = frozenset({409, 429, 503})
# An account in trouble is often reported as a bad request, so the words have to decide.
CREDIT_WORDS = tuple(f"insufficient {what}" for what in ("credit", "quota", "balance", "point"))
ACCOUNT_WORDS = (*CREDIT_WORDS, "not enough credit", "price not configured")
MODERATION_WORDS = (
    *("moderation", "safety", "sensitive", "nsfw", "policy"),
    *("content viol", "prohibited", "unsafe", "rejected the content"),
)
# An error code that nobody documents may blame the request; else it is the provider's trouble.
REQUEST_WORDS = ("invalid", "param", "required", "unsupported", "must", "not allowed")
# Some report a failed job with an HTTP status for a code.
STATUS_FAILURES = {
    "400": FailureCode.INVALID_INPUT,
    "402": FailureCode.INSUFFICIENT_CREDITS,
    "403": FailureCode.INSUFFICIENT_CREDITS,
    "422": FailureCode.INVALID_INPUT,
}


class Offer(NamedTuple):
    """One of our models as one provider makes it. An empty tuple: the field cannot be chosen."""

    model: str
    upstream: str
    modes: tuple[str, ...] = ("text", "image")
    prompt: tuple[int, int] = (1, 20_000)
    references: int = 14
    reference_endings: tuple[str, ...] = ()
    ratios: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    google_search: bool = False
    safety_checker: bool = False
    official: bool = False


@dataclass(frozen=True)
class Account:
    """The owner's account at a provider."""

    key: str = field(repr=False)
    url: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Accept": "application/json"}


class Provider:
    """Subclasses give the data, the paths and the bodies."""

    name: ClassVar[str]
    url: ClassVar[str]  # "" where the provider does not publish one: the account must
    offers: ClassVar[Sequence[Offer]]
    webhooks: ClassVar[bool] = True
    first_look: ClassVar[int] = 3  # seconds after which a job that nobody announces may be done
    idempotent: ClassVar[bool] = False  # a submit repeated under the same id is not charged again
    longest: ClassVar[int] = 900  # seconds after which a job cannot be running any more
    success: ClassVar[int] = 200
    pending: ClassVar[frozenset[str]]
    succeeded: ClassVar[str]
    failed: ClassVar[frozenset[str]]
    failures: ClassVar[Mapping[str, FailureCode]] = {}

    def submit_path(self, offer: Offer) -> str:
        raise NotImplementedError

    def submit_body(self, task: Task, offer: Offer, callback_url: str) -> dict[str, Any]:
        raise NotImplementedError

    def status_path(self, offer: Offer, provider_task_id: str) -> str:
        raise NotImplementedError

    def state_of(self, data: Mapping[str, Any]) -> str:
        raise NotImplementedError

    def urls_of(self, data: Mapping[str, Any]) -> object:
        raise NotImplementedError

    def failure_of(self, data: Mapping[str, Any]) -> tuple[str, str]:
        """The provider's own code and words for a failed job."""
        raise NotImplementedError

    def offer_of(self, model: str) -> Offer:
        return next(offer for offer in self.offers if offer.model == model)

    def submit_request(self, task: Task, account: Account, callback_url: str) -> httpx.Request:
        offer = self.offer_of(task.request.model)
        headers = dict(account.headers)
        if self.idempotent:
            headers["X-Request-ID"] = f"{task.task_id}.{task.attempt}"
        return httpx.Request(
            "POST",
            account.url.rstrip("/") + self.submit_path(offer),
            headers=headers,
            json=self.submit_body(task, offer, callback_url),
        )

    def status_request(self, task: Task, account: Account, provider_task_id: str) -> httpx.Request:
        path = self.status_path(self.offer_of(task.request.model), provider_task_id)
        return httpx.Request("GET", account.url.rstrip("/") + path, headers=account.headers)

    def read_receipt(self, response: httpx.Response) -> Receipt:
        envelope = parse_object(response.content)
        status, words = self._status(response, envelope)
        task_id = as_id(as_object(envelope.get("data")).get("taskId"))
        if status == 200:
            if 0 < len(task_id) <= MAX_ID:
                return Receipt(kind="accepted", provider_task_id=task_id)
            return Receipt(kind="unclear", reason="a success without a task id")
        return refusal(status, words, "code" in envelope, retry_after(response))

    def read_update(self, response: httpx.Response) -> Update:
        envelope = parse_object(response.content)
        status, _ = self._status(response, envelope)
        if status == 404:
            return Update(kind="missing", reason="404")
        data = as_object(envelope.get("data"))
        if status != 200 or not data:
            wait = retry_after(response)
            return Update(kind="unavailable", retry_after=wait, reason=f"{status}")
        return self._read_state(data)

    def _read_state(self, data: Mapping[str, Any]) -> Update:
        state = self.state_of(data)
        if state == self.succeeded:
            urls = usable_urls(self.urls_of(data))
            if urls:
                return Update(kind="succeeded", urls=urls)
            return Update(kind="pending", reason="a success without a usable url")
        if state in self.failed:
            code, words = self.failure_of(data)
            return Update(kind="failed", failure=self._failure(state, code, words))
        return Update(kind="pending", reason="" if state in self.pending else _unknown(state))

    def _failure(self, state: str, code: str, words: str) -> Failure:
        found = self.failures.get(code) or self.failures.get(state)
        if found is None:
            otherwise = STATUS_FAILURES.get(code, FailureCode.PROVIDER_ERROR)
            found = code_from_words(f"{code} {words}", otherwise)
        return Failure(code=found, message=words[:500] or code or state)

    def _status(self, response: httpx.Response, envelope: Mapping[str, Any]) -> tuple[int, str]:
        """One number for the answer: an error in the envelope counts like an error in HTTP."""
        words = message_of(envelope)
        code = as_number(envelope.get("code"))
        if response.status_code >= 300:
            return response.status_code, words
        if code == self.success and "error" not in envelope:
            return 200, words
        if code is None:
            return (200 if envelope.get("data") else 520), words
        if envelope.get("data") and 0 <= code < 400:
            return 200, words  # another word for success, since there is a job
        if 400 <= code < 600:
            return code, words
        blamed = any(word in words.lower() for word in REQUEST_WORDS)
        return (400 if blamed else 503), words


def _unknown(state: str) -> str:
    """Worth a line in the log, which takes a word from a provider but no text."""
    return f"an unknown state {state}" if STATE.fullmatch(state) else "an unknown state"


def refusal(status: int, words: str, enveloped: bool, wait: int | None) -> Receipt:
    """What an answer to a submission that is not a success means for task and charge."""
    said: dict[str, Any] = {"reason": f"{status}", "words": words}
    if status in BUSY_STATUSES or (status == 500 and enveloped):
        return Receipt(kind="busy", retry_after=wait, **said)
    account = any(word in words.lower() for word in ACCOUNT_WORDS)
    if status in ACCOUNT_STATUSES or (account and 400 <= status < 500):
        credits_ = status == 402 or any(word in words.lower() for word in CREDIT_WORDS)
        code = FailureCode.INSUFFICIENT_CREDITS if credits_ else FailureCode.PROVIDER_REFUSED
        message = f"The provider refuses the account: {status} {words}".strip()
        failure = Failure(code=code, message=message)
        return Receipt(kind="account_refused", failure=failure, **said)
    if 400 <= status < 500 and status != 408:
        code = code_from_words(words, otherwise=FailureCode.INVALID_INPUT)
        failure = Failure(code=code, message=words[:500] or f"HTTP {status}")
        return Receipt(kind="request_refused", failure=failure, **said)
    return Receipt(kind="unclear", **said)


def code_from_words(words: str, otherwise: FailureCode) -> FailureCode:
    moderated = any(word in words.lower() for word in MODERATION_WORDS)
    return FailureCode.CONTENT_MODERATION if moderated else otherwise


def chosen(**fields: Any) -> dict[str, Any]:
    """Only the fields that have a value: what nobody asked for is left to the provider."""
    return {name: value for name, value in fields.items() if value is not None}
