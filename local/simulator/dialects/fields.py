"""Read the fields of a request body, refusing what the provider's page does not allow."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from .base import Refused


class Fields:
    """A JSON object and its path in the body; null counts as absent."""

    def __init__(self, values: dict[str, Any], path: str = "") -> None:
        self.values, self.path = values, path

    def section(self, name: str) -> Fields:
        value = self._typed(name, dict, "an object")
        if value is None:
            raise self._missing(name)
        return Fields(value, f"{self.path}{name}.")

    def text(self, name: str, least: int = 1, most: int | None = None) -> str:
        value = self._typed(name, str, "a string")
        if not value or not value.strip():
            raise self._missing(name)
        if len(value) < least:
            raise self._invalid(name, f"must have at least {least} characters")
        if most is not None and len(value) > most:
            raise self._invalid(name, f"must have at most {most} characters")
        return value

    def choice(self, name: str, options: tuple[str, ...], default: str | None = None) -> str:
        """One of the options; required if there is no default."""
        value = self._typed(name, str, "a string")
        if value is None:
            if default is None:
                raise self._missing(name)
            return default
        if value not in options:
            raise self._invalid(name, f"must be one of {', '.join(options)}")
        return value

    def flag(self, name: str) -> bool | None:
        return self._typed(name, bool, "a boolean")

    def absent(self, name: str) -> None:
        if self.values.get(name) is not None:
            raise self._invalid(name, "is not supported by this model")

    def link(self, name: str) -> str | None:
        value = self._typed(name, str, "a string")
        if value is not None and not is_public_https(value):
            raise self._invalid(name, "must be a public https URL")
        return value

    def links(
        self,
        name: str,
        most: int | None = None,
        allowed: Callable[[str], bool] | None = None,
    ) -> list[str]:
        allowed = allowed or is_public_https
        values = self._typed(name, list, "an array") or []
        if most is not None and len(values) > most:
            raise self._invalid(name, f"must have at most {most} items")
        if not all(isinstance(value, str) and allowed(value) for value in values):
            raise self._invalid(name, "must hold usable image URLs only")
        return values

    def _typed[T](self, name: str, kind: type[T], called: str) -> T | None:
        value = self.values.get(name)
        if value is not None and not isinstance(value, kind):
            raise self._invalid(name, f"must be {called}")
        return value

    def _missing(self, name: str) -> Refused:
        return Refused("missing", f"{self.path}{name} is required")

    def _invalid(self, name: str, why: str) -> Refused:
        return Refused("invalid", f"{self.path}{name} {why}")


def is_public_https(url: str) -> bool:
    """Https, as the pages ask; plain http is let through for loopback, where the local cloud is."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
