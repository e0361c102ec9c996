"""API keys are random, recognised by their shape, and known by their hash only."""

import hashlib

import pytest

from plantain import keys

KEY = keys.new_key()


def test_a_new_key_is_well_formed_and_new() -> None:
    made = {keys.new_key() for _ in range(100)}
    assert len(made) == 100
    assert all(keys.well_formed(key) and key.startswith("plt_") for key in made)


def test_every_one_letter_typo_is_refused() -> None:
    for place in range(len(keys.PREFIX), len(KEY)):
        for letter in keys.ALPHABET.replace(KEY[place], ""):
            assert not keys.well_formed(KEY[:place] + letter + KEY[place + 1 :])


def test_neighbours_that_changed_places_are_refused() -> None:
    for place in range(len(keys.PREFIX), len(KEY) - 1):
        swapped = KEY[:place] + KEY[place + 1] + KEY[place] + KEY[place + 2 :]
        assert not keys.well_formed(swapped) or swapped == KEY


@pytest.mark.parametrize(
    "wrong",
    ["", "plt_", KEY[:-1], KEY + "0", KEY + "\n", " " + KEY, KEY.upper(), KEY[4:], "ü" * 42],
    ids=["empty", "bare", "short", "long", "line", "space", "loud", "headless", "foreign"],
)
def test_what_has_another_shape_is_refused(wrong: str) -> None:
    assert not keys.well_formed(wrong)


def test_a_key_is_stored_as_its_hash() -> None:
    assert keys.key_hash("plt_x") == hashlib.sha256(b"plt_x").hexdigest()
