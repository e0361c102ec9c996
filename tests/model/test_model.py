"""Whatever happens, and in whichever order, the promises hold."""

import pytest

from tests.model.conftest import Explore
from tests.model.scenarios import SCENARIOS, Scenario


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_every_promise_holds_in_every_state(scenario: Scenario, explore: Explore) -> None:
    assert len(explore(scenario).seen) > 500
