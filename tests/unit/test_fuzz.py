"""Hostile bytes, a few of them; `make fuzz` throws many more."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

few = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
places = st.integers(0, 100_000)
bits = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [b"", b"\xff", b"\0\0\0\0", b"\xff\xff\xff\xff", b"[" * 5000, b"\r\n", b"null"]
    ),
)
edits = st.lists(st.tuples(places, st.integers(0, 16), bits), max_size=6)


def edited(seed: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """Some bytes taken out and others put in their place."""
    for place, gone, put in changes:
        begin = place % (len(seed) + 1)
        seed = seed[:begin] + put + seed[begin + gone :]
    return seed


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.data())
@few
def test_whatever_comes_only_what_is_meant_comes_of_it(name: str, data: st.DataObject) -> None:
    target, seeds = TARGETS[name]
    target(edited(data.draw(st.sampled_from(seeds)), data.draw(edits)))


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_themselves_are_taken(name: str) -> None:
    target, seeds = TARGETS[name]
    assert len(seeds) >= 8
    for seed in seeds:
        target(seed)
