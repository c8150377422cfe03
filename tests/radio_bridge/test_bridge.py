"""The bridge of the centre against a field team on one virtual channel: rows to the air and back, exactly once."""

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

import alerts.actions
import alerts.queries
from alerts import sender
from gis.database import DatabaseUnusable
from incident import actions as incident_actions
from incident import hints, journal, pulse
from incident.config import Settings
from incident.duty import rounds, status
from incident.models import Assignment, Lamp
from incident.post import Post
from radio_bridge import actions, hearing, queries
from radio_bridge.bridge import AlreadyRuns, Bridge, only_one
from radio_bridge.devices import make_device
from radio_bridge.framing import ax25, posko
from radio_bridge.keys.actions import join_unit
from radio_bridge.models import Heard, Transmission
from radio_bridge.net.stations import add_station, revoke_station
from radio_bridge.radiogram import Status
from radio_bridge.rig import NET, ring_of
from tests import factories
from tests.radio_bridge.rigs import FAST, KEY, LONG_S, team, wait_for


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    radio = {"radio": f"loopback:{tmp_path}/air{FAST}", "radio_key": KEY, "ladder_s": 0.2}
    return settings.model_copy(update=radio)


@pytest.fixture
def unit_id(post: Post) -> int:
    """TRC-1 with station 1."""
    entry = post.do(incident_actions.add_unit, "test", None, "TRC-1", "trc", "BPBD")
    added = int(entry["body"]["cards"]["units"][0]["id"])
    post.do(add_station, "test", None, "TRC-1", added, 1)
    return added


@contextlib.contextmanager
def running(post: Post) -> Iterator[Bridge]:
    bridge = Bridge(post)
    thread = threading.Thread(target=bridge.run)
    thread.start()
    try:
        yield bridge
    finally:
        bridge.stop()
        thread.join(LONG_S)


def write_alert(post: Post, unit_ids: list[int], priority: str = "P0", **more: Any) -> int:
    words = ("go", "Banjir di dusun, warga di atap", priority, unit_ids, 60)
    entry = post.do(alerts.actions.write_alert, "dewi", factories.uid(), *words, **more)
    while sender.step(post):
        pass
    hints.tell(post.settings.data)
    return int(entry["body"]["alert"])


def recipient(post: Post, alert_id: int) -> Any:
    with post.database.read() as conn:
        return alerts.queries.recipients_of(conn, alert_id)[0]


def kinds(post: Post) -> list[str]:
    with post.database.read() as conn:
        return [line.kind for line in journal.after(conn, 0, 1000)]


def count(post: Post, model: type) -> int:
    with post.database.read() as conn:
        return conn.scalar(select(func.count()).select_from(model)) or 0


def one_value(post: Post, column: Any, *conditions: Any) -> Any:
    with post.database.read() as conn:
        return conn.scalar(select(column).where(*conditions))


def events(told: list[dict], name: str) -> list[dict]:
    return [one for one in told if one["event"] == name]


def test_an_alert_goes_out_and_a_persons_answer_comes_back(post: Post, unit_id: int, tmp_path: Path) -> None:
    call = post.do(incident_actions.record_call, "sari", factories.uid(), factories.report(post))
    with running(post), team(post.settings.radio, tmp_path) as (station, told):
        alert_id = write_alert(post, [unit_id], incident_id=call["incident"])
        card = wait_for(lambda: events(told, "alert"))[0]
        assert (card["priority"], card["type"], card["action"]) == (0, "banjir", "menuju lokasi")
        assert card["text"] == "Banjir di dusun, warga di atap @ Pringgabaya"
        assert card["place"] == {"lon": 116.6, "lat": -8.5}
        wait_for(lambda: recipient(post, alert_id)["state"] == "heard")
        station.acknowledge(card["key"])
        wait_for(lambda: recipient(post, alert_id)["state"] == "seen")
        wait_for(lambda: events(told, "confirmed"))
    row = recipient(post, alert_id)
    assert (row["seen_by"], row["seen_via"]) == ("TRC-1", "radio")
    order = [kind for kind in kinds(post) if kind.startswith(("transmission", "delivery", "alert"))]
    wanted = ["transmission.queued", "transmission.keyed", "delivery.keyed", "delivery.heard", "alert.seen"]
    assert [kind for kind in order if kind in wanted] == wanted
    with post.database.read() as conn:
        assert list(journal.verify(conn)) == []
        (line,) = [one for one in queries.radio_log(conn) if one["direction"] == "out"]
    assert line["state"] == "done"
    assert [one["state"] for one in line["stations"]] == ["seen"]


