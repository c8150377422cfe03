"""Hot spots against an oracle that measures every pair."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.hotspots import NOISE, dbscan

METRES = st.integers(-60, 60).map(lambda n: n * 10)
CROWD = st.lists(st.tuples(METRES, METRES), max_size=70)


def oracle(metres, reach_m, least):
    """(whether each point is a core, its distances to all)."""
    away = np.hypot(*(metres[:, None, :] - metres[None, :, :]).transpose(2, 0, 1))
    return (away <= reach_m).sum(axis=1) >= least, away


def spread(start, core, near):
    """Every core that can be walked to from one, each step within reach."""
    seen, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        fresh = [one for one in np.flatnonzero(near[here] & core) if one not in seen]
        seen.update(fresh)
        waiting += fresh
    return seen


@given(CROWD, st.sampled_from([50.0, 100.0, 250.0]), st.integers(1, 6))
def test_it_agrees_with_measuring_every_pair(crowd, reach_m, least):
    metres = np.array(crowd, dtype=float).reshape(-1, 2)
    labels = dbscan(metres, reach_m, least)
    core, away = oracle(metres, reach_m, least)
    for one in np.flatnonzero(core):
        assert {other for other in np.flatnonzero(core) if labels[other] == labels[one]} == spread(
            one, core, away <= reach_m
        )
    for one in np.flatnonzero(~core):
        within = [other for other in np.flatnonzero(core) if away[one, other] <= reach_m]
        assert labels[one] in ({labels[other] for other in within} or {NOISE})
        if within:
            nearest = min(away[one, other] for other in within)
            assert labels[one] in {labels[other] for other in within if away[one, other] == nearest}
    known = [label for label in labels if label != NOISE]
    assert list(dict.fromkeys(known)) == list(range(len(set(known)))), "numbered by their first points"


def test_ten_thousand_on_one_square_and_as_many_spread_out_are_told_apart():
    rng = np.random.default_rng(7)
    metres = np.concatenate([np.zeros((10_000, 2)), rng.uniform(20_000, 900_000, (10_000, 2))])
    labels = dbscan(metres, 500.0, 5)
    assert set(labels[:10_000]) == {0}
    assert (labels[10_000:] != 0).all()


def test_two_dense_crowds_touch_only_within_reach():
    crowd = np.random.default_rng(3).uniform(0, 100, (3_000, 2))
    for gap, found in ((450.0, 1), (700.0, 2)):
        beside = crowd + [gap + 100.0, 0.0]
        assert len(set(dbscan(np.concatenate([crowd, beside]), 500.0, 5))) == found


@pytest.mark.parametrize("least", [1, 5])
def test_nobody_makes_no_hot_spot(least):
    assert len(dbscan(np.empty((0, 2)), 500.0, least)) == 0
