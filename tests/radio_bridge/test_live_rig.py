"""The small live rig: a centre and three stations, each behind a real direwolf, and listeners that are not ours."""

import contextlib
import re
import subprocess
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from incident.bench import bench
from radio_bridge.bench import live as bench_live
from radio_bridge.link import Outgoing
from radio_bridge.radiogram import Alert, Text
from tests.radio_bridge.live_tncs import LiveAir, live_air
from tests.radio_bridge.rigs import centre, team, wait_for

pytestmark = pytest.mark.radio

TEAMS = (1, 2, 3)
LAHAR = Alert(1234, 0, 1, 19, 3, 45, text="Jumoyo")


def acked(spool, level: int) -> set[int]:  # type: ignore[no-untyped-def]
    told = (one.body for one in spool.happenings() if one.kind == "acked")
    return {one["station"] for one in told if one["level"] >= level}


@contextlib.contextmanager
def everybody(air: LiveAir, folder: Path, service: str):  # type: ignore[no-untyped-def]
    """(the centre's rig, its spool, station -> (terminal, what it told))."""
    with contextlib.ExitStack() as open_ones:
        at = lambda number: air.url(number, f"?service={service}&callsign=YB9ZZZ-{number}")  # noqa: E731
        rig, spool = open_ones.enter_context(centre(at(0), folder / "c"))
        teams = {n: open_ones.enter_context(team(at(n), folder, n, f"YB9ZZZ-{n}")) for n in TEAMS}
        wait_for(lambda: rig.port.is_open and all(one.rig.port.is_open for one, _ in teams.values()))
        time.sleep(1.2)  # direwolf looks at a new KISS client once a second
        yield rig, spool, teams


@pytest.mark.parametrize("service", ["dinas", "amateur"])
def test_three_teams_answer_in_their_slots_and_a_person_and_a_text_follow(service: str, tmp_path: Path) -> None:
    with open(tmp_path / "tape.raw", "wb") as tape, live_air(tmp_path, 4) as air:
        air.tape = tape
        with everybody(air, tmp_path, service) as (rig, spool, teams):
            spool.order(Outgoing("a1", LAHAR, TEAMS, 1, time.time() + 900), time.time())
            rig.wake()
            wait_for(lambda: acked(spool, 1) == set(TEAMS))
            station, told = teams[2]
            station.acknowledge(next(one["key"] for one in told if one["event"] == "alert"))
            wait_for(lambda: 2 in acked(spool, 2))
            uid = station.say("Kami tiba")
            wait_for(lambda: [one for one in told if one["event"] == "delivered" and one["uid"] == uid])
            rang = [len([one for one in heard if one["event"] == "alert"]) for _, heard in teams.values()]
    assert rang == [1, 1, 1]
    lines = decoded_by_multimon(tmp_path / "tape.raw")
    said = {re.match(r"fm (\S+) to POSKO-0", line)[1] for line in lines if "to POSKO-0" in line}  # type: ignore[index]
    assert said == {f"YB9ZZZ-{n}" for n in (0, *TEAMS)}
    words = " ".join(lines)
    if service == "amateur":
        assert ":BLN1POSKO:AWAS 1234.0 P1 LAHAR EVAK" in words
        assert "OK 1234.0 DILIHAT 2>0" in words
        assert ": Kami tiba =" in words
    else:
        assert "AWAS" not in words and "Kami tiba" not in words


def decoded_by_multimon(tape: Path) -> list[str]:
    """Each frame that multimon-ng finds on the tape: its address line and its content, in one line."""
    told = subprocess.run(
        ["multimon-ng", "-q", "-t", "raw", "-a", "AFSK1200", str(tape)], capture_output=True, check=True, timeout=120
    ).stdout.decode("latin-1")
    return [" ".join(frame.split("\n")) for frame in told.split("AFSK1200: ")[1:]]


def test_somebody_elses_aprs_program_reads_our_bulletin() -> None:
    """decode_aprs (direwolf's) finds nothing wrong with the line and shows its words."""
    line = "YB9ZZZ>POSKO::BLN1POSKO:AWAS 1234.0 P1 LAHAR EVAK 45M R1-20 S42 0>* 11171 : Jumoyo =NWXC\n"
    done = subprocess.run(["decode_aprs"], input=line, capture_output=True, text=True, check=True, timeout=120)
    assert 'APRS Message  for "BLN1POSKO"' in done.stdout
    assert "Failed" not in done.stdout and "AWAS 1234.0 P1 LAHAR EVAK 45M" in done.stdout


def test_priority_zero_overtakes_what_waits_and_one_frame_at_most_lies_in_the_modem(tmp_path: Path) -> None:
    """Forty texts wait; a mayday goes out behind the one that is on the air."""
    with live_air(tmp_path, 4) as air, everybody(air, tmp_path, "dinas") as (rig, spool, teams):
        for number in range(40):
            one = Outgoing(f"t{number}", Text(f"pesan {number}"), (1,), 3, time.time() + 900)
            spool.order(one, time.time())
        rig.wake()
        wait_for(lambda: air.tncs[0].keyed_s > 0.1)
        mayday = Alert(9, 0, 0, 27, 3, 30, text="Tolong")
        spool.order(Outgoing("p0", mayday, TEAMS, 0, time.time() + 900), time.time())
        rig.wake()
        _, told = teams[1]
        before = sum(one["event"] == "text" for one in told)  # on a busy machine more than one has come by now
        wait_for(lambda: acked(spool, 1) >= set(TEAMS))
        order = [one["event"] for one in told if one["event"] in ("text", "alert")]
    assert order.index("alert") <= before + 2


def test_the_long_rig_is_the_same_made_larger() -> None:
    """`posko bench radio live --stations 20 --runs 10` on three stations."""
    done = CliRunner().invoke(bench, ["radio", "live", "--stations", "3", "--runs", "1", "--json"])
    assert done.exit_code == 0, done.output
    assert '"name":"runs in which all 3 of 3 answered","value":1' in done.stdout


def test_without_direwolf_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_live, "find_direwolf", lambda: None)
    done = CliRunner().invoke(bench, ["radio", "live", "--runs", "1"])
    assert done.exit_code == 1
    assert "apt-get install direwolf" in done.output
