"""The explorer can fail: remove one guard, and it shows which promise breaks, and how."""

import pytest

from tests.model.conftest import Explore
from tests.model.explorer import Broken
from tests.model.mutants import MUTANTS, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_without_its_guard_a_promise_breaks(
    mutant: Mutant, explore: Explore, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant.remove(monkeypatch)
    with pytest.raises(Broken) as found:
        explore(mutant.scenario)
    assert found.value.law == mutant.breaks, str(found.value)