def test_a_status_digit_moves_the_units_assignment(post: Post, unit_id: int, tmp_path: Path) -> None:
    call = post.do(incident_actions.record_call, "sari", factories.uid(), factories.report(post))
    post.do(incident_actions.create_assignment, "dewi", None, call["incident"], unit_id)
    with running(post), team(post.settings.radio, tmp_path) as (station, told):
        uid = station.report(3)
        wait_for(lambda: [one for one in events(told, "delivered") if one["uid"] == uid])
        wait_for(lambda: one_value(post, Assignment.state) == "en_route")
        station.report(2)  # back to "accepted": the table forbids it, the words were said all the same
        station.say("Jalan Pringgabaya putus, putar lewat Aikmel")
        wait_for(lambda: count(post, Heard) == 3)
    with post.database.read() as conn:
        lines = journal.after(conn, 0, 1000)
    moved = next(line for line in lines if line.kind == "assignment.changed")
    assert moved.by == "TRC-1"
    refused = next(line for line in lines if line.kind == "radio.heard" and "Status 2" in line.body["text"])
    assert refused.body["applied"] is False
    assert "tidak mungkin" in refused.body["reason"]
    assert one_value(post, Assignment.state) == "en_route"
    note = next(line for line in lines if line.kind == "incident.noted")
    assert "Aikmel" in note.body["text"]


def test_a_mayday_lights_every_screen_even_without_a_task_until_the_team_speaks_again(
    post: Post, unit_id: int, tmp_path: Path
) -> None:
    with running(post), team(post.settings.radio, tmp_path) as (station, _):
        station.report(0)
        wait_for(lambda: one_value(post, Lamp.words, Lamp.id == "mayday") == "DARURAT TRC-1")
        assert one_value(post, Lamp.state, Lamp.id == "mayday") == "off"
        station.report(8)
        wait_for(lambda: one_value(post, Lamp.state, Lamp.id == "mayday") == "ok")


def test_words_to_one_and_to_all(post: Post, unit_id: int, tmp_path: Path) -> None:
    with running(post), team(post.settings.radio, tmp_path) as (_, told):
        one = post.do(actions.queue_text, "dewi", factories.uid(), "Kembali ke pos", "trc-1")
        everyone = post.do(actions.queue_text, "dewi", factories.uid(), "Tes jaringan")
        wait_for(lambda: [text for text in events(told, "text") if text["text"] == "Kembali ke pos"])
        wait_for(lambda: [card for card in events(told, "alert") if card["text"] == "Tes jaringan"])
        for said in (one, everyone):
            wait_for(lambda uid=said["uid"]: one_value(post, Transmission.state, Transmission.uid == uid) == "done")
    assert kinds(post).count("transmission.heard") == 2


def test_what_is_too_late_is_never_keyed(post: Post, unit_id: int, tmp_path: Path) -> None:
    late = dt.timedelta(seconds=-1)
    said = post.do(actions.queue_text, "dewi", factories.uid(), "Sudah lewat", "TRC-1", valid=late)
    with running(post) as bridge, team(post.settings.radio, tmp_path) as (_, told):
        wait_for(lambda: one_value(post, Transmission.state, Transmission.uid == said["uid"]) == "expired")
        assert bridge.spool.tallies().get("sent", 0) == 0
        assert events(told, "text") == []
    assert "transmission.expired" in kinds(post)
    assert "transmission.keyed" not in kinds(post)


