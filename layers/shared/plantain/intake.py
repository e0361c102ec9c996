"""A request becomes a task: who it is, whether anybody can make it, and its first row. Pure but
for the clock and the settings."""

import base64
import hashlib
import json
import secrets as randomness
import time

from plantain import lifecycle, references
from plantain.accounts import routes
from plantain.destinations import forbidden
from plantain.errors import InvalidRequest
from plantain.models import State, Task, TaskRequest
from plantain.routing import eligible
from plantain.settings import settings


def task_id_of(owner: str, key: str | None) -> str:
    """Derived from the idempotency key where there is one, so that the row itself is the check."""
    return "tsk_" + base64.b32encode(seed_of(owner, key)).decode()[:26].lower()


def seed_of(owner: str, key: str | None) -> bytes:
    """The same for the same order sent again, and known to its sender alone."""
    named = f"{owner}\0{key}".encode()
    return hashlib.sha256(named).digest() if key else randomness.token_bytes(32)


def fingerprint_of(request: TaskRequest) -> str:
    """Tells the same request from another one: what was sent, without defaults."""
    sent = json.dumps(request.as_sent(), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(sent.encode()).hexdigest()[:32]


def open_task(
    task_id: str,
    owner: str,
    request: TaskRequest,
    fingerprint: str,
    base_url: str,
    dialect: str | None = None,
) -> Task:
    """The task as it is first written: about to be sent to the provider that is preferred."""
    _check_urls(request, base_url)
    provider = eligible(request, routes())[0]
    now = time.time()
    blank = Task(
        task_id=task_id,
        owner=owner,
        request=request,
        fingerprint=fingerprint,
        link_token=randomness.token_urlsafe(16),
        dialect=dialect,
        state=State.QUEUED,
        attempt=0,
        deadline=int(now) + settings().deadline_seconds,
        shard=lifecycle.shard(task_id),
        due=int(now) + settings().first_check_seconds,
        created_at=lifecycle.iso(now),
        updated_at=lifecycle.iso(now),
    )
    return intent(blank, provider)


def intent(task: Task, provider: str) -> Task:
    """The task as it is written before a POST that may cost money."""
    writer = randomness.token_hex(4)
    return lifecycle.sending(task, provider, time.time(), settings().lease_seconds, writer)


def _check_urls(request: TaskRequest, base_url: str) -> None:
    given = [
        (f"input.imageUrls.{n}", url)
        for n, url in enumerate(request.input.image_urls or [])
        if not references.is_link(url, base_url)
    ]
    given += [("callBackUrl", request.call_back_url)] if request.call_back_url else []
    wrong = [
        {"field": field, "message": reason, "allowed": ["a public https:// URL"]}
        for field, url in given
        if (reason := forbidden(url, settings().allowed))
    ]
    if wrong:
        raise InvalidRequest("A URL cannot be used.", errors=wrong)
