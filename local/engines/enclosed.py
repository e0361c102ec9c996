"""Run a server that would listen everywhere in a network of its own, with one door to it.

The network has nothing but a loopback: no other machine reaches the server, nor the server any
other. The door was opened before, on this machine's 127.0.0.1; it passes each connection on.
"""

import asyncio
import fcntl
import os
import socket
import struct
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

from local.config import HOST

_SET_FLAGS = 0x8914  # SIOCSIFFLAGS
_UP = 1  # IFF_UP
_CHUNK = 256 * 1024
IMPOSSIBLE = (
    "This system has no network namespaces for its users, which keep DynamoDB Local from listening"
    " to the whole network: on Linux see user_namespaces(7), and sysctl"
    " kernel.apparmor_restrict_unprivileged_userns or kernel.unprivileged_userns_clone"
)


def leave_network() -> None:
    """Put this process, and all that it will start, into a network without a way out."""
    user, group = os.getuid(), os.getgid()
    os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    process = Path("/proc/self")
    (process / "setgroups").write_text("deny")
    (process / "uid_map").write_text(f"{user} {user} 1")
    (process / "gid_map").write_text(f"{group} {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sH14x", b"lo", _UP))


async def serve(door: socket.socket, port: int, command: list[str]) -> int:
    """Keep the door open until the server ends; its exit code."""
    server = await asyncio.create_subprocess_exec(*command)
    async with await asyncio.start_server(partial(pass_on, port), sock=door):
        return await server.wait()


async def pass_on(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):  # the server does not listen yet, or one of the two has gone
        inside_reader, inside_writer = await asyncio.open_connection(HOST, port)
        await asyncio.gather(copy(reader, inside_writer), copy(inside_reader, writer))
    writer.close()


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    finally:
        writer.close()


def main(port: str, *command: str) -> int:
    """Serve on a port of 127.0.0.1 what the command serves on the same port, inside."""
    with socket.create_server((HOST, int(port))) as door:
        try:
            leave_network()
        except (OSError, AttributeError) as error:
            print(f"{IMPOSSIBLE} ({error})", file=sys.stderr)
            return 1
        return asyncio.run(serve(door, int(port), [*command]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
