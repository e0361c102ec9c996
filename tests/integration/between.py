"""Stands between the package and a service of AWS: sees each operation as it is asked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from plantain import aws, settings

Seen = Callable[[str, dict[str, Any]], None]


def _nothing(operation: str, parameters: dict[str, Any]) -> None:
    """Nobody looks."""


@contextmanager
def between(service: str, before: Seen, after: Seen = _nothing) -> Iterator[None]:
    client = settings.client(service)
    asked = client.ask

    def ask(operation: str, parameters: dict[str, Any]) -> Any:
        before(operation, parameters)
        told = asked(operation, parameters)
        after(operation, parameters)
        return told

    client.ask = ask
    try:
        with _between_sdk(service, before, after):
            yield
    finally:
        client.ask = asked


@contextmanager
def _between_sdk(service: str, before: Seen, after: Seen) -> Iterator[None]:
    """What S3 is asked by the SDK."""
    if service != "s3":
        yield
        return
    events = aws.sdk(service).meta.events
    seen = {"before-call.s3": before, "after-call.s3": after}
    made = {
        name: lambda model, see=see, **_: see(model.name, {})  # type: ignore[misc]
        for name, see in seen.items()
    }
    for name, handler in made.items():
        events.register(name, handler)
    try:
        yield
    finally:
        for name, handler in made.items():
            events.unregister(name, handler)
