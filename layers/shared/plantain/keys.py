"""API keys: made, recognised, and hashed; a mistyped one is refused without a look-up."""

import hashlib
import re
import secrets
import zlib

PREFIX = "plt_"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SECRET_LENGTH = 32
CHECK_LENGTH = 6
NAME_LENGTH = 12

_SHAPE = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{SECRET_LENGTH + CHECK_LENGTH}}}")


def new_key() -> str:
    secret = "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH))
    return PREFIX + secret + _check(secret)


def well_formed(key: str) -> bool:
    if not _SHAPE.fullmatch(key):
        return False
    secret = key[len(PREFIX) : -CHECK_LENGTH]
    return key.endswith(_check(secret))


def bearer(header: str) -> str:
    """The key in an Authorization header; empty where there is none."""
    scheme, _, key = header.partition(" ")
    return key if scheme.lower() == "bearer" else ""


def key_hash(key: str) -> str:
    # 190 bits of randomness cannot be guessed from a fast hash.
    return hashlib.sha256(key.encode()).hexdigest()


def key_name(hash_: str) -> str:
    """What a key is called: enough of its hash to tell it from others."""
    return hash_[:NAME_LENGTH]


def _check(secret: str) -> str:
    number, letters = zlib.crc32(secret.encode()), ""
    for _ in range(CHECK_LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters += ALPHABET[place]
    return letters
