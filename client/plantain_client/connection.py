"""Where the API is and whose key is used: as said, from the environment, or the local cloud's."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from plantain_client.errors import NotConfigured
from plantain_client.steps import READ_SECONDS

HOW = "Set PLANTAIN_URL and PLANTAIN_API_KEY, or start one on this machine with `make run`."
LOOPBACK = re.compile(r"localhost|127(\.\d+){3}|::1")


@dataclass(frozen=True)
class Connection:
    url: str
    key: str = field(repr=False)

    def __post_init__(self) -> None:
        if not (self.key.isascii() and self.key.isprintable() and " " not in self.key):
            raise NotConfigured("The API key has characters that no key has.")
        try:
            url = httpx.URL(self.url)
        except httpx.InvalidURL:
            url = httpx.URL()
        if url.scheme not in ("http", "https") or not url.host:
            raise NotConfigured("The address must look like https://api.example.com.")
        if url.scheme == "http" and not self.is_local:
            raise NotConfigured("The key would be seen on the way: the address must be https.")

    @property
    def is_local(self) -> bool:
        return bool(LOOPBACK.fullmatch(httpx.URL(self.url).host))

    def settings(self) -> dict[str, Any]:
        """What httpx is told; there is no proxy on the way to this machine itself."""
        timeout = httpx.Timeout(READ_SECONDS, connect=10)
        return {"base_url": self.url, "timeout": timeout, "trust_env": not self.is_local}


def find(
    url: str | None = None, key: str | None = None, environ: Mapping[str, str] = os.environ
) -> Connection:
    """The first of each that is given: here, in the environment, in the local cloud's ready.json.

    The local cloud's key is for the local cloud only: it goes to no address from elsewhere.
    """
    url = (url or environ.get("PLANTAIN_URL") or "").strip().rstrip("/")
    key = (key or environ.get("PLANTAIN_API_KEY") or "").strip()
    if url and not key:
        raise NotConfigured(f"There is no API key for {url}: set PLANTAIN_API_KEY.")
    if not url:
        ready = _local_cloud(environ)
        url, key = ready["api"], key or ready["key"]
    return Connection(url, key)


def _local_cloud(environ: Mapping[str, str]) -> dict[str, str]:
    file = Path(environ.get("LOCAL_DIR") or ".local") / "ready.json"
    try:
        ready = json.loads(file.read_text())
        return {name: str(ready[name]) for name in ("api", "key")}
    except (OSError, ValueError, KeyError, TypeError):
        raise NotConfigured(f"There is no address, and no local cloud is running. {HOW}") from None
