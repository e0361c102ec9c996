"""The client for asyncio."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Any, Unpack

import httpx

from plantain_client import calls, connection, orders, pictures
from plantain_client.answers import Delivery, Image, Model, Page, Step, Task, Try, Webhook
from plantain_client.orders import Look, Options
from plantain_client.steps import Pause, Steps, T, request_of


class AsyncPlantain:
    """The same as Plantain, for asyncio: what waits there is awaited here."""

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        place = connection.find(url, key)
        self._key = place.key
        self._http = httpx.AsyncClient(**place.settings(), transport=transport)

    async def __aenter__(self) -> "AsyncPlantain":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    # ── pictures ──────────────────────────────────────────────────────────────────────────────

    async def generate(
        self,
        prompt: str,
        *,
        timeout: float | None = None,
        on_look: Look | None = None,
        **options: Unpack[Options],
    ) -> Task:
        """Order a picture and wait for it; `on_look` is told of the task at each look."""
        return await self._run(orders.generate(prompt, timeout, on_look, options))

    async def order(self, prompt: str, **options: Unpack[Options]) -> Task:
        return await self._run(orders.order(prompt, options))

    async def wait(
        self,
        task_id: str,
        *,
        timeout: float | None = None,
        on_look: Look | None = None,
        look: int = orders.LOOK_SECONDS,
    ) -> Task:
        """The task once it has ended, each request asking for `look` seconds at most."""
        return await self._run(orders.wait(task_id, timeout, on_look, look))

    async def upload(self, content: bytes) -> str:
        """A link that `references` take."""
        return await self._run(pictures.upload(content))

    async def download(self, image: Image) -> bytes:
        return await self._run(pictures.download(image))

    async def save(self, image: Image, path: str | Path) -> None:
        pictures.write(Path(path), await self.download(image))

    # ── tasks ─────────────────────────────────────────────────────────────────────────────────

    async def show(self, task_id: str) -> Task:
        return await self._run(calls.show(task_id))

    async def page(self, **filters: Any) -> Page:
        """By status, model, provider, created_after, created_before, limit and cursor."""
        return await self._run(calls.page(filters))

    async def tasks(self, **filters: Any) -> AsyncIterator[Task]:
        """All of them, newest first, a page at a time."""
        while True:
            page = await self.page(**filters)
            for task in page.tasks:
                yield task
            if page.cursor is None:
                return
            filters["cursor"] = page.cursor

    async def timeline(self, task_id: str) -> list[Step]:
        """Everything that happened to a task, in order."""
        return await self._run(calls.timeline(task_id))

    async def cancel(self, task_id: str, *, discard: bool = False) -> Task:
        return await self._run(calls.cancel(task_id, discard))

    async def delete(self, task_id: str) -> None:
        await self._run(calls.delete(task_id))

    async def models(self) -> list[Model]:
        return await self._run(calls.models())

    # ── webhooks ──────────────────────────────────────────────────────────────────────────────

    async def deliveries(self, task_id: str) -> list[Delivery]:
        return await self._run(calls.deliveries(task_id))

    async def deliver_again(self, task_id: str) -> list[Delivery]:
        return await self._run(calls.deliver_again(task_id))

    async def webhook(self) -> Webhook:
        return await self._run(calls.webhook())

    async def set_webhook(self, url: str | None) -> Webhook:
        return await self._run(calls.set_webhook(url))

    async def rotate_secret(self) -> Webhook:
        return await self._run(calls.rotate_secret())

    async def test_webhook(self) -> Try:
        return await self._run(calls.test_webhook())

    # ── the one who runs ──────────────────────────────────────────────────────────────────────

    async def _run(self, steps: Steps[T]) -> T:
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
                await asyncio.sleep(step.seconds)
                continue
            try:
                request = request_of(self._http, step, self._key)
                answer = await self._http.send(request, follow_redirects=not step.of_the_api)
            except httpx.RequestError as failed:
                error = failed
