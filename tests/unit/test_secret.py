"""The secret is changed in one place at a time, and by nothing that could not be a key."""

import pytest

from plantain.tokens import sign, verify
from tools.secret import rotated, with_provider
from tools.stack import Refused

HELD = {"callbackKey": "k" * 32, "callbackKeyPrevious": "o" * 32, "maxapi": {"key": "m", "url": ""}}


def counts(key: str, held: dict[str, str]) -> bool:
    keys = [each for each in (held["callbackKey"], held["callbackKeyPrevious"]) if each]
    return verify(sign("tsk_a", 1, [key]), "tsk_a", "1", keys)


def test_a_rotation_keeps_one_generation() -> None:
    once = rotated(HELD, leaked=False)
    assert once["callbackKey"] not in HELD.values()
    assert (counts("k" * 32, once), counts("o" * 32, once)) == (True, False)
    assert once["maxapi"] == HELD["maxapi"]


def test_a_key_that_leaked_does_not_count_any_more() -> None:
    assert not counts("k" * 32, rotated(HELD, leaked=True))


def test_a_providers_key_is_set_and_the_rest_stays() -> None:
    assert with_provider(HELD, "maxapi", "new", None)["maxapi"] == {"key": "new", "url": ""}
    held = with_provider(HELD, "liangxin", "new", "https://l.test")
    assert held == {**HELD, "liangxin": {"key": "new", "url": "https://l.test"}}


@pytest.mark.parametrize(
    ("name", "key"), [("nobody", "k"), ("maxapi", " k"), ("maxapi", "k\n"), ("maxapi", "schlüssel")]
)
def test_what_cannot_be_is_refused_and_not_repeated(name: str, key: str) -> None:
    with pytest.raises(Refused) as refusal:
        with_provider(HELD, name, key, None)
    assert key.strip() not in str(refusal.value).split()
