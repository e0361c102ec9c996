"""Everything that can go wrong, as exceptions.

PlantainError
├── NotConfigured        no address, no key, or one that cannot be used
├── Unreachable          no answer, however often it was asked for
├── ApiError             an answer that is an error
│   ├── Refused          400 410 413 415 422: ask for something else
│   ├── NotAuthorized    401 403
│   ├── NotFound         404
│   ├── Conflict         409: not in this state
│   └── Unavailable      429 and 5xx: ask again later
├── TaskNotMade          the task failed or was cancelled
├── StillRunning         the time to wait is over; the task goes on
├── KeyUnusable          a key for an order that cannot be sent with it
├── PictureUnusable      a reference that is no picture
├── PictureDamaged       what was fetched is not what was stored
└── WebhookInvalid       not signed by who has the secret, or too old
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plantain_client.answers import Task


class PlantainError(Exception):
    """The root of the tree. `code` is for programs and never changes."""

    code = ""
    status: int | None = None
    retry_after: float | None = None  # seconds until another try makes sense
    tries = 1  # how often it was asked


class NotConfigured(PlantainError):
    code = "not_configured"


class Unreachable(PlantainError):
    code = "unreachable"


class ApiError(PlantainError):
    """An answer that is an error; a 422 names each field in `errors`, and what is allowed."""

    def __init__(
        self,
        detail: str,
        *,
        status: int,
        code: str = "",
        errors: list[dict[str, Any]] | None = None,
        retry_after: float | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail, self.status, self.code = detail, status, code
        self.errors = errors or []
        self.retry_after, self.request_id = retry_after, request_id


class Refused(ApiError):
    """As it is, this will never be taken."""


class NotAuthorized(ApiError):
    """No key, or one that is not known."""


class NotFound(ApiError):
    """There is no such thing, or it is not yours."""


class Conflict(ApiError):
    """The task is not in the state for this."""


class Unavailable(ApiError):
    """Too much at once, or something is wrong over there."""


class TaskNotMade(PlantainError):
    """The task ended without a picture; `retryable` says whether a new one may well succeed."""

    def __init__(self, task: Task) -> None:
        failure = task.failure
        super().__init__(failure.message if failure else f"The task was {task.status}.")
        self.task = task
        self.code = failure.code if failure else task.status
        self.retryable = bool(failure and failure.retryable)


class StillRunning(PlantainError):
    code = "still_running"

    def __init__(self, task: Task) -> None:
        super().__init__(f"{task.task_id} is still {task.status}; it goes on.")
        self.task = task


class KeyUnusable(PlantainError):
    code = "key_unusable"


class PictureUnusable(PlantainError):
    code = "picture_unusable"


class PictureDamaged(PlantainError):
    code = "picture_damaged"


class WebhookInvalid(PlantainError):
    code = "webhook_invalid"
