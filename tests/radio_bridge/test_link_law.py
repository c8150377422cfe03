"""The law of the channel: airtime, plain words, call signs. The link obeys it by itself; nobody can forget to ask."""

import json
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from radio_bridge import link as air
from radio_bridge import plain, wire
from radio_bridge.airtime import airtime_left_s, airtime_of
from radio_bridge.devices import make_device
from radio_bridge.errors import CannotSend
from radio_bridge.framing import ax25, posko
from radio_bridge.link import Expired, Link, LinkConfig, Outgoing, Transmit
from radio_bridge.ports import BadPort
from radio_bridge.profiles import Profile, get_profile, profile_of
from radio_bridge.radiogram import Cancel, Level, RollCall, Status, Text
from radio_bridge.radiogram.schema import encode
from radio_bridge.rig import link_config
from radio_bridge.simulator import Play, Scenario
from radio_bridge.spool import FILE
from tests.radio_bridge.rigs import FAST, KEY, centre, wait_for
from tests.radio_bridge.test_ledger import worst_hour_s
from tests.radio_bridge.test_link import ALERT, Net, config, kinds, outgoing

AMATEUR, RAPI, LORA = get_profile("amateur"), get_profile("rapi"), get_profile("lora_free")
QUIET = replace(LORA, duty_cycle=0.002)
"""7.2 seconds an hour, 2.16 of them for a mayday."""


def keyed_spans(net: Net, station: int) -> list[tuple[float, float]]:
    return [(flight.begins, flight.ends) for flight in net.flights if flight.source == station]


def law_net(stations: int, profile: Profile, **more: Any) -> Net:
    return Net(stations, profile=profile, **more)


@pytest.mark.parametrize("seed", range(4))
def test_on_an_amateur_channel_all_is_said_in_plain_words_and_everybody_is_reached(seed: int) -> None:
    net = law_net(12, AMATEUR, seed=seed, loss=0.3)
    net.press_after_s = 20
    net.send(outgoing(radiogram=replace(ALERT, text="Lahar dari hulu"), to=tuple(range(1, 13)), until=1800))
    net.send(outgoing("s", Status(4), (0,), 2), 3)
    net.run(1700)
    assert set(net.links[0].progress("u1").values()) == {"seen"}
    assert net.links[3].progress("s") == {0: "heard"}
    for flight in net.flights:
        assert wire.may_pass(AMATEUR, "ax25", flight.frame)
        assert ax25.parse(flight.frame).content.decode().isprintable()


def test_twenty_of_twenty_answer_in_their_slots_in_plain_words_too() -> None:
    net = law_net(20, AMATEUR)
    net.send(outgoing())
    net.run(19)
    assert set(net.links[0].progress("u1").values()) == {"heard"}
    assert (net.collisions(), len(net.flights)) == (0, 21)


def test_a_bad_round_in_plain_words_is_said_twice_and_the_slots_still_hold() -> None:
    net = law_net(12, AMATEUR, seed=2, loss=0.6)
    net.send(outgoing(to=tuple(range(1, 13))))
    while net.now < 19 or any(link.keying.identify for link in net.links.values()):
        net.run(net.now + 5)
    copies = [flight for flight in net.flights if b" UL 0>" in flight.frame]
    rounds = [flight for flight in net.flights if b"AWAS" in flight.frame or b"OK " in flight.frame]
    pairs = zip(rounds, rounds[1:], strict=False)
    assert copies and not any(later.begins < earlier.ends for earlier, later in pairs)


def test_the_call_sign_is_said_every_ten_minutes_of_activity_and_at_the_end() -> None:
    net = law_net(1, AMATEUR)
    for minute in range(40):
        net.at(
            60.0 * minute, lambda at=minute: net.send(outgoing(f"t{at}", Text(f"menit {at}"), (1,), 2, 60 * at + 50))
        )
    net.run(3600)
    for station in (0, 1):
        spoke = [flight for flight in net.flights if flight.source == station]
        named = [flight.ends for flight in spoke if ax25.parse(flight.frame).destination == "ID"]
        others = [flight.ends for flight in spoke if ax25.parse(flight.frame).destination != "ID"]
        assert max(others) < named[-1] < max(others) + 60
        for said_at in others:
            assert any(said_at < name_at <= said_at + 600 for name_at in named)
        assert ax25.parse(spoke[-1].frame).content == plain.IDENTITY + f"POS{station}".encode()
    assert not net.events(air.Rejected)


