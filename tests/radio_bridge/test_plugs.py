"""Goal 6 in small: `posko bench radio plugs --long` is the same a thousand times."""

import pytest

from radio_bridge.bench.plugs import pull


@pytest.mark.slow
def test_cables_pulled_in_the_middle_of_messages_lose_and_double_none() -> None:
    outcome = pull(6)
    assert (outcome.sent, outcome.lost, outcome.doubled) == (6, 0, 0)
    assert sorted(outcome.arrived) == [f"pesan {cycle}" for cycle in range(6)]
    assert len(outcome.seen_ms) == len(outcome.back_ms) == 6
