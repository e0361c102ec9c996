"""A callback's token is proof, for one task's one attempt, under a live key."""

import pytest

from plantain import tokens
from plantain.errors import SettingInvalid

NEW, OLD, OTHER = "new-key-0123456789", "old-key-0123456789", "other-key-0123456789"
TOKEN = tokens.sign("tsk_a", 1, [NEW])


def test_a_token_opens_its_own_attempt() -> None:
    assert tokens.verify(TOKEN, "tsk_a", "1", [NEW])


@pytest.mark.parametrize(
    ("task_id", "attempt"), [("tsk_b", "1"), ("tsk_a", "2"), ("tsk_a:1", ""), ("tsk_a:", "1")]
)
def test_a_token_opens_no_other_door(task_id: str, attempt: str) -> None:
    assert not tokens.verify(TOKEN, task_id, attempt, [NEW])


@pytest.mark.parametrize(
    "forged", ["", "x", TOKEN[:-1], TOKEN[1:], TOKEN + "A", TOKEN.upper(), TOKEN[:4], "\ud800", "ü"]
)
def test_a_forged_token_opens_nothing(forged: str) -> None:
    assert not tokens.verify(forged, "tsk_a", "1", [NEW, OLD])


def test_every_letter_of_a_token_counts() -> None:
    for place, letter in enumerate(TOKEN):
        forged = TOKEN[:place] + ("A" if letter != "A" else "B") + TOKEN[place + 1 :]
        assert not tokens.verify(forged, "tsk_a", "1", [NEW])


@pytest.mark.parametrize("attempt", ["", "-1", "1 ", "+1", "1.0", "²", "١", "1" * 7, "x", "None"])
def test_an_attempt_is_a_small_number(attempt: str) -> None:
    assert not tokens.verify(TOKEN, "tsk_a", attempt, [NEW])


def test_a_rotated_key_is_good_until_it_is_forgotten() -> None:
    old = tokens.sign("tsk_a", 1, [OLD])
    assert tokens.verify(old, "tsk_a", "1", [NEW, OLD])
    assert not tokens.verify(old, "tsk_a", "1", [NEW])
    assert tokens.sign("tsk_a", 1, [NEW, OLD]) == TOKEN


def test_a_token_under_another_key_is_no_token() -> None:
    assert not tokens.verify(tokens.sign("tsk_a", 1, [OTHER]), "tsk_a", "1", [NEW, OLD])


def test_without_a_key_nothing_is_signed_and_nothing_is_true() -> None:
    with pytest.raises(SettingInvalid, match="callbackKey"):
        tokens.sign("tsk_a", 1, [])
    assert not tokens.verify(TOKEN, "tsk_a", "1", [])


@pytest.mark.parametrize("weak", ["", "short"])
def test_a_weak_key_fails_closed(weak: str) -> None:
    with pytest.raises(SettingInvalid, match="16 characters"):
        tokens.sign("tsk_a", 1, [weak])
    assert not tokens.verify(TOKEN, "tsk_a", "1", [weak])


def test_a_token_fits_into_a_path() -> None:
    assert TOKEN.replace("-", "").replace("_", "").isalnum()
