"""Through real modems: two live direwolf TNCs at 1200 Bd; the alert goes out, a person's answer comes back."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from radio_bridge.link import Outgoing
from radio_bridge.radiogram import Alert, Place, Text
from tests.radio_bridge.live_tncs import LiveAir, live_air
from tests.radio_bridge.rigs import centre, field_process, team, wait_for

pytestmark = [pytest.mark.radio, pytest.mark.slow]

FLOOD = Alert(7, 0, 0, 4, 2, 60, Place(116.55, -8.5), False, "Banjir, warga di atap")


@pytest.fixture
def air(tmp_path: Path) -> Iterator[LiveAir]:
    with live_air(tmp_path) as live:
        yield live


def acked(spool, level: int):  # type: ignore[no-untyped-def]
    return [one for one in spool.happenings() if one.kind == "acked" and one.body["level"] >= level]


def test_an_alert_out_and_a_persons_answer_back_through_real_modems(
    air: LiveAir, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with centre(air.url(0), tmp_path / "c") as (rig, spool), team(air.url(1), tmp_path) as (station, told):
        wait_for(lambda: rig.port.is_open and station.rig.port.is_open)
        time.sleep(1.2)  # direwolf looks at a new KISS client once a second
        began = time.monotonic()
        spool.order(Outgoing("a1", FLOOD, (1,), 0, time.time() + 600), time.time())
        rig.wake()
        card = wait_for(lambda: [one for one in told if one["event"] == "alert"])[0]
        rang_s = time.monotonic() - began
        wait_for(lambda: acked(spool, 1))
        heard_s = time.monotonic() - began
        station.acknowledge(card["key"])
        wait_for(lambda: acked(spool, 2))
        seen_s = time.monotonic() - began
        wait_for(lambda: [one for one in told if one["event"] == "confirmed"])
        uid = station.say("Kami tiba, air sepinggang")
        wait_for(lambda: [one for one in told if one["event"] == "delivered" and one["uid"] == uid])
        heard = [one.body["radiogram"]["text"] for one in spool.happenings() if one.kind == "received"]
    with capsys.disabled():
        print(f"\ndirewolf 1200 Bd: rang {rang_s:.2f} s, heard {heard_s:.2f} s, seen {seen_s:.2f} s, ", end="")
        print(f"collided {air.collided_s:.2f} s")
    assert (card["text"], card["place"]) == (FLOOD.text, {"lon": 116.55, "lat": -8.5})
    assert heard == ["Kami tiba, air sepinggang"]
    assert len([one for one in told if one["event"] == "alert"]) == 1


def test_a_tnc_that_dies_and_comes_back(air: LiveAir, tmp_path: Path) -> None:
    """The TNC program is killed while a text waits; supervised back, the text goes out once."""
    with centre(air.url(0), tmp_path / "c") as (rig, spool), field_process(air.url(1), tmp_path) as terminal:
        terminal.wait("port", open=True)
        wait_for(lambda: rig.port.is_open)
        air.tncs[0].stop()
        wait_for(lambda: not rig.port.is_open)
        spool.order(Outgoing("t1", Text("Kembali ke pos"), (1,), 2, time.time() + 600), time.time())
        rig.wake()
        air.tncs[0].start(tmp_path / "asound.conf")
        wait_for(lambda: rig.port.is_open)
        terminal.wait("text", text="Kembali ke pos")
        wait_for(lambda: acked(spool, 1))
        assert len([one for one in terminal.told if one["event"] == "text"]) == 1
