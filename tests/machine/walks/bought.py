"""Walks on which a task is bought, sooner or later."""

import base64
from typing import Any

from tests.machine.cloud import Cloud
from tests.machine.walks._walk import BY_CHAIN, ended, walk
from tests.unit.samples import picture

PINNED: dict[str, Any] = {"outside": {"provider": "maxapi"}}


@walk("a webhook")
def _(cloud: Cloud) -> None:
    ended(cloud)


@walk("a lost webhook")
def _(cloud: Cloud) -> None:
    cloud.submit()


@walk("a long request with a picture in it")
def _(cloud: Cloud) -> None:
    inline = "data:image/png;base64," + base64.b64encode(picture()).decode()
    ended(cloud, prompt="A long story. " * 300, imageUrls=[inline])


@walk("a second provider")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.append("account_refused")
    ended(cloud)


@walk("nobody ready, twice")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.extend(["busy"] * 4)
    cloud.submit()


@walk("nobody ready until it is too late")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.extend(["busy"] * 2)
    cloud.submit()
    cloud.now += 1000


@walk("nobody left")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.extend(["busy", "account_refused"])
    cloud.submit()
    cloud.resources.accounts("apixo")


@walk("no account for a while")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.extend(["busy"] * 2)
    cloud.submit()
    cloud.resources.accounts()
    cloud.take()
    cloud.resources.accounts("maxapi")


@walk("a chain")
def _(cloud: Cloud) -> None:
    cloud.outside.slow = True
    cloud.submit(**BY_CHAIN)
    cloud.take()
    cloud.finish()


@walk("a chain that begins later")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.append("busy")
    cloud.submit(**BY_CHAIN)


# Whoever dies before it has heard the webhook cannot know that the provider did not mean it.
@walk("refused and running", payments="once")
def _(cloud: Cloud) -> None:
    cloud.outside.turns.append("busy and charged")
    cloud.submit(**PINNED)
    cloud.queues.lose()
    cloud.ring()
    cloud.outside.down = True
    cloud.take()
    cloud.outside.down = False
    cloud.take()
