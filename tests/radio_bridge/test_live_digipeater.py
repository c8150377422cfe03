"""A hilltop with a plain direwolf and no Posko: its digipeater carries the alert over the hill, and the answer home."""

import time
from pathlib import Path

import pytest

from radio_bridge.bench import air as bench_air
from radio_bridge.link import Outgoing
from tests.radio_bridge.live_tncs import live_air
from tests.radio_bridge.rigs import centre, team, wait_for
from tests.radio_bridge.test_live_relays import LAHAR, ways
from tests.radio_bridge.test_live_rig import acked

pytestmark = pytest.mark.radio

CENTRE, FAR, NEAR, HILL = range(4)
BEHIND_THE_HILL = frozenset({(CENTRE, FAR), (FAR, CENTRE), (NEAR, FAR), (FAR, NEAR)})
DIGIPEAT = "DIGIPEAT 0 0 ^NOBODY$ ^NOBODY$\nTXTAIL 2\n"
"""As docs/devices.md says it: the path names MYCALL, and no alias or WIDE is repeated."""


def test_a_direwolf_on_a_hill_carries_the_alert_out_and_the_answer_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_air, "CONFIG", bench_air.CONFIG + DIGIPEAT)  # nobody names the others in a path
    with open(tmp_path / "tape.raw", "wb") as tape, live_air(tmp_path, 4, deaf=BEHIND_THE_HILL) as air:
        at = [air.url(number, f"?via=TNC-{HILL}&callsign=YB9ZZZ-{number}") for number in range(3)]
        with (
            centre(at[CENTRE], tmp_path / "c") as (rig, spool),
            team(at[FAR], tmp_path, FAR, "YB9ZZZ-1") as (station, told),
            team(at[NEAR], tmp_path, NEAR, "YB9ZZZ-2") as (near, heard),
        ):
            wait_for(lambda: rig.port.is_open and station.rig.port.is_open and near.rig.port.is_open)
            time.sleep(1.2)  # direwolf looks at a new KISS client once a second
            air.tape = tape
            spool.order(Outgoing("a1", LAHAR, (FAR, NEAR), 1, time.time() + 900), time.time())
            rig.wake()
            wait_for(lambda: acked(spool, 1) == {FAR, NEAR})
            station.acknowledge(next(one["key"] for one in told if one["event"] == "alert"))
            wait_for(lambda: [one for one in told if one["event"] == "confirmed"])
            states, air.tape = rig._link.progress("a1"), None
            refused = [name for name in spool.tallies() if name.startswith("rejected.")]
    assert states == {FAR: "seen", NEAR: "heard"}
    assert [len([one for one in said if one["event"] == "alert"]) for said in (told, heard)] == [1, 1]
    assert refused == []
    assert air.collided_s == 0 or air.is_late  # a machine that loses the beat proves nothing of who spoke when
    by = f"TNC-{HILL}"
    assert {way for way in ways(tmp_path / "tape.raw") if by in way[1]} >= {("YB9ZZZ-0", by), ("YB9ZZZ-1", by)}
