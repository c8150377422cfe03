"""What the field terminal knows by itself: the way, the hour, what is still open, and what it may forget."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.coordinates import BadPosition, Position, distance_m
from radio_bridge.devices import make_device
from radio_bridge.field import bearing, nmea
from radio_bridge.field.big_letters import big
from radio_bridge.field.cli import LOG_MOST, BoundedLog
from radio_bridge.field.gps import Gps
from radio_bridge.field.terminal import KEPT, MAYDAY_VALID_S, Terminal
from radio_bridge.field.words import READ_ALL, alert_lines, key_words
from radio_bridge.link import Outgoing
from radio_bridge.radiogram import ACTIONS, STATUSES, TYPES, Time
from radio_bridge.rig import link_config
from radio_bridge.spool import Card, Spool
from radio_bridge.team import FieldStation
from tests.radio_bridge.rigs import FAST, KEY, Cable, centre, wait_for

HERE = Position(116.5, -8.6)
lands = st.builds(Position, st.floats(95, 141), st.floats(-11, 6))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    device = make_device(f"loopback:{tmp_path}/air{FAST}", tmp_path)
    spool = Spool(tmp_path / "field.db")
    never_started = Terminal(device, link_config(KEY, 1, "TRC-1", device), spool, lambda _: None)
    yield never_started
    never_started.rig._bell.close()
    never_started._bell.close()
    spool.close()


def alert(name: str = "0a1.0", **more: Any) -> dict[str, Any]:
    facts = {
        "key": name, "ref": 1, "revision": 0, "source": 0, "priority": 0, "type": "banjir", "action": "evakuasi",
        "text": "Tanggul jebol", "place": {"lon": 116.55, "lat": -8.63}, "exercise": False, "received_at": 1000.0,
        "expires_at": 4600.0, "state": "new", "seen_at": None,
    }  # fmt: skip
    return {**facts, **more}


# the way


@given(lands, lands)
def test_who_walks_the_bearing_comes_nearer(start: Position, end: Position) -> None:
    way = bearing.bearing_deg(start, end)
    assert 0 <= way < 360
    back = bearing.bearing_deg(end, start)
    if distance_m(start, end) > 1000:
        assert abs((way - back + 180) % 360 - 180) > 150  # over this part of the globe a way back is nearly opposite


@pytest.mark.parametrize(
    ("north", "east", "words"),
    [
        (1, 0, "arah 0° utara, 1,1 km"),
        (-1, 1, "arah 135° tenggara, 1,6 km"),
        (0, -1, "arah 270° barat, 1,1 km"),
        (0.1, 0.1, "arah 45° timur laut, 160 m"),
        (-20, -20, "arah 225° barat daya, 31 km"),
        (0.01, 0, "di sini"),
    ],
)
def test_the_way_is_said_as_people_say_it(north: float, east: float, words: str) -> None:
    assert bearing.way_words(HERE, Position(HERE.lon + east / 100, HERE.lat + north / 100)) == words


def test_an_age_is_said_in_the_largest_unit_that_says_enough() -> None:
    ages = [bearing.age_words(seconds) for seconds in (-5, 59, 60, 7199, 7200, 172_800)]
    assert ages == ["baru saja", "baru saja", "1 mnt lalu", "119 mnt lalu", "2 jam lalu", "2 hari lalu"]


def test_a_typed_position_is_read_latitude_first_and_nonsense_is_refused(terminal: Terminal) -> None:
    assert terminal.way_to({"lon": 116.5, "lat": -8.6}) == ""
    assert terminal.tell_place() is None
    for words in ("-8,6529 116,3249", "-8.6529, 116.3249"):
        assert terminal.read_here(words) == Position(116.3249, -8.6529)
    with pytest.raises(BadPosition, match="lintang dulu"):
        terminal.read_here("dekat masjid")
    assert terminal.way_to({"lon": 116.3249, "lat": -8.7}).startswith("arah 180° selatan, 5,2 km")
    terminal.tell_place()
    assert terminal.outbox()[-1]["kind"] == "position"


def test_an_old_position_of_our_own_says_its_age(terminal: Terminal) -> None:
    terminal._wall = lambda: 10_000.0
    terminal.stand_at(*HERE)
    terminal._wall = lambda: 10_000.0 + 1200
    assert terminal.way_to({"lon": 116.5, "lat": -8.5}) == "arah 0° utara, 11 km (posisi kita 20 mnt lalu)"


# the receiver

GGA = b"$GPGGA,123519,0839.174,S,11619.494,E,1,08,0.9,545.4,M,46.9,M,,*"
RMC = b"$GNRMC,123519,A,0839.174,S,11619.494,E,022.4,084.4,230394,003.1,W*"


def sentence(words: bytes) -> bytes:
    return words + f"{nmea.checksum(words[1:-1].decode()):02X}\r\n".encode()


def test_the_example_of_the_books_is_read() -> None:
    fix = nmea.fix_of(b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n")
    assert fix is not None
    assert (round(fix.lat, 4), round(fix.lon, 4)) == (48.1173, 11.5167)


@pytest.mark.parametrize("words", [GGA, RMC])
def test_south_and_east_are_read_and_one_wrong_sign_is_not(words: bytes) -> None:
    fix = nmea.fix_of(sentence(words))
    assert fix is not None and (round(fix.lat, 4), round(fix.lon, 4)) == (-8.6529, 116.3249)
    assert nmea.fix_of(sentence(words).replace(b"39.174", b"38.174")) is None


@pytest.mark.parametrize(
    "words",
    [
        GGA.replace(b",1,08", b",0,08"),
        GGA.replace(b",1,08", b",8,08"),
        GGA.replace(b"0839", b"0899"),
        GGA.replace(b",S,", b",,"),
        RMC.replace(b",A,", b",V,"),
        b"$GPGGA,,*",
        b"$GPGSV,1*",
    ],
)
def test_no_fix_is_no_position(words: bytes) -> None:
    assert nmea.fix_of(sentence(words)) is None


@given(st.binary(max_size=200))
def test_no_noise_of_a_serial_line_breaks_the_reader(noise: bytes) -> None:
    assert nmea.fix_of(noise) is None


def test_a_receiver_that_is_unplugged_and_comes_back_is_followed(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("radio_bridge.field.gps.AGAIN_S", 0.05)
    cable, fixes = Cable(tmp_path / "gps"), []
    gps = Gps(f"serial:{tmp_path}/gps?baud=9600", fixes.append)
    gps.start()  # nothing is plugged in yet
    for _ in range(2):
        cable.plug()
        seen = len(fixes)
        wait_for(
            lambda seen=seen: (cable.write(b"\x00half,$GP" + sentence(GGA)), time.sleep(0.05), len(fixes) > seen)[2]
        )
        cable.unplug()
    gps.stop()
    assert round(fixes[-1].lat, 4) == -8.6529


# the clock


def test_the_centre_sets_the_clock_right_and_small_differences_are_left_alone(tmp_path: Path) -> None:
    url, wrong = f"loopback:{tmp_path}/air{FAST}", 7200.0
    (tmp_path / "f").mkdir()
    device, spool = make_device(url, tmp_path), Spool(tmp_path / "f" / "field.db")
    terminal = Terminal(
        device, link_config(KEY, 1, "TRC-1", device), spool, lambda _: None, lambda: time.time() - wrong
    )
    terminal.start()
    with centre(url, tmp_path) as (rig, centre_spool):
        wait_for(lambda: rig.port.is_open and terminal.rig.port.is_open)
        centre_spool.order(Outgoing("c", Time(int(time.time())), (), 3, time.time() + 60), time.time())
        rig.wake()
        wait_for(lambda: terminal.clock_offset_s() != 0)
        assert abs(terminal.now() - time.time()) < 10
    terminal.stop()
    spool.put(Card("own", "clock", {"offset_s": 90.0}))
    assert terminal.clock_offset_s() == 0
    spool.close()


# for days


def test_fifty_of_each_kind_are_kept_and_nothing_open_is_forgotten(terminal: Terminal) -> None:
    spool = terminal._spool
    for at in range(3 * KEPT):
        state = "new" if at < 3 else "cancelled"
        spool.put(Card("alert", f"0a{at}.0", alert(f"0a{at}.0", state=state)))
        spool.put(Card("outbox", str(at), {"uid": str(at), "kind": "text", "text": "x", "state": "delivered", "at": 0}))
        spool.put(Card("text", str(at), {"text": "x", "exercise": False, "at": 0}))
    terminal.stand_at(*HERE)
    terminal.trim()
    kept = [card["key"] for card in terminal.alerts()]
    assert kept[:3] == ["0a0.0", "0a1.0", "0a2.0"] and len(kept) == KEPT + 3
    assert (len(terminal.outbox()), len(terminal.texts())) == (KEPT, KEPT)
    assert terminal.here() is not None


@pytest.mark.slow
def test_the_file_stays_small_over_a_month_of_alerts(terminal: Terminal, tmp_path: Path) -> None:
    spool = terminal._spool
    for day in range(30):
        for at in range(100):
            name = f"{day}.{at}"
            spool.put(Card("alert", name, alert(name, text="a" * 160, state="confirmed")))
        terminal.trim()
    assert sum(file.stat().st_size for file in tmp_path.glob("field.db*")) < 6_000_000
    assert len(terminal.alerts()) == KEPT


def test_a_mayday_stays_valid_for_hours_and_a_digit_for_half_of_one(terminal: Terminal) -> None:
    now = time.time()
    terminal.report(0)
    terminal.report(4)
    first, second = terminal._spool.waiting()
    assert first.body["priority"] == 0 and first.body["expires_at"] == pytest.approx(now + MAYDAY_VALID_S, abs=5)
    assert second.body["expires_at"] == pytest.approx(now + 1800, abs=5)


def test_what_never_got_through_goes_out_once_more_and_says_its_age(terminal: Terminal) -> None:
    for state in ("expired", "failed", "delivered", "waiting"):
        facts = {"uid": state, "kind": "text", "text": f"kabar {state}", "state": state, "at": time.time() - 7300}
        terminal._spool.put(Card("outbox", state, facts))
    assert terminal.send_late_again() == 2
    assert [card["text"] for card in terminal.outbox()[-2:]] == [
        "(2 jam lalu) kabar expired",
        "(2 jam lalu) kabar failed",
    ]
    assert terminal.send_late_again() == 0


def test_help_is_asked_with_the_place_and_before_other_words(terminal: Terminal) -> None:
    terminal.say("air naik")
    terminal.ask_for_help()
    terminal.stand_at(*HERE)
    terminal.ask_for_help()
    assert [card["text"] for card in terminal.outbox()] == [
        "air naik",
        "BUTUH BANTUAN",
        "BUTUH BANTUAN @ -8.6000,116.5000",
    ]
    assert terminal._spool.waiting()[0].body["priority"] == 1


def test_the_log_never_fills_the_memory_card(tmp_path: Path) -> None:
    log = BoundedLog(tmp_path / "field.log")
    for _ in range(40):
        log.write("x" * 99_999 + "\n")
    log.close()
    sizes = [file.stat().st_size for file in sorted(tmp_path.iterdir())]
    assert len(sizes) == 2 and max(sizes) <= LOG_MOST


# the lines


def test_every_order_and_every_type_can_be_shown_at_any_size() -> None:
    for action in ACTIONS.values():
        for width, height in ((40, 9), (76, 13), (20, 4), (200, 60)):
            lines = alert_lines(
                alert(action=action, text="kata " * 30), "arah 1° utara, 1 km", 1000, "14.32", width, height
            )
            assert len(lines) <= height
            assert all(len(line.words) <= width for line in lines)
    assert all(len(big(word.upper(), 400, 5)) == 5 for word in (*ACTIONS.values(), "BANJIR", "GEMPA"))
    assert len(TYPES) > 20


def test_what_does_not_fit_is_said_so_and_the_state_never_is_what_is_missing() -> None:
    lines = [line.words for line in alert_lines(alert(text="kata " * 60), "", 1000, "14.32", 40, 6)]
    assert lines[-1] == READ_ALL
    assert "BARU: tekan SPASI bila sudah dilihat" in lines


def test_no_line_is_longer_than_a_narrow_screen_and_the_validity_is_whole() -> None:
    lines = [line.words for line in alert_lines(alert(), "", 1000 + 95 * 60, "14.32", 40, 15)]
    assert max(map(len, lines)) <= 40
    assert "SUDAH LEWAT WAKTUNYA" in " ".join(lines)


@settings(max_examples=200)
@given(st.text(max_size=40), st.integers(1, 120), st.integers(0, 8))
def test_letters_are_never_larger_than_their_room(words: str, width: int, height: int) -> None:
    lines = big(words, width, height)
    assert len(lines) == 1 or (len(lines) <= height and max(map(len, lines)) <= width)


def test_the_keys_name_every_status_a_team_reports() -> None:
    assert all(f"{digit}\xa0" in key_words(80) for digit in STATUSES if digit not in (0, 1, 8))


def test_a_terminal_is_a_station_like_every_other() -> None:
    assert issubclass(Terminal, FieldStation)
