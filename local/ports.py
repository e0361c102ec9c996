"""The ports of a local cloud, which are in a row: whether they can be had, and where."""

import os
import socket
from collections.abc import Iterable

from local.config import HOST, Trouble

PORTS = 6  # as many as one takes at most, with the real engines


def check_ports(ports: Iterable[int]) -> None:
    """Refuse to start where something else listens."""
    for port in ports:
        try:
            _try(port)
        except PermissionError:
            raise Trouble(f"Port {port} is not allowed: choose another with PORT=…") from None
        except OSError:
            raise Trouble(f"Port {port} is in use: choose another with PORT=…") from None


def free_ports() -> int:
    """The first of as many free ports in a row as a local cloud takes."""
    # Below the ports that the system gives to connections, and apart from another process's.
    bases = range(10_000 + os.getpid() % 1000 * 20, 32_000, 10)
    return next(base for base in bases if are_free(base))


def are_free(first: int) -> bool:
    """Whether a local cloud could begin at this port."""
    return all(_is_free(first + offset) for offset in range(PORTS))


def _is_free(port: int) -> bool:
    try:
        _try(port)
    except OSError:
        return False
    return True


def _try(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
