"""The client for code that waits."""

import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Unpack

import httpx

from plantain_client import calls, connection, orders, pictures
from plantain_client.answers import Delivery, Image, Model, Page, Step, Task, Try, Webhook
from plantain_client.orders import Look, Options
from plantain_client.steps import Pause, Steps, T, request_of


class Plantain:
    """One Plantain and one key; without them, those of the environment or the local cloud."""

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        place = connection.find(url, key)
        self._key = place.key
        self._http = httpx.Client(**place.settings(), transport=transport)

    def __enter__(self) -> "Plantain":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    # ── pictures ──────────────────────────────────────────────────────────────────────────────

    def generate(
        self,
        prompt: str,
        *,
        timeout: float | None = None,
        on_look: Look | None = None,
        **options: Unpack[Options],
    ) -> Task:
        """Order a picture and wait for it; `on_look` is told of the task at each look."""
        return self._run(orders.generate(prompt, timeout, on_look, options))

    def order(self, prompt: str, **options: Unpack[Options]) -> Task:
        return self._run(orders.order(prompt, options))

    def wait(
        self,
        task_id: str,
        *,
        timeout: float | None = None,
        on_look: Look | None = None,
        look: int = orders.LOOK_SECONDS,
    ) -> Task:
        """The task once it has ended, each request asking for `look` seconds at most."""
        return self._run(orders.wait(task_id, timeout, on_look, look))

    def upload(self, content: bytes) -> str:
        """A link that `references` take."""
        return self._run(pictures.upload(content))

    def download(self, image: Image) -> bytes:
        return self._run(pictures.download(image))

    def save(self, image: Image, path: str | Path) -> None:
        pictures.write(Path(path), self.download(image))

    # ── tasks ─────────────────────────────────────────────────────────────────────────────────

    def show(self, task_id: str) -> Task:
        return self._run(calls.show(task_id))

    def page(self, **filters: Any) -> Page:
        """By status, model, provider, created_after, created_before, limit and cursor."""
        return self._run(calls.page(filters))

    def tasks(self, **filters: Any) -> Iterator[Task]:
        """All of them, newest first, a page at a time."""
        while True:
            page = self.page(**filters)
            yield from page.tasks
            if page.cursor is None:
                return
            filters["cursor"] = page.cursor

    def timeline(self, task_id: str) -> list[Step]:
        """Everything that happened to a task, in order."""
        return self._run(calls.timeline(task_id))

    def cancel(self, task_id: str, *, discard: bool = False) -> Task:
        return self._run(calls.cancel(task_id, discard))

    def delete(self, task_id: str) -> None:
        self._run(calls.delete(task_id))

    def models(self) -> list[Model]:
        return self._run(calls.models())

    # ── webhooks ──────────────────────────────────────────────────────────────────────────────

    def deliveries(self, task_id: str) -> list[Delivery]:
        return self._run(calls.deliveries(task_id))

    def deliver_again(self, task_id: str) -> list[Delivery]:
        return self._run(calls.deliver_again(task_id))

    def webhook(self) -> Webhook:
        return self._run(calls.webhook())

    def set_webhook(self, url: str | None) -> Webhook:
        return self._run(calls.set_webhook(url))

    def rotate_secret(self) -> Webhook:
        return self._run(calls.rotate_secret())

    def test_webhook(self) -> Try:
        return self._run(calls.test_webhook())

    # ── the one who runs ──────────────────────────────────────────────────────────────────────

    def _run(self, steps: Steps[T]) -> T:
        answer: httpx.Response | None = None
        error: httpx.RequestError | None = None
        while True:
            try:
                step = steps.throw(error) if error else steps.send(answer)
            except StopIteration as end:
                result: T = end.value
                return result
            answer = error = None
            if isinstance(step, Pause):
                time.sleep(step.seconds)
                continue
            try:
                request = request_of(self._http, step, self._key)
                answer = self._http.send(request, follow_redirects=not step.of_the_api)
            except httpx.RequestError as failed:
                error = failed
