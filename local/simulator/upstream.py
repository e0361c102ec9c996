"""A provider's two endpoints, submit and status, as it answers them on good and on bad days."""

import asyncio
import time
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from .dialects.base import Dialect, Refused
from .faults import FaultBook, Faults
from .ledger import Entry, Ledger
from .tasks import Task
from .webhooks import Postman
from .wire import drop, read_json

REFUSALS = ("busy", "limit", "down", "error", "credits", "price", "bare500", "bad-gateway")
BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class Upstream:
    """One provider, played on top of the shared ledger, fault book and postman."""

    def __init__(
        self, dialect: Dialect, ledger: Ledger, book: FaultBook, postman: Postman, pace: float
    ) -> None:
        self.dialect, self.ledger, self.book = dialect, ledger, book
        self.postman, self.pace = postman, pace

    def routes(self) -> list[Route]:
        prefix = f"/{self.dialect.name}"
        return [
            Route(prefix + self.dialect.submit_path, self.submit, methods=["POST"]),
            Route(prefix + self.dialect.status_path, self.status, methods=["GET"]),
        ]

    async def submit(self, request: Request) -> Response:
        header = self.dialect.idempotency_header or "X-Request-ID"
        entry = Entry(self.dialect.name, request.headers.get(header))
        self.ledger.record(entry)
        try:
            response = await self._submit(request, entry)
        except Refused as refused:
            entry.outcome, entry.why = "refused", str(refused)
            response = self._refuse(refused, Faults())
        entry.status = response.status_code
        return response

    async def _submit(self, request: Request, entry: Entry) -> Response:
        self._authorise(request)
        body = await read_json(request) | request.path_params
        note_order(entry, body)
        faults = self.book.faults_for(self.dialect.name, entry.prompt or "")
        refusal = self._draw_refusal(faults)
        if refusal and not faults.has("charged"):
            entry.outcome, entry.why = "refused", str(refusal)
            return self._refuse(refusal, faults)
        task, is_new = self._accept(request, entry, body, faults)
        if is_new:
            await self.postman.announce(task)
        if refusal:
            return self._refuse(refusal, faults)
        return await self._answer(request, task, faults, is_new)

    def _authorise(self, request: Request) -> None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not self.ledger.takes(self.dialect.name, key):
            raise Refused("unauthorized")

    def _draw_refusal(self, faults: Faults) -> Refused | None:
        if faults.has("refuse"):
            return Refused(int(faults.number("refuse", 400)))
        for word in REFUSALS:
            if word == "price" and word not in self.dialect.refusals:
                continue
            if faults.strikes(word):
                return Refused(word)
        return None

    def _accept(
        self, request: Request, entry: Entry, body: dict[str, Any], faults: Faults
    ) -> tuple[Task, bool]:
        """A known request id gets the task it got before, and pays nothing."""
        if known := self.ledger.requests.get((self.dialect.name, entry.request_id or "")):
            entry.outcome, entry.task = "replayed", known
            return known, False
        order = self.dialect.read(body)
        base_url = str(request.base_url).rstrip("/")
        task_id = self._new_id()
        task = Task(task_id, self.dialect, order, faults, base_url, self.pace)
        entry.callback_url = order.callback_url or entry.callback_url
        self.ledger.accept(entry, task)
        return task, True

    def _new_id(self) -> str:
        while (self.dialect.name, fresh := self.dialect.new_id()) in self.ledger.tasks:
            pass
        return fresh

    async def _answer(self, request: Request, task: Task, faults: Faults, is_new: bool) -> Response:
        """A replay is spared the words that stand without a number."""
        if (is_new or faults.word("drop")) and faults.strikes("drop"):
            return await drop(request)
        if is_new and faults.has("hang"):
            await asyncio.sleep(faults.number("hang", 60))
        if (is_new or faults.word("no-id")) and faults.strikes("no-id"):
            return JSONResponse(self.dialect.envelope({}))
        return JSONResponse(self.dialect.envelope({"taskId": task.id}))

    async def status(self, request: Request) -> Response:
        faults = Faults()
        try:
            self._authorise(request)
            task = self._find(request)
            task.status_requests += 1
            faults = task.faults
            if faults.has("status-hang"):
                await asyncio.sleep(faults.number("status-hang", 60))
            return self._report(task)
        except Refused as refused:
            return self._refuse(refused, faults)

    def _find(self, request: Request) -> Task:
        asked = {**request.query_params, **request.path_params}
        task = self.ledger.tasks.get((self.dialect.name, asked.get("taskId", "")))
        model = request.path_params.get("model")
        if task is None or model not in (None, task.order.model):
            raise Refused("unknown-task")
        return task

    def _report(self, task: Task) -> Response:
        faults = task.faults
        if faults.strikes("status-busy", task.id):
            raise Refused("busy")
        if faults.strikes("status-down", task.id):
            raise Refused("error" if task.status_requests % 2 else "down")
        state = task.state(time.time())
        result = task.result
        if state == self.dialect.success:
            result = self._spoil(task, result)
        return JSONResponse(task.answer(state, result))

    def _spoil(self, task: Task, result: Any) -> Any:
        if task.faults.strikes("noresult", task.id):
            hollow = self.dialect.hollow_results
            return hollow[task.status_requests % len(hollow)]
        if task.faults.strikes("badjson", task.id):
            return self.dialect.broken_result
        return result

    def _refuse(self, refused: Refused, faults: Faults) -> Response:
        if refused.word == "bare500":
            return PlainTextResponse("Internal Server Error", 500)
        if refused.word == "bad-gateway":
            return HTMLResponse(BAD_GATEWAY, 502)
        status, message = self._refusal_of(refused)
        at_the_door = refused.word == "unauthorized" or faults.has("platform")
        body = self.dialect.refusal(status, refused.message or message)
        headers = {}
        if refused.word == "busy":
            headers["Retry-After"] = f"{faults.number('retry-after', 1):g}"
        return JSONResponse(
            self.dialect.platform_refusal(body) if at_the_door else body,
            200 if faults.has("http200") else status,
            headers,
        )

    def _refusal_of(self, refused: Refused) -> tuple[int, str]:
        if isinstance(refused.word, str):
            return self.dialect.refusals[refused.word]
        try:
            return refused.word, HTTPStatus(refused.word).phrase
        except ValueError:
            return 400, "Refused"


def note_order(entry: Entry, body: dict[str, Any]) -> None:
    """Write down what was asked, before anything is checked."""
    given = body.get("input")
    prompt = given.get("prompt") if isinstance(given, dict) else None
    model = body.get("model")
    callback = body.get("callBackUrl") or body.get("callback_url")
    entry.prompt = prompt if isinstance(prompt, str) else None
    entry.model = model if isinstance(model, str) else None
    entry.callback_url = callback if isinstance(callback, str) else None
