"""The owner's choice of providers, as it stands in the settings and the secret."""

from plantain.providers import account_at, all_providers
from plantain.routing import Routes
from plantain.settings import secrets, settings


def routes() -> Routes:
    return Routes(
        configured=frozenset(n for n in all_providers() if account_at(n, secrets().held)),
        order=settings().order,
        prices=settings().price_list,
    )
