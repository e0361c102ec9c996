"""RS256, the signature of OpenID Connect's tokens, in the few lines that checking one takes."""

import base64
import hashlib
from collections.abc import Mapping

# How PKCS #1 (RFC 8017, 9.2) names SHA-256 before its digest.
_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")


def is_signed(token: str, key: Mapping[str, str]) -> bool:
    """Whether the owner of this key, as a JWKS has it, has signed the token."""
    signed, _, signature = token.rpartition(".")
    try:
        modulus, exponent = (int.from_bytes(decoded(key[part])) for part in ("n", "e"))
        number = int.from_bytes(decoded(signature))
    except (KeyError, ValueError):
        return False
    return pow(number, exponent, modulus) == padded(signed, modulus)


def padded(text: str, modulus: int) -> int:
    """The number that is signed in the place of a text."""
    size, digest = (modulus.bit_length() + 7) // 8, _SHA256 + hashlib.sha256(text.encode()).digest()
    return int.from_bytes(b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest)


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
