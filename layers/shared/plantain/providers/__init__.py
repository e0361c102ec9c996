"""The providers: each module here whose name has no underscore in front is one of them."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from plantain.providers._provider import Account, Offer, Provider

__all__ = ["Account", "Offer", "Provider", "all_providers", "provider_named"]


@cache
def all_providers() -> dict[str, Provider]:
    names = sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_"))
    found = (import_module(f"{__name__}.{name}").provider for name in names)
    return {provider.name: provider for provider in found}


def provider_named(name: str) -> Provider:
    return all_providers()[name]
