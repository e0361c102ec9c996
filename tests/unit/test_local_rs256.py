"""The local cloud takes a token only from whoever has the key."""

import pytest

from local.rs256 import decoded, encoded, is_signed
from tests.e2e.issuer import Issuer

# Recorded: openssl dgst -sha256 -sign; the private key is gone.
SIGNED = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9"
SIGNATURE = (
    "K3uJHstGMS1RyDAnJNN1AgYYzzM-WNMD2yYrKny1kbCudEk0aGzCCk15KDHqHT1ITETS9Tk88bh1wTDucGA_dY"
    "F1WEJMy-w86Fx34k84kL0BkK3Iio_iMMiG61_DYcTTpiQgDL6q9CEWvfg5GtvSU7ctkDpgkEJ_Wo3OeDV1_Es"
)
MODULUS = (
    "o9oWbYMGtH7r1ig157t8UGbBhR1KBRUOc9UfynAP8HhACjWQd8a0Uhvk-NJnJXEeFetsDC-umjKriFXfdmhaGi"
    "AeSg9cpa3zO2uRhTteBbPFmQFxmrLIKNFXk3yrhyhWkdg_zAHNN0zA2m7WpEm9d-_Hu3v-zlLTg-xH1_mqkZ0"
)
KEY = {"n": MODULUS, "e": "AQAB"}


def test_a_signature_that_another_program_made_is_known() -> None:
    assert is_signed(f"{SIGNED}.{SIGNATURE}", KEY)


@pytest.mark.parametrize(
    "broken",
    ["", SIGNED, f"{SIGNED}.", f"{SIGNED}a.{SIGNATURE}", f"{SIGNED}.{SIGNATURE[:-8]}AAAAAAAA"],
)
def test_what_was_changed_on_the_way_is_not(broken: str) -> None:
    assert not is_signed(broken, KEY)


def test_what_another_key_signed_is_not() -> None:
    other = bytearray(decoded(MODULUS))
    other[100] ^= 2
    assert not is_signed(f"{SIGNED}.{SIGNATURE}", {**KEY, "n": encoded(bytes(other))})
    assert not is_signed(f"{SIGNED}.{SIGNATURE}", {})


def test_the_issuer_of_the_tests_signs_with_its_own_key() -> None:
    issuer = Issuer()
    try:
        token = issuer.token("alice", "us")
        assert is_signed(token, issuer.key)
        assert not is_signed(token, KEY)
    finally:
        issuer.end()
