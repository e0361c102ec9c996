"""Somebody else's OpenID Connect: an issuer with a key of its own, and the tokens that it signs."""

import json
import random
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from local.rs256 import encoded, padded

EXPONENT = 65_537
BITS = 1024  # too few to be safe, and found in a moment


class Issuer:
    """Serves its key where OpenID Connect looks for it; each has another one."""

    def __init__(self) -> None:
        first, second = (_prime(BITS // 2) for _ in range(2))
        self._modulus = first * second
        self._private = pow(EXPONENT, -1, (first - 1) * (second - 1))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def token(self, subject: str, audience: str, issuer: str = "", seconds: int = 600) -> str:
        """A token for somebody, for so long."""
        now = int(time.time())
        claims = {"iss": issuer or self.url, "aud": audience, "sub": subject}
        parts = ({"alg": "RS256", "kid": "one"}, {**claims, "iat": now - 1, "exp": now + seconds})
        signed = ".".join(encoded(json.dumps(part).encode()) for part in parts)
        signature = pow(padded(signed, self._modulus), self._private, self._modulus)
        return f"{signed}.{encoded(signature.to_bytes(BITS // 8))}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        pages = {
            "/.well-known/openid-configuration": lambda: {"jwks_uri": f"{self.url}/keys"},
            "/keys": lambda: {"keys": [{"kid": "one", "kty": "RSA", **self.key}]},
        }

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps(pages[self.path]()).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        return Handler

    @property
    def key(self) -> dict[str, str]:
        """Its public key, as a JWKS has it."""
        numbers = {"n": self._modulus, "e": EXPONENT}
        return {
            name: encoded(value.to_bytes((value.bit_length() + 7) // 8))
            for name, value in numbers.items()
        }


def _prime(bits: int) -> int:
    """A number of so many bits, the highest two of them set, that is prime for all we need."""
    while True:
        number = random.getrandbits(bits) | 3 << bits - 2 | 1
        if number % EXPONENT != 1 and all(
            pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7, 11)
        ):
            return number
