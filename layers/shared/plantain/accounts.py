"""The owner's choice of providers, as it stands in the settings and the secret."""

from plantain.routing import Routes
from plantain.settings import secrets, settings


def routes() -> Routes:
    return Routes(
        configured=frozenset(secrets().accounts),
        order=settings().order,
        prices=settings().price_list,
    )