def test_the_radio_works_while_the_database_is_away(
    post: Post, unit_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise DatabaseUnusable("the database is away")

    with running(post) as bridge, team(post.settings.radio, tmp_path) as (station, told):
        wait_for(lambda: one_value(post, Lamp.words, Lamp.id == "radio") == "tersambung")
        with monkeypatch.context() as broken:
            broken.setattr(post.database, "write", away)
            uid = station.say("Tiba di lokasi")
            wait_for(lambda: [one for one in events(told, "delivered") if one["uid"] == uid])
            wait_for(bridge.spool.happenings)
        assert count(post, Heard) == 0
        wait_for(lambda: count(post, Heard) == 1)
        wait_for(lambda: not bridge.spool.happenings())


def test_a_cancel_follows_on_the_air(post: Post, unit_id: int, tmp_path: Path) -> None:
    with running(post), team(post.settings.radio, tmp_path) as (station, told):
        alert_id = write_alert(post, [unit_id])
        wait_for(lambda: events(told, "alert"))
        wait_for(lambda: recipient(post, alert_id)["state"] == "heard")
        post.do(alerts.actions.cancel_alert, "dewi", factories.uid(), alert_id)
        with post.database.read() as conn:
            row = alerts.queries.find_alert(conn, alert_id)
        post.do(actions.queue_cancel, "relay", None, row)
        cancel = wait_for(lambda: events(told, "cancel"))[0]
        assert "BATAL" in cancel["text"]
        assert station.alerts()[0]["state"] == "cancelled"


def test_a_cancel_before_the_air_keeps_the_alert_off_it(post: Post, unit_id: int, tmp_path: Path) -> None:
    alert_id = write_alert(post, [unit_id])
    with post.database.read() as conn:
        row = alerts.queries.find_alert(conn, alert_id)
    assert post.do(actions.queue_cancel, "relay", None, row) == []
    with running(post) as bridge, team(post.settings.radio, tmp_path) as (_, told):
        wait_for(lambda: one_value(post, Lamp.words, Lamp.id == "radio") == "tersambung")
        assert bridge.spool.tallies().get("sent", 0) == 0
        assert events(told, "alert") == []


def test_a_unit_without_a_radio_fails_plainly(post: Post, tmp_path: Path) -> None:
    entry = post.do(incident_actions.add_unit, "test", None, "PSC-1", "ambulance", "PSC119")
    alert_id = write_alert(post, [int(entry["body"]["cards"]["units"][0]["id"])])
    with running(post):
        wait_for(lambda: "delivery.failed" in kinds(post))
    with post.database.read() as conn:
        (card,) = alerts.queries.recipient_cards(conn, [recipient(post, alert_id)["id"]])
    assert {one["channel"]: one["state"] for one in card["deliveries"]}["radio"] == "failed"


def _forge(source: int, name: str, content: bytes, key: bytes, counter: int) -> bytes:
    epoch, own = ring_of(key.hex(), source).sealing(7, content)
    sealed = posko.seal(posko.Header(7, NET, source, 0), content, own, epoch, counter)
    return ax25.ui(name, ax25.DESTINATION, sealed)


def test_forged_replayed_altered_and_foreign_frames_are_counted_and_never_shown(
    post: Post, unit_id: int, tmp_path: Path
) -> None:
    from radio_bridge.radiogram import Text
    from radio_bridge.radiogram.schema import encode

    _, content = encode(Text("Kembali semua", number=5))
    key = bytes.fromhex(KEY)
    genuine = _forge(1, "TRC-1", content, key, 900_000)
    with running(post) as bridge:
        attacker = make_device(post.settings.radio, tmp_path)
        wait_for(lambda: bridge.rig.callsigns)
        attacker.open()
        attempts = {
            "mac": _forge(1, "TRC-1", content, bytes(16), 900_001),
            "altered": genuine[:-8] + bytes([genuine[-8] ^ 1]) + genuine[-7:],
            "callsign": _forge(1, "TRC-9", content, key, 900_002),
            "foreign": ax25.ui("YB9ABC", "APRS", b"!0830.00S/11630.00E-"),
            "carrier": b"\x00garbage",
        }
        for frame in (*attempts.values(), genuine, genuine):
            attacker.write(frame)
        tallies = wait_for(lambda: (found := bridge.spool.tallies()).get("rejected.replay") and found)
        attacker.close()
        wait_for(lambda: count(post, Heard) == 1)
    assert tallies["rejected.mac"] == 2
    assert all(tallies[f"rejected.{kind}"] == 1 for kind in ("callsign", "foreign", "carrier", "replay"))
    assert count(post, Heard) == 1


def test_a_revoked_station_is_only_counted(post: Post, unit_id: int, tmp_path: Path) -> None:
    post.do(revoke_station, "test", None, 1)
    with running(post) as bridge, team(post.settings.radio, tmp_path) as (station, _):
        wait_for(lambda: bridge.rig.callsigns)
        station.report(4)
        wait_for(lambda: bridge.spool.tallies().get("rejected.revoked"))
    assert count(post, Heard) == 0


def test_one_radio_for_one_installation(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(AlreadyRuns), only_one(tmp_path):
        pass


@contextlib.contextmanager
def bridge_process(settings: Settings, failpoint: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """`posko radio` in its own process, killed at a step of our choice."""
    environment = {
        **os.environ,
        "POSKO_DATABASE": settings.database,
        "POSKO_DATA": str(settings.data),
        "POSKO_RADIO": settings.radio,
        "POSKO_RADIO_KEY": KEY,
        "POSKO_FAILPOINT": failpoint,
    }
    command = [sys.executable, "-m", "incident.cli", "radio"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(LONG_S)


@pytest.mark.slow
@pytest.mark.parametrize("step", ["air.sent", "air.sent:2", "ack.heard", "ack.heard:2", "ack.stored", "ack.stored:2"])
def test_kill_9_between_the_steps_loses_and_doubles_nothing(
    post: Post, unit_id: int, tmp_path: Path, step: str
) -> None:
    """The alert rings once, is seen once, and the report is stored once, whichever step the power goes."""
    with team(post.settings.radio, tmp_path) as (station, told):
        with bridge_process(post.settings, step) as first:
            alert_id = write_alert(post, [unit_id])
            card = wait_for(lambda: events(told, "alert"))[0]
            if step.startswith("ack.") and step.endswith(":2"):  # or one answer says both: device and person
                wait_for(lambda: recipient(post, alert_id)["state"] == "heard")
            station.acknowledge(card["key"])
            station.report(3)
            assert first.wait(LONG_S) == -signal.SIGKILL
        (post.settings.data / pulse.FOLDER / "radio").unlink(missing_ok=True)
        with bridge_process(post.settings) as second:
            wait_for(lambda: pulse.age_s(post.settings.data, "radio") is not None, what="the second radio")
            wait_for(lambda: recipient(post, alert_id)["state"] == "seen", what="seen")
            wait_for(lambda: count(post, Heard) == 1, what="the report")
            wait_for(lambda: station.outbox()[0]["state"] == "delivered", what="the receipt")
        assert second.returncode == 0
        assert len(events(told, "alert")) == 1
    written = kinds(post)
    assert [written.count(kind) for kind in ("alert.seen", "delivery.heard", "radio.heard")] in ([1, 1, 1], [1, 0, 1])
    assert one_value(post, Lamp.state, Lamp.id == "radio") == "off"


def test_the_all_clear_of_one_team_leaves_the_mayday_of_the_other_burning(post: Post, unit_id: int) -> None:
    entry = post.do(incident_actions.add_unit, "test", None, "TRC-2", "trc", "BPBD")
    post.do(add_station, "test", None, "TRC-2", int(entry["body"]["cards"]["units"][0]["id"]), 2)
    lamp = []
    for at, (station, digit) in enumerate(((1, 0), (2, 0), (2, 8), (1, 8))):
        post.do(hearing.record_heard, "radio", None, station, 100 + at, Status(digit), post.clock())
        state, words = (one_value(post, column, Lamp.id == "mayday") for column in (Lamp.state, Lamp.words))
        lamp.append((state, words))
    assert lamp == [
        ("off", "DARURAT TRC-1"), ("off", "DARURAT TRC-1, TRC-2"), ("off", "DARURAT TRC-1"), ("ok", "TRC-1 menjawab"),
    ]  # fmt: skip


def mayday_lamp(post: Post) -> tuple[str, str]:
    return one_value(post, Lamp.state, Lamp.id == "mayday"), one_value(post, Lamp.words, Lamp.id == "mayday")


def test_a_radio_without_a_unit_stays_on_the_lamp_while_units_come_and_go(post: Post, unit_id: int) -> None:
    """Of its distress no row knows: what the round over units writes must not take it off."""
    post.do(add_station, "test", None, "POS-9", None, 9)
    lamp: list[tuple[str, str]] = []

    def says(station: int, digit: int) -> None:
        post.do(hearing.record_heard, "radio", None, station, 100 + len(lamp), Status(digit), post.clock())
        look_at_lamp()

    def look_at_lamp() -> None:
        rounds.look_at_all(post, post.clock(), post.clock())
        lamp.append(mayday_lamp(post))

    says(9, 0)
    post.do(status.call_mayday, "dewi", None, unit_id)
    look_at_lamp()
    post.do(status.calm, "dewi", None, unit_id, "sudah bertemu")
    look_at_lamp()
    says(9, 3)
    assert lamp == [
        ("off", "DARURAT POS-9"), ("off", "DARURAT POS-9, TRC-1"), ("off", "DARURAT POS-9"), ("ok", "POS-9 menjawab"),
    ]  # fmt: skip


def test_a_units_second_radio_lights_the_lamp_in_the_units_name_and_the_room_can_put_it_out(
    post: Post, unit_id: int
) -> None:
    post.do(revoke_station, "test", None, 1)
    post.do(join_unit, "test", None, "TRC1-2", "TRC-1", 11)
    post.do(hearing.record_heard, "radio", None, 11, 1, Status(0), post.clock())
    assert mayday_lamp(post) == ("off", "DARURAT TRC-1")
    post.do(status.calm, "dewi", None, unit_id, "sudah bertemu")
    rounds.look_at_all(post, post.clock(), post.clock())
    assert mayday_lamp(post) == ("ok", "TRC-1 menjawab")


def test_a_lamp_too_small_for_all_units_still_names_the_radio_and_counts_the_rest(post: Post) -> None:
    post.do(add_station, "test", None, "POS-9", None, 9)
    post.do(hearing.record_heard, "radio", None, 9, 1, Status(0), post.clock())
    for number in range(10, 40):
        entry = post.do(incident_actions.add_unit, "test", None, f"TRC-{number}", "trc", "BPBD")
        post.do(status.call_mayday, "dewi", None, int(entry["body"]["cards"]["units"][0]["id"]))
    rounds.look_at_all(post, post.clock(), post.clock())
    lamp_state, words = mayday_lamp(post)
    assert lamp_state == "off" and words.startswith("DARURAT POS-9, TRC-10, TRC-11, ") and len(words) <= 120
    assert words.endswith(f", +{30 - words.count('TRC-')}")
