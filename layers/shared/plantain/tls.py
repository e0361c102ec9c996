"""Whom to believe who they are: the world's own authorities, read once for all connections."""

import ssl
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def context() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authorities()))


def authorities() -> Path:
    """The file of certifi, which takes as long as three Pythons to say where it is."""
    package = find_spec("certifi")
    return Path(str(package and package.origin)).with_name("cacert.pem")
