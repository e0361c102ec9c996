"""Whom to believe who they are: the world's own authorities, read once for all connections."""

import ssl
from functools import cache
from importlib.util import find_spec


@cache
def context() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authorities())


def authorities() -> str:
    """The file of certifi, which takes as long as three Pythons to say where it is."""
    package = find_spec("certifi")
    return str(package and package.origin).replace("__init__.py", "cacert.pem")
