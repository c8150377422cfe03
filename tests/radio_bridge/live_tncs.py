"""The live rig for tests: real direwolf programs on one simulated channel; skipped where there is no direwolf."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from radio_bridge.bench.air import LiveAir, find_direwolf, free_port
from tests.radio_bridge.rigs import wait_for

__all__ = ["LiveAir", "find_direwolf", "free_port", "live_air"]


@contextlib.contextmanager
def live_air(
    folder: Path,
    stations: int = 2,
    kept_by_others: tuple[int, ...] = (),
    deaf: frozenset[tuple[int, int]] = frozenset(),
) -> Iterator[LiveAir]:
    """The channel with its TNCs up, all but those that somebody else runs. deaf: who does not hear whom."""
    if find_direwolf() is None:
        pytest.skip("direwolf is not on this machine: apt-get install direwolf")
    live = LiveAir(folder, stations, deaf)
    live.start(kept_by_others)
    try:
        wait_for(live.are_up, what="direwolf")
        yield live
    finally:
        live.stop()
