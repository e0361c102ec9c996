"""Put the simulator together: four providers, their files, and the control API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Route

from .control import Control
from .dialects import DIALECTS
from .faults import FaultBook
from .files import Files
from .ledger import Ledger
from .pictures import Gallery
from .upstream import Upstream
from .webhooks import Postman


def build_app(seconds: float = 3.0, retry_seconds: float = 1.0) -> Starlette:
    """A task takes about `seconds`; webhook retries wait multiples of `retry_seconds`."""
    ledger, book, postman = Ledger(), FaultBook(), Postman(retry_seconds)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with postman:
            yield

    routes = Control(ledger, book).routes()
    routes.append(Route("/files/{name}", Files(ledger, Gallery()).fetch))
    for dialect in DIALECTS.values():
        routes += Upstream(dialect, ledger, book, postman, seconds).routes()
    return Starlette(routes=routes, lifespan=lifespan)
