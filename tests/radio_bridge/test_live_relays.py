"""Relays on real modems: what the centre does not hear comes home by the way it went, and no two speak at once."""

import contextlib
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from radio_bridge.keyring import Card
from radio_bridge.link import Outgoing
from radio_bridge.radiogram import Alert
from radio_bridge.rig import NET
from tests.radio_bridge.live_tncs import LiveAir, live_air
from tests.radio_bridge.rigs import KEY, centre, team, wait_for
from tests.radio_bridge.test_live_rig import acked, decoded_by_multimon

pytestmark = pytest.mark.radio

LAHAR = Alert(1234, 0, 1, 19, 3, 45, text="Jumoyo")
CENTRE, RELAY, FAR, NEAR = range(4)
BEHIND_THE_HILL = frozenset({(CENTRE, FAR), (FAR, CENTRE)})
"""The centre and the far station do not hear each other; the relay, and the near station, hear all."""


@contextlib.contextmanager
def stations(air: LiveAir, folder: Path, service: str, teams: tuple[int, ...]) -> Iterator[tuple[Any, Any, Any]]:
    """(the centre's rig, its spool, station -> (terminal, what it told)); one of the teams is the relay."""
    with contextlib.ExitStack() as open_ones:

        def at(number: int) -> str:
            role = f"&relay=yes&relays={RELAY}" if number == RELAY else ""
            role = f"&relays={RELAY}" if number == CENTRE else role
            return air.url(number, f"?service={service}&callsign=YB9ZZZ-{number}{role}")

        rig, spool = open_ones.enter_context(centre(at(CENTRE), folder / "c"))
        kept = {n: open_ones.enter_context(team(at(n), folder, n, f"YB9ZZZ-{n}", card_of(n))) for n in teams}
        wait_for(lambda: rig.port.is_open and all(one.rig.port.is_open for one, _ in kept.values()))
        time.sleep(1.2)  # direwolf looks at a new KISS client once a second
        yield rig, spool, kept


def card_of(station: int) -> str:
    """Its own card: the relay can then not read what the far station says to the centre alone."""
    return Card.of_root(bytes.fromhex(KEY), NET, CENTRE).hand_out(station).text()


def ways(tape: Path) -> set[tuple[str, str]]:
    """(sender, the relays it came by) of each frame to the net that somebody else's decoder finds on the tape."""
    found = (re.match(r"fm (\S+) to POSKO-0 (?:via (\S+) )?", line) for line in decoded_by_multimon(tape))
    return {(one[1], one[2] or "") for one in found if one}


@pytest.mark.parametrize(("service", "teams"), [("dinas", (RELAY, FAR)), ("amateur", (RELAY, FAR, NEAR))])
def test_a_far_station_is_reached_and_heard_by_the_relay(service: str, teams: tuple[int, ...], tmp_path: Path) -> None:
    with (
        open(tmp_path / "tape.raw", "wb") as tape,
        live_air(tmp_path, 1 + max(teams), deaf=BEHIND_THE_HILL) as air,
        stations(air, tmp_path, service, teams) as (rig, spool, kept),
    ):
        air.tape = tape
        spool.order(Outgoing("a1", LAHAR, teams, 1, time.time() + 900), time.time())
        rig.wake()
        wait_for(lambda: acked(spool, 1) == set(teams))
        wait_for(lambda: [one for one in kept[FAR][1] if one["event"] == "alert"])
        kept[FAR][0].acknowledge(next(one["key"] for one in kept[FAR][1] if one["event"] == "alert"))
        wait_for(lambda: FAR in acked(spool, 2))
        wait_for(lambda: [one for one in kept[FAR][1] if one["event"] == "confirmed"])
        rang = [len([one for one in told if one["event"] == "alert"]) for _, told in kept.values()]
        states = rig._link.progress("a1")
        air.tape = None
    assert rang == [1] * len(teams)
    assert states == {number: "seen" if number == FAR else "heard" for number in teams}
    assert air.collided_s == 0 or air.is_late  # a machine that loses the beat proves nothing of who spoke when
    assert ways(tmp_path / "tape.raw") >= {("YB9ZZZ-0", "YB9ZZZ-1"), ("YB9ZZZ-2", "YB9ZZZ-1")}
