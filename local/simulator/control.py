"""The control API: read the ledger, set what goes wrong."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .dialects import DIALECTS
from .faults import WORDS, FaultBook
from .ledger import Ledger


class Control:
    """Everything under /_sim; no key, for a loopback address only."""

    def __init__(self, ledger: Ledger, book: FaultBook) -> None:
        self.ledger, self.book = ledger, book

    def routes(self) -> list[Route]:
        return [
            Route("/_sim/health", self.health),
            Route("/_sim/words", self.words),
            Route("/_sim/ledger", self.ledger_entries, methods=["GET", "DELETE"]),
            Route("/_sim/config", self.config, methods=["GET", "PUT", "DELETE"]),
            Route("/_sim/keys", self.keys, methods=["GET", "PUT", "DELETE"]),
            Route("/_sim/chaos", self.chaos, methods=["GET", "PUT", "DELETE"]),
        ]

    async def health(self, _: Request) -> Response:
        return JSONResponse({"status": "ok", "providers": list(DIALECTS)})

    async def words(self, _: Request) -> Response:
        return JSONResponse(WORDS)

    async def ledger_entries(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.ledger.clear()
            self.book.counts.clear()
            return Response(status_code=204)
        query = request.query_params
        return JSONResponse(self.ledger.find(query.get("prompt"), query.get("taskId")))

    async def config(self, request: Request) -> Response:
        if request.method == "PUT":
            given = await _object(request)
            if not _is_config(given):
                return _bad('Send {"<provider> or *": "words"}')
            self.book.config = given
        elif request.method == "DELETE":
            self.book.config, self.book.chaos = {}, {}
        return JSONResponse(self.book.config)

    async def keys(self, request: Request) -> Response:
        if request.method == "PUT":
            given = await _object(request)
            if not _is_keys(given):
                return _bad('Send {"<provider>": ["key", "another key"]}')
            self.ledger.keys = given
        elif request.method == "DELETE":
            self.ledger.keys = {}
        return JSONResponse(self.ledger.keys)

    async def chaos(self, request: Request) -> Response:
        if request.method == "PUT":
            given = await _object(request)
            if not _is_chaos(given):
                return _bad('Send {"seed": 7, "rates": {"<words>": 0.1}}')
            self.book.chaos = given
        elif request.method == "DELETE":
            self.book.chaos = {}
        return JSONResponse(self.book.chaos)


async def _object(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        return None


def _is_config(given: Any) -> bool:
    return isinstance(given, dict) and all(
        name in {"*", *DIALECTS} and isinstance(words, str) for name, words in given.items()
    )


def _is_keys(given: Any) -> bool:
    return isinstance(given, dict) and all(
        name in DIALECTS and isinstance(keys, list) and all(isinstance(key, str) for key in keys)
        for name, keys in given.items()
    )


def _is_chaos(given: Any) -> bool:
    rates = given.get("rates") if isinstance(given, dict) else None
    return isinstance(rates, dict) and all(
        isinstance(rate, int | float) and 0 <= rate <= 1 for rate in rates.values()
    )


def _bad(hint: str) -> Response:
    return JSONResponse({"error": hint}, 400)