@pytest.mark.slow
def test_a_station_busy_all_the_time_still_says_its_call_sign_in_time() -> None:
    net = law_net(
        2, replace(AMATEUR, duty_cycle=1.0), deaf=frozenset({(2, 0), (2, 1)}), quick_rounds=10**6, max_rounds=10**6
    )
    net.send(outgoing(to=(1, 2), until=3000))
    net.run(2900)
    named = [0.0, *(flight.ends for flight in net.flights if flight.source == 0 and b">DE " in flight.frame)]
    assert max(later - earlier for earlier, later in zip(named, named[1:], strict=False)) <= 600


def test_where_no_law_asks_for_it_nobody_wastes_air_on_a_name() -> None:
    net = Net(2)
    net.send(outgoing(to=(1, 2)))
    net.run(2000)
    assert len(net.flights) == 3


@pytest.mark.parametrize("words", [ALERT, Cancel(1, 1), RollCall(1), Status(1), Text("air naik"), Text("x" * 300)])
def test_on_a_citizens_channel_nothing_is_keyed(words: Any) -> None:
    centre_link = Link(config(0, profile=RAPI), None, Random(1))
    with pytest.raises(CannotSend, match="read the message out"):
        centre_link.send(outgoing(radiogram=words, to=(1,)), 0.0)
    assert centre_link.next_wake(0.0) is None


def test_a_frame_heard_on_a_citizens_channel_is_never_answered() -> None:
    asking = Link(config(0), None, Random(1))
    frame = asking.send(outgoing(to=(1, 2)), 0.0)[-1]
    field = Link(config(1, profile=RAPI), None, Random(1))
    assert isinstance(frame, Transmit)
    assert kinds(field.heard(frame.frame, 1.0)) == ["foreign"]
    assert field.next_wake(1.0) is None


def test_what_was_queued_before_the_channel_became_another_is_given_up_aloud() -> None:
    busy = Link(config(0), None, Random(1))
    busy.send(outgoing("a", to=(1,)), 0.0)
    busy.send(outgoing("b", Text("menunggu"), (1,), 2), 0.0)
    now_voice = Link.restore(config(0, profile=RAPI), json.loads(json.dumps(busy.state())), Random(1))
    events, now = [], 5.0
    while (wake := now_voice.next_wake(now)) is not None and now < 100:
        now = wake
        events += now_voice.tick(now)
    assert {event.uid for event in events if isinstance(event, air.Failed)} == {"a", "b"}
    assert not [event for event in events if isinstance(event, Transmit)]


def test_a_person_who_acknowledged_before_the_channel_became_another_keys_nothing() -> None:
    field = Link(config(1), None, Random(1))
    asked = Link(config(0), None, Random(1)).send(outgoing(to=(1,)), 0.0)[-1]
    assert isinstance(asked, Transmit)
    field.heard(asked.frame, 1.0)
    field.acknowledge("0a4711.0", Level.SEEN, 1.1)
    later = Link.restore(config(1, profile=RAPI), json.loads(json.dumps(field.state())), Random(1))
    assert [event for at in range(2, 200) for event in later.tick(float(at)) if isinstance(event, Transmit)] == []


def test_packed_frames_pass_no_plain_channel_whoever_made_them() -> None:
    number, content = encode(ALERT)
    packed = posko.seal(posko.Header(number, 1, 0, 255), content, bytes(32), 7, 1)
    for carrier, frame in (("ax25", ax25.ui("YB9ZZZ", "POSKO", packed)), ("bare", packed), ("ax25", b"noise")):
        assert not wire.may_pass(AMATEUR, carrier, frame)
        assert not wire.may_pass(RAPI, carrier, frame)
    spoken = plain.seal(ALERT, 1, 0, 255, bytes(32), 7, 1)
    assert wire.may_pass(AMATEUR, "ax25", ax25.ui("YB9ZZZ", "POSKO", spoken))
    assert not wire.may_pass(RAPI, "ax25", ax25.ui("YB9ZZZ", "POSKO", spoken))


@pytest.mark.slow
def test_no_hour_is_overdrawn_by_anybody_under_five_times_the_load() -> None:
    net = law_net(3, QUIET, loss=0.1)
    random = Random(4)
    for at in range(600):
        when, priority = random.uniform(0, 7200), random.choice([0, 1, 2, 3])
        text = replace(ALERT, ref=3 * at, text="air naik di jembatan " + "x" * random.randint(0, 40))
        net.at(when, lambda at=at, p=priority, w=text, t=when: net.send(outgoing(f"u{at}", w, (1, 2, 3), p, t + 600)))
    net.run(9000)
    for station in net.links:
        assert worst_hour_s(keyed_spans(net, station)) <= QUIET.hour_s
    assert worst_hour_s(keyed_spans(net, 0)) > 0.8 * QUIET.hour_s


