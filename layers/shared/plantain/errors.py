"""Everything that can go wrong, and what the outside is told of it.

PlantainError
├── ApiError               answered to the client as a problem document
│   ├── MalformedRequest   400  not JSON at all
│   ├── UnknownKey         401  where our code checks the key, and not the gateway
│   ├── NobodyNamed        403  a token that names nobody
│   ├── TaskNotFound       404
│   ├── NotHere            404  no route looks like that
│   ├── LinkNotFound       404  never says which part of the link is wrong
│   ├── Conflict           409  not in this state: TaskRunning, TaskBought, TaskFinished, NoWebhook
│   ├── TaskDeleted        410
│   ├── RequestTooLarge    413
│   ├── UnsupportedType    415  not application/json
│   ├── InvalidRequest     422  names each field and what is allowed
│   ├── KeyReused          422  same Idempotency-Key, another request
│   ├── LimitReached       429  TooManyRequests, TooManyActive, TooManyTasks, TooMuchSpent
│   ├── NoProvider         503  no configured provider makes that model
│   ├── NoPrice            503  a limit to spending, and a price that nobody knows
│   └── Busy               503  the table is throttled: try again
├── TaskExists             the row is already there
├── TaskMoved              another worker changed the row first
├── DeliveryMoved          another worker changed the delivery first
├── IllegalMove            the code asked for a transition that does not exist
├── AwsError               AWS said no, or nothing
│   └── ConditionFailed    a row is not what a write was meant for
├── ImageUnfetchable       try again later
├── ImageInvalid           arrived whole, is no picture
└── SettingInvalid         the deployment is misconfigured
"""

from collections.abc import Sequence
from enum import StrEnum
from math import inf
from typing import Any


class FailureCode(StrEnum):
    """Why a task failed: the same few words whoever made it."""

    CONTENT_MODERATION = "content_moderation"
    INVALID_INPUT = "invalid_input"
    INVALID_IMAGE = "invalid_image"
    INSUFFICIENT_CREDITS = "insufficient_credits"
    PROVIDER_REFUSED = "provider_refused"
    PROVIDER_ERROR = "provider_error"
    PROVIDER_TIMEOUT = "provider_timeout"
    PROVIDER_CANCELLED = "provider_cancelled"
    RESULT_INVALID = "result_invalid"
    RESULT_UNAVAILABLE = "result_unavailable"
    DEADLINE_EXCEEDED = "deadline_exceeded"
    CHARGE_UNKNOWN = "charge_unknown"


# Whether the same request, sent again as a new task, may well succeed.
RETRYABLE = frozenset(
    {
        FailureCode.INSUFFICIENT_CREDITS,
        FailureCode.PROVIDER_REFUSED,
        FailureCode.PROVIDER_ERROR,
        FailureCode.PROVIDER_TIMEOUT,
        FailureCode.PROVIDER_CANCELLED,
        FailureCode.RESULT_INVALID,
        FailureCode.RESULT_UNAVAILABLE,
        FailureCode.DEADLINE_EXCEEDED,
        FailureCode.CHARGE_UNKNOWN,
    }
)


class PlantainError(Exception):
    """The root of the tree."""


class ApiError(PlantainError):
    """Answered to the client as an RFC 9457 problem document."""

    status = 500
    code = "internal_error"
    title = "Something went wrong on our side"
    retry_after: int | None = None  # seconds until another try makes sense

    def __init__(self, detail: str = "", errors: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = list(errors)


class MalformedRequest(ApiError):
    status = 400
    code = "malformed_request"
    title = "The request could not be read"


class UnknownKey(ApiError):
    status = 401
    code = "unknown_key"
    title = "There is no API key, or it is wrong, or was revoked"


class NotHere(ApiError):
    status = 404
    code = "not_found"
    title = "There is nothing here"


class NobodyNamed(ApiError):
    status = 403
    code = "nobody_named"
    title = "The token does not say whose it is"


class TaskNotFound(ApiError):
    status = 404
    code = "task_not_found"
    title = "There is no such task"


class LinkNotFound(ApiError):
    status = 404
    code = "link_not_found"
    title = "There is no picture at this link"


class Conflict(ApiError):
    status = 409


class TaskRunning(Conflict):
    code = "task_running"
    title = "The task is still running"


class TaskBought(Conflict):
    code = "task_bought"
    title = "The task is already bought"


class TaskFinished(Conflict):
    code = "task_finished"
    title = "The task is already finished"


class NoWebhook(Conflict):
    code = "no_webhook"
    title = "There is no webhook to send to"


class TaskDeleted(ApiError):
    status = 410
    code = "task_deleted"
    title = "The task was deleted"


class RequestTooLarge(ApiError):
    status = 413
    code = "request_too_large"
    title = "The request is too large"


class UnsupportedType(ApiError):
    status = 415
    code = "unsupported_media_type"
    title = "The body is of another type than JSON"


class InvalidRequest(ApiError):
    status = 422
    code = "invalid_request"
    title = "The request asks for something that cannot be made"


class KeyReused(ApiError):
    status = 422
    code = "idempotency_key_reused"
    title = "This idempotency key was used for another request"


class LimitReached(ApiError):
    """What this key may do is done for now; nothing was recorded."""

    status = 429

    def __init__(self, detail: str = "", retry_after: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class TooManyRequests(LimitReached):
    code = "too_many_requests"
    title = "This key has made its requests for this minute"


class TooManyActive(LimitReached):
    code = "too_many_active"
    title = "This key has as many tasks running as it may"


class TooManyTasks(LimitReached):
    code = "too_many_tasks"
    title = "This key has ordered its tasks for this day"


class TooMuchSpent(LimitReached):
    code = "too_much_spent"
    title = "This key has spent what it may in this day"


class NoPrice(ApiError):
    status = 503
    code = "no_price"
    title = "This key may not spend more than so much, and nobody knows what this costs"


class NoProvider(ApiError):
    status = 503
    code = "no_provider"
    title = "No configured provider makes this model"


class Busy(ApiError):
    status = 503
    code = "busy"
    title = "Too much at once: try again in a moment"
    retry_after = 1


class TaskExists(PlantainError):
    """The row is already there."""


class TaskMoved(PlantainError):
    """Another worker changed the row first: read it again."""


class DeliveryMoved(PlantainError):
    """Another worker changed the delivery first: look again."""


class IllegalMove(PlantainError):
    """The code asked for a transition that the lifecycle does not have."""


class ImageUnfetchable(PlantainError):
    """The picture could not be had now; later it may, after so many seconds where that is known."""

    def __init__(self, message: str = "", again: float = inf) -> None:
        super().__init__(message)
        self.again = again


class ImageInvalid(PlantainError):
    """The bytes arrived whole and are no picture we keep."""


class AwsError(PlantainError):
    """The code is AWS's own word; the status is 0 where nothing answered."""

    def __init__(self, code: str, message: str = "", status: int = 0, item: Any = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.status = status
        self.item = item or {}


class ConditionFailed(AwsError):
    """Nothing was written; `item` is what is there, where the write asked to be told."""


class SettingInvalid(PlantainError):
    """The deployment is misconfigured; says which setting and what it should be."""
