"""What Plantain talks about: requests, tasks, images, and what providers say of them."""

import json
from collections.abc import Mapping
from enum import StrEnum
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)
from pydantic.alias_generators import to_camel

from plantain.errors import RETRYABLE, FailureCode

MODELS = ("nano-banana", "nano-banana-2", "nano-banana-pro")

ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
MAX_URL = 2048
MAX_METADATA_BYTES = 2048
SHOWN_PROMPT = 256  # characters of a prompt that an event tells
MAX_REFERENCE_BYTES = 10_000_000  # the most that the providers take


def _not_long(value: str) -> str:
    if len(value) > MAX_URL and not value.startswith("data:"):
        raise ValueError(f"a URL may have {MAX_URL} characters")
    return value


Url = Annotated[str, StringConstraints(max_length=MAX_URL, pattern=r"^https?://\S+$")]
Reference = Annotated[
    str, StringConstraints(pattern=r"^(https?://\S+|data:\S+)$"), AfterValidator(_not_long)
]


# Dollars a picture, by provider and model.
type Prices = Mapping[tuple[str, str], float]
NO_PRICES: Prices = {}


class Frozen(BaseModel):
    """Immutable, and written in camelCase wherever it leaves the code."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,  # they are logged, and prompts are not
        defer_build=True,  # no function needs them all, and each takes its part of a cold start
    )


class Sent(Frozen):
    """What a client sends: nothing is guessed, nothing unknown is let through."""

    model_config = ConfigDict(strict=True, extra="forbid")

    def as_sent(self) -> dict[str, Any]:
        """The fields that were given, under their outside names."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class TaskInput(Sent):
    prompt: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
    image_urls: Annotated[list[Reference], Field(max_length=14)] | None = None
    aspect_ratio: Annotated[str, StringConstraints(max_length=8)] | None = None
    resolution: Annotated[str, StringConstraints(max_length=8)] | None = None
    output_format: Annotated[str, StringConstraints(max_length=8)] | None = None
    google_search: bool | None = None
    safety_checker: bool | None = None

    @field_validator("prompt")
    @classmethod
    def _not_blank(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("a prompt needs at least one visible character")
        return value

    @property
    def mode(self) -> Literal["text", "image"]:
        return "image" if self.image_urls else "text"

    @property
    def size(self) -> str | None:
        """The resolution in the one spelling that offers use: 1K, 2K, 4K."""
        return self.resolution.upper() if self.resolution else None

    @property
    def format(self) -> str | None:
        """The output format in the one spelling that offers use: png, jpeg."""
        return {"jpg": "jpeg"}.get(self.output_format or "", self.output_format)


class TaskRequest(Sent):
    model: Literal["nano-banana", "nano-banana-2", "nano-banana-pro"]
    input: TaskInput
    provider: Annotated[str, StringConstraints(max_length=64)] | None = None
    routing: Literal["auto", "value", "official"] | None = None
    call_back_url: Url | None = None
    metadata: dict[str, Any] | None = None

    @field_validator("metadata")
    @classmethod
    def _small(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        for name, item in (value or {}).items():
            if isinstance(item, list | dict) or (isinstance(item, float) and not isfinite(item)):
                raise ValueError(f"{name}: only text, numbers, true, false and null")
        if len(json.dumps(value).encode()) > MAX_METADATA_BYTES:
            raise ValueError(f"metadata may take {MAX_METADATA_BYTES} bytes of JSON at most")
        return value


class CancelRequest(Sent):
    discard: bool = False


class WebhookRequest(Sent):
    url: Url | None


class UploadRequest(Sent):
    """A reference picture that somebody is about to upload."""

    content_type: Literal["image/png", "image/jpeg", "image/webp"]
    bytes: Annotated[int, Field(ge=1, le=MAX_REFERENCE_BYTES)]


class Upload(Frozen):
    """Where and how to put that picture until `expiresAt`, and the link that it then has."""

    upload_url: str
    method: Literal["PUT"] = "PUT"
    headers: dict[str, str]
    link: str
    expires_at: str


class State(StrEnum):
    QUEUED = "queued"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Failure(Frozen):
    code: FailureCode
    message: str

    @property
    def retryable(self) -> bool:
        return self.code in RETRYABLE


class Image(Frozen):
    key: str
    thumbnail: str | None = None  # the key of a small one, once there is one
    source: str | None = None
    content_type: str
    width: int
    height: int
    bytes: int
    sha256: str


class Attempt(Frozen):
    """An attempt that is over; a ring for it may still show that it was charged."""

    number: int
    provider: str
    provider_task_id: str | None = None
    outcome: Literal["refused", "unpaid", "failed", "unknown", "ended"]


class LateSuccess(Frozen):
    """A picture that was paid for and came after its task's end."""

    # Writes are held against it whole, so what other code has put there must stay.
    model_config = ConfigDict(extra="allow")

    attempt: int
    provider: str
    provider_task_id: str
    urls: list[str]
    seen_at: str


class Claim(Frozen):
    """What a task counts for at the key that ordered it; prices in millionths of a dollar."""

    key: str
    at: int
    prices: dict[str, int] = {}

    @property
    def reserved(self) -> int:
        """The most that one attempt may cost: until the end, this is taken to be spent."""
        return max(self.prices.values(), default=0)


class Task(Frozen):
    """One row of the table. Times named …At are ISO 8601, the others are seconds since 1970."""

    task_id: str
    owner: str
    request: TaskRequest
    fingerprint: str
    link_token: str = ""
    claim: Claim | None = None
    dialect: str | None = None  # the API that it was ordered through, where that was another's
    state: State
    attempt: int
    provider: str | None = None
    provider_task_id: str | None = None
    writer: str = ""
    sent: int | None = None
    hold: int | None = None
    out: dict[str, int] = {}
    past: list[Attempt] = []
    deadline: int
    shard: int | None = None
    due: int | None = None
    result: int | None = None
    bad_fetches: int = 0
    images: list[Image] = []
    failure: Failure | None = None
    late_success: list[LateSuccess] | LateSuccess = []  # earlier code wrote one alone
    trail: list[str] = []
    created_at: str
    updated_at: str
    finished_at: str | None = None

    @property
    def late_successes(self) -> list[LateSuccess]:
        late = self.late_success
        return [late] if isinstance(late, LateSuccess) else late


class Receipt(Frozen):
    """What became of a submission, as far as anyone can tell.

    Its `words` are the provider's and may quote what it was sent: they are never logged.
    """

    kind: Literal["accepted", "busy", "account_refused", "request_refused", "unclear"]
    provider_task_id: str | None = None
    retry_after: int | None = None
    failure: Failure | None = None
    reason: str = ""
    words: str = ""

    @property
    def told(self) -> str:
        """For the one who sent the task."""
        return f"{self.reason} {self.words}".strip()


class Update(Frozen):
    """What a provider, asked with our key, says of one job."""

    kind: Literal["pending", "succeeded", "failed", "missing", "unavailable"]
    urls: list[str] = []
    failure: Failure | None = None
    retry_after: int | None = None
    reason: str = ""