def test_when_the_hour_is_used_up_a_mayday_still_goes_at_once_and_the_rest_waits() -> None:
    net = law_net(1, QUIET)
    for at in range(40):
        net.send(outgoing(f"t{at}", Text(f"kabar {at} " + "x" * 60), (1,), 2, 10_000))
    net.run(600)
    waiting = [at for at in range(40) if net.links[0].progress(f"t{at}") == {1: "queued"}]
    assert waiting and net.links[0].airtime_left_s(net.now) < 1
    net.send(outgoing("p0", replace(ALERT, priority=0), (1,), 0, 10_000))
    net.run(605)
    assert net.links[0].progress("p0") == {1: "heard"}
    net.run(600 + 3700)
    assert net.links[0].progress(f"t{waiting[0]}") == {1: "heard"}


def test_what_waits_for_the_law_wakes_nobody_for_nothing() -> None:
    net = law_net(1, QUIET)
    for at in range(40):
        net.send(outgoing(f"t{at}", Text(f"kabar {at} " + "x" * 60), (1,), 2, 10_000))
    net.run(600)
    centre_link, wakes, now = net.links[0], 0, net.now
    while (wake := centre_link.next_wake(now)) is not None and wake < 3000:
        now, wakes = wake, wakes + 1
        centre_link.tick(now)
    assert wakes < 5


def test_one_that_waits_for_the_law_and_expires_lets_the_shorter_ones_go() -> None:
    net, at = law_net(2, QUIET), 0
    while net.links[0].airtime_left_s(net.now) > 1.3:
        at += 1
        net.send(outgoing(f"fill{at}", replace(ALERT, ref=at), (1,), 1, 3000))
        net.run(5.0 * at)
    now = net.now
    net.send(outgoing("big", replace(ALERT, ref=99, text="zq" * 80), (1,), 1, now + 200))
    net.send(outgoing("small", Status(1), (1,), 2, 3000))
    net.run(now + 190)
    assert net.links[0].progress("small") == {1: "queued"}
    net.run(now + 220)
    assert any(event.uid == "big" for event in net.events(Expired))
    assert net.links[0].progress("small") == {1: "heard"}


def test_acknowledgements_count_and_an_answer_without_airtime_is_not_given() -> None:
    net = law_net(1, replace(QUIET, duty_cycle=0.0002))
    net.links[0] = Link(config(0), None, Random(1))
    net.at(1, lambda: net.send(outgoing("a", to=(1,))))
    net.run(60)
    net.send(outgoing("b", replace(ALERT, ref=7), (1,), 3, 1000))
    net.run(900)
    assert net.links[0].progress("a") == {1: "heard"}
    assert net.links[0].progress("b") == {1: "unknown"}
    assert worst_hour_s(keyed_spans(net, 1)) <= 0.72


def test_a_restart_forgets_no_airtime_and_an_absence_counts_only_as_far_as_it_is_sure() -> None:
    first = Link(config(0, profile=QUIET), None, Random(1))
    now = 0.0
    while first.airtime_left_s(now, 3) > 1:
        first.send(outgoing(f"t{now}", Text("x" * 60), (1,), 3, now + 1), now)
        now += 3
    kept = json.loads(json.dumps(first.state()))
    left_s = first.airtime_left_s(now, 3)
    again = Link.restore(config(0, profile=QUIET), kept, Random(1))
    assert again.airtime_left_s(now, 3) == left_s
    rebooted = Link.restore(config(0, profile=QUIET), kept, Random(1), now=4.0, away_s=50_000.0, surely_s=4.0)
    assert rebooted.airtime_left_s(4.0, 3) == left_s
    assert rebooted.airtime_left_s(3700.0, 3) > 4


def test_a_frame_longer_than_the_longest_key_up_is_refused() -> None:
    short = Link(config(0, profile=replace(LORA, longest_key_up_s=0.5)), None, Random(1))
    with pytest.raises(CannotSend, match="more than is allowed"):
        short.send(outgoing(radiogram=Text("zq" * 50), to=(1,)), 0.0)


def test_the_address_of_the_radio_names_its_service(tmp_path: Path) -> None:
    usual = make_device(f"loopback:{tmp_path}/e", tmp_path)
    assert link_config(KEY, 0, "POSKO", usual).profile.name == "dinas"
    ham = make_device(f"loopback:{tmp_path}/e?service=amateur&callsign=yb9zzz-1", tmp_path)
    assert link_config(KEY, 0, "POSKO", ham).profile == AMATEUR
    assert link_config(KEY, 0, "POSKO", ham).callsign == "YB9ZZZ-1"
    with pytest.raises(BadPort, match="pramuka"):
        make_device(f"loopback:{tmp_path}/e?service=pramuka", tmp_path)


