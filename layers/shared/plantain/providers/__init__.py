"""The providers: each module here whose name has no underscore in front is one of them."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from plantain.providers._provider import Account, Offer, Provider

__all__ = ["Account", "Offer", "Provider", "account_at", "all_providers", "provider_named"]


@cache
def all_providers() -> dict[str, Provider]:
    names = sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_"))
    found = (import_module(f"{__name__}.{name}").provider for name in names)
    return {provider.name: provider for provider in found}


def provider_named(name: str) -> Provider:
    return all_providers()[name]


def account_at(name: str, held: Mapping[str, object]) -> Account | None:
    """The owner's account as the secret holds it; None where it is not filled in."""
    entry, provider = held.get(name), all_providers().get(name)
    if provider is None or not isinstance(entry, dict):
        return None
    key, url = (str(entry.get(part) or "").strip() for part in ("key", "url"))
    url = url or provider.url
    return Account(key=key, url=url) if key and url else None