def test_an_amateur_channel_is_not_opened_without_a_call_sign(tmp_path: Path) -> None:
    device = make_device(f"loopback:{tmp_path}/e?service=amateur", tmp_path)
    with pytest.raises(CannotSend, match="callsign="):
        link_config(KEY, 0, "POSKO", device)


def test_the_rig_keys_nothing_packed_on_a_channel_of_people_even_if_the_link_would(tmp_path: Path) -> None:
    """Through the real port: a second station on the channel would hear any frame there is."""
    url = f"loopback:{tmp_path / 'ether'}{FAST}"
    with centre(f"{url}&service=rapi", tmp_path) as (rig, spool):
        wait_for(lambda: rig.port.is_open)
        ear = make_device(url, tmp_path)
        ear.open()
        spool.order(Outgoing("u1", Text("air naik"), (1,), 2, time.time() + 60), time.time())
        rig.wake()
        wait_for(lambda: [one for one in spool.happenings() if one.kind == "refused"])
        rig._key(Transmit(b"\x11 packed", 0.1))
        rig._key(Transmit(ax25.ui("JZ21AB", "POSKO", b":BLN1POSKO:AWAS"), 0.1))
        time.sleep(0.3)
        assert ear.read() == []
        assert spool.tallies() == {"barred": 2}
        ear.close()


def test_what_is_left_of_the_hour_can_be_read_by_any_process(tmp_path: Path) -> None:
    url = f"loopback:{tmp_path / 'ether'}{FAST}&service=lora_free"
    with centre(url, tmp_path) as (rig, spool):
        wait_for(lambda: rig.port.is_open)
        assert airtime_left_s(spool, LORA) == {"urgent": 36.0, "usual": 25.2}
        spool.order(Outgoing("u1", Text("air naik " * 12), (1,), 2, time.time() + 60), time.time())
        rig.wake()
        wait_for(lambda: airtime_left_s(spool, LORA)["usual"] < 25.15)
        left = airtime_left_s(spool, LORA)
        assert left["urgent"] - left["usual"] == pytest.approx(10.8, abs=0.11)


def test_asking_what_is_left_makes_no_file_and_a_broken_spool_is_no_answer(tmp_path: Path) -> None:
    assert airtime_of(tmp_path, LORA) == {"service": "lora_free", "limit_s": 36.0, "left_s": 36.0, "kept_s": 10.8}
    assert list(tmp_path.iterdir()) == []
    (tmp_path / FILE).write_bytes(b"half a file " * 200)
    assert airtime_of(tmp_path, LORA) is None


@pytest.mark.parametrize("free", [RAPI, replace(LORA, duty_cycle=1)])
def test_where_the_law_has_no_limit_only_the_service_is_named(free: Profile, tmp_path: Path) -> None:
    assert airtime_of(tmp_path, free) == {"service": free.name, "limit_s": None, "left_s": None, "kept_s": None}


def test_who_only_looks_takes_the_usual_law_for_an_address_that_names_none() -> None:
    names = [profile_of(f"kiss+socket:127.0.0.1:8001{query}").name for query in ("", "?service=rapi", "?service=cb")]
    assert names == ["dinas", "rapi", "dinas"]


def test_a_config_without_a_word_about_it_is_a_licence() -> None:
    assert LinkConfig(1, 0, "POSKO", {1: bytes(32)}, 1).profile.name == "dinas"


def test_the_answers_to_a_mayday_are_confirmed_though_the_hour_has_no_room_for_others() -> None:
    """Else each team repeats its answer until its own share for maydays is used up too."""
    load = Scenario(teams=8, loss=0.1, service="lora_free", reports=40, seed=7, valid_min=20)
    play = Play(replace(load, minutes=20, alerts=334, urgent=0.009))
    play.run()
    refs = {int(one.uid.partition("/")[2]) for one in play.sent if one.priority == 0}
    said: Counter[tuple[int, int]] = Counter()
    for flight in play.ether.flights:
        content = ax25.parse(flight.frame).content
        if content[0] & 0x0F == 3 and flight.source:
            said[flight.source, int.from_bytes(content[6:8], "big") & 0x7FF] += 1
    assert refs and max(said[team, ref] for team in range(1, 9) for ref in refs) <= 8
