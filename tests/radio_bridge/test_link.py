"""The link: who has the alert is always known, and never claimed without proof."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from radio_bridge import link as air
from radio_bridge.errors import CannotSend
from radio_bridge.ether import Ether
from radio_bridge.framing import ax25, posko
from radio_bridge.link import Acked, Expired, Failed, Link, LinkConfig, Outgoing, Received, Rejected, Transmit
from radio_bridge.radiogram import ALL, Ack, Alert, Cancel, Level, Place, Position, RollCall, Status, Text, Time
from radio_bridge.radiogram.schema import decode

KEY = bytes(range(32))
ALERT = Alert(4711, 0, 0, 4, 3, 30, Place(116.5421, -8.6512))
TWENTY = tuple(range(1, 21))


def config(station: int, **changes: Any) -> LinkConfig:
    return LinkConfig(net=1, station=station, callsign=f"POS{station}", keys={1: KEY}, epoch=7, **changes)


def outgoing(
    uid: str = "u1", radiogram: Any = ALERT, to: Any = TWENTY, priority: int = 1, until: float = 1800
) -> Outgoing:
    return Outgoing(uid, radiogram, to, priority, until)


class Net(Ether):
    """A centre (0) and stations 1..n; keeps what each of them was told, as its spool would."""

    def __init__(self, stations: int, seed: int = 1, loss: float = 0.0, **changes: Any) -> None:
        super().__init__(Random(seed), loss, changes.pop("deaf", frozenset()))
        self.pressed: dict[int, float] = {}
        self.press_after_s: float | None = None
        self.listener = self._person
        for station in range(stations + 1):
            self.links[station] = Link(config(station, **changes), None, Random(f"{seed}/{station}"))

    def _person(self, now: float, station: int, event: air.Event) -> None:
        if self.press_after_s is not None and isinstance(event, Received) and event.key:
            self.at(now + self.press_after_s * self.random.uniform(0.5, 1.5), lambda: self.press(station, event.key))

    def press(self, station: int, key: str, level: Level = Level.SEEN) -> None:
        self.pressed.setdefault(station, self.now)
        self.do(station, lambda link: link.acknowledge(key, level, self.now))

    def send(self, message: Outgoing, station: int = 0) -> None:
        self.do(station, lambda link: link.send(message, self.now))

    def events(self, kind: type, station: int | None = None) -> list[Any]:
        return [event for _, at, event in self.log if isinstance(event, kind) and station in (None, at)]

    def received(self) -> Counter[tuple[int, str]]:
        return Counter((at, event.key) for _, at, event in self.log if isinstance(event, Received))


def test_twenty_of_twenty_answer_in_their_slots_without_a_collision() -> None:
    net = Net(20)
    net.send(outgoing())
    net.run(20)
    acked = net.events(Acked, 0)
    assert [event.station for event in acked] == list(TWENTY)
    assert acked[-1].at < 11.5
    assert (net.collisions(), len(net.flights)) == (0, 21)
    assert set(net.links[0].progress("u1").values()) == {"heard"}


@pytest.mark.parametrize("loss", [0.3, 0.5])
@pytest.mark.parametrize("seed", range(6))
def test_on_a_bad_channel_everybody_is_reached_once_and_only_persons_make_it_seen(loss: float, seed: int) -> None:
    net = Net(12, seed, loss)
    net.press_after_s = 20
    net.send(outgoing(to=tuple(range(1, 13)), until=1800))
    net.run(1700)
    assert net.received() == Counter({(station, "0a4711.0"): 1 for station in range(1, 13)})
    assert set(net.links[0].progress("u1").values()) == {"seen"}
    for event in net.events(Acked, 0):
        assert event.level < Level.SEEN or net.pressed[event.station] <= event.at
    assert not net.events(Failed) and not net.events(Expired)
    assert {event.level for event in net.events(air.Confirmed)} == {Level.SEEN}
    assert len(net.events(air.Confirmed)) == 12


def test_each_rise_is_told_once() -> None:
    net = Net(8, seed=3, loss=0.4)
    net.press_after_s = 5
    net.send(outgoing(to=tuple(range(1, 9))))
    net.run(600)
    rises = Counter((event.station, event.level) for event in net.events(Acked, 0))
    assert set(rises.values()) == {1}


@pytest.mark.parametrize("seed", range(4))
def test_stations_that_do_not_hear_each_other_are_all_confirmed(seed: int) -> None:
    hidden = frozenset((a, b) for a in range(1, 11) for b in range(1, 11) if a != b)
    net = Net(10, seed, 0.2, deaf=hidden)
    net.press_after_s = 4
    net.send(outgoing(to=tuple(range(1, 11))))
    net.run(900)
    assert set(net.links[0].progress("u1").values()) == {"seen"}


def test_the_repeat_names_the_missing_only() -> None:
    net = Net(4)
    net.deaf = frozenset({(0, 3)})
    net.send(outgoing(to=(1, 2, 3, 4)))
    net.at(4, lambda: setattr(net, "deaf", frozenset()))
    net.run(60)
    repeats = net.events(air.Repeating)
    assert {event.missing for event in repeats} == {(3,)}
    assert repeats[0].round == 2
    assert net.links[0].progress("u1") == dict.fromkeys((1, 2, 3, 4), "heard")


def test_an_overheard_ack_counts_for_the_device_but_never_for_the_person() -> None:
    net = Net(3, deaf=frozenset({(1, 0)}))
    net.send(outgoing(to=(1, 2, 3)))
    net.at(3, lambda: net.press(1, "0a4711.0"))
    net.run(100)
    assert net.links[0].progress("u1") == {1: "heard", 2: "heard", 3: "heard"}
    assert [event.via for event in net.events(Acked, 0) if event.station == 1] == [2]


def test_a_station_that_is_silent_is_unknown_not_failed_and_a_late_answer_is_the_truth() -> None:
    net = Net(2, max_rounds=3, deaf=frozenset({(2, 0), (2, 1)}))
    net.send(outgoing(to=(1, 2)))
    net.at(60, lambda: setattr(net, "deaf", frozenset()))
    net.at(70, lambda: net.press(2, "0a4711.0"))
    net.run(59)
    assert [(event.station, event.state) for event in net.events(Failed)] == [(2, "unknown")]
    assert net.links[0].progress("u1")[2] == "unknown"
    net.run(120)
    assert net.links[0].progress("u1") == {1: "heard", 2: "seen"}


def test_late_is_worse_than_never() -> None:
    net = Net(1, deaf=frozenset({(0, 1), (1, 0)}))
    net.send(outgoing(to=(1,), until=5))
    net.run(60)
    assert max(flight.begins for flight in net.flights) < 5
    assert net.events(Expired) == [Expired("u1", {1: "unknown"})]
    assert net.received() == Counter()


def test_what_waits_behind_another_and_expires_was_never_on_the_air() -> None:
    net = Net(20)
    net.send(outgoing())
    net.send(outgoing("u2", replace(ALERT, ref=2), (1,), 1, 3))
    net.run(60)
    assert net.events(Expired) == [Expired("u2", {1: "expired"})]
    assert all(event.uid != "u2" for event in net.events(Transmit))


@pytest.mark.slow
def test_the_highest_priority_goes_next_whatever_is_queued() -> None:
    net = Net(20)
    for at in range(500):
        net.send(outgoing(f"q{at}", replace(ALERT, ref=at), TWENTY, 2))
    net.run(2)
    net.send(outgoing("p0", replace(ALERT, ref=9999), TWENTY, 0))
    net.run(60)
    keyed = [(at, event.uid) for at, station, event in net.log if isinstance(event, Transmit) and station == 0]
    assert keyed[1][1] == "p0" and keyed[1][0] < 2.1
    p0 = net.links[0].progress("p0")
    assert set(p0.values()) == {"heard"}


def test_one_frame_at_most_is_outstanding() -> None:
    centre = Link(config(0), None, Random(1))
    first = centre.send(outgoing("a", Time(1)), 0.0)
    assert [type(event) for event in first] == [Transmit]
    assert centre.send(outgoing("b", Time(2)), 0.1) == []
    assert [type(event) for event in centre.keyed(0.3)] == [Transmit]


def test_a_newer_revision_supersedes_the_older_on_both_ends() -> None:
    net = Net(2)
    net.send(outgoing("r0", to=(1, 2)))
    net.at(5, lambda: net.press(1, "0a4711.0"))
    net.run(10)
    net.send(outgoing("r1", replace(ALERT, revision=1), (1, 2)))
    net.run(20)
    assert net.links[0].progress("r0") == {1: "seen", 2: "superseded"}
    assert net.events(air.Superseded) == [air.Superseded("r0")]
    with pytest.raises(CannotSend, match="replaced"):
        net.links[2].acknowledge("0a4711.0", Level.SEEN, 21)


def test_a_cancel_is_answered_like_an_alert() -> None:
    net = Net(3, loss=0.3)
    net.send(outgoing("r0", to=(1, 2, 3)))
    net.run(60)
    net.send(outgoing("r1", Cancel(4711, 1), (1, 2, 3)))
    net.run(120)
    assert net.links[0].progress("r1") == {1: "heard", 2: "heard", 3: "heard"}
    assert net.received()[2, "0a4711.1"] == 1


def test_a_roll_call_gives_up_the_silent_after_a_few_rounds() -> None:
    net = Net(3, deaf=frozenset({(2, 0), (0, 2), (1, 2), (3, 2), (2, 1), (2, 3)}))
    net.send(Outgoing("u1", RollCall(5), (1, 2, 3), 3, 600.0))
    net.run(500)
    assert net.links[0].progress("u1") == {1: "heard", 2: "unknown", 3: "heard"}
    assert len(net.events(air.Repeating)) == LinkConfig.call_rounds
    assert max(flight.ends for flight in net.flights) < 15


def test_a_roll_call_says_who_is_present() -> None:
    net = Net(5, deaf=frozenset({(0, 4)}), groups={201: (1, 2, 3, 4, 5)}, max_rounds=3)
    net.send(outgoing("call", RollCall(4711), 201, 3))
    net.run(60)
    assert {(event.station, event.level) for event in net.events(Acked)} == {(at, Level.PRESENT) for at in (1, 2, 3, 5)}
    assert [event.station for event in net.events(Failed)] == [4]


@pytest.mark.parametrize("loss", [0.0, 0.5])
@pytest.mark.parametrize(
    "report", [Status(3, 4711), Text("jembatan putus, pakai jalan Sakra"), Position(Place(116.5, -8.7))]
)
def test_a_report_from_the_field_arrives_once_and_is_receipted(loss: float, report: Any) -> None:
    net = Net(3, loss=loss)
    net.send(outgoing("s", report, (0,), 2), station=2)
    net.run(600)
    arrived = net.events(Received, 0)
    assert [event.source for event in arrived] == [2]
    assert replace(arrived[0].radiogram, number=0) == report
    assert [event.uid for event in net.events(Acked, 2)] == ["s"]
    assert len(net.events(Transmit, 2)) < 20


def test_many_reports_at_once_all_arrive() -> None:
    net = Net(10, seed=4, loss=0.2)
    for station in range(1, 11):
        for words in (Status(3), Text("air naik")):
            net.send(outgoing(f"{station}/{type(words)}", words, (0,), 2), station)
    net.run(900)
    arrived = Counter((event.source, type(event.radiogram)) for event in net.events(Received, 0))
    assert arrived == Counter({(station, kind): 1 for station in range(1, 11) for kind in (Status, Text)})


def test_a_text_from_the_centre_reaches_its_station_only() -> None:
    net = Net(3, loss=0.3)
    net.send(outgoing("t", Text("air naik"), (2,), 2))
    net.run(300)
    assert [event.radiogram.text for event in net.events(Received)] == ["air naik"]
    assert [event.radiogram.text for event in net.events(Received, 2)] == ["air naik"]
    assert net.links[0].progress("t") == {2: "heard"}


class Mortal(Net):
    """Stations lose power at any step: before their spool is written, or after it and before the frame is keyed."""

    def __init__(self, stations: int, seed: int, loss: float) -> None:
        super().__init__(stations, seed, loss)
        self.dice, self.deaths, self.immortal = Random(seed), 0, False
        self.saved = {station: json.dumps(link.state()) for station, link in self.links.items()}

    def do(self, station: int, act: Callable[[Link], list[air.Event]]) -> None:
        fate = 1.0 if self.immortal else self.dice.random()
        link = self.links[station]
        events = act(link)
        if fate < 0.05:
            return self._revive(station)
        self.saved[station] = json.dumps(link.state())
        told: list[air.Event] = [event for event in events if not isinstance(event, Transmit)]
        super().do(station, lambda link: told if fate < 0.10 else events)
        if fate < 0.10:
            self._revive(station)

    def send(self, message: Outgoing, station: int = 0) -> None:
        """The caller keeps its row and tries again with the same uid until the spool has it."""
        while message.uid not in self.links[station].asking.messages:
            super().send(message, station)

    def press(self, station: int, key: str, level: Level = Level.SEEN) -> None:
        super().press(station, key, level)
        if self.links[station].answering.alarms[key].level < level:
            self.press(station, key, level)

    def _revive(self, station: int) -> None:
        self.deaths += 1
        self.links[station] = Link.restore(
            config(station), json.loads(self.saved[station]), Random(self.deaths), self.now, 0.0
        )


@pytest.mark.parametrize("seed", range(8))
def test_a_loss_of_power_at_any_step_loses_nothing_and_doubles_nothing(seed: int) -> None:
    net = Mortal(6, seed, 0.2)
    net.press_after_s = 10
    net.send(outgoing(to=tuple(range(1, 7)), until=3000))
    net.send(outgoing("s", Status(3), (0,), 2, 3000), 4)
    net.run(600)
    net.immortal = True
    net.run(1200)
    assert net.deaths > 5
    assert net.received() == Counter({(0, ""): 1} | {(station, "0a4711.0"): 1 for station in range(1, 7)})
    assert net.links[0].progress("u1") == dict.fromkeys(range(1, 7), "seen")
    assert set(Counter((event.station, event.level) for event in net.events(Acked, 0)).values()) == {1}
    assert [event.uid for event in net.events(Acked, 4)] == ["s"]
    for event in net.events(Acked, 0):
        assert event.level < Level.SEEN or net.pressed[event.station] <= event.at


@pytest.mark.parametrize("seed", range(4))
def test_no_counter_is_used_twice_whatever_happens_to_the_power(seed: int) -> None:
    net = Mortal(6, seed, 0.2)
    net.press_after_s = 5
    net.send(outgoing(to=tuple(range(1, 7)), until=3000))
    net.run(300)
    sealed = [ax25.parse(flight.frame).content for flight in net.flights]
    assert len({(frame[2], frame[4:6]) for frame in sealed}) == len(sealed) < 65536


def test_a_clock_that_starts_anew_after_a_reboot_moves_every_instant() -> None:
    centre = Link(config(0), None, Random(1))
    centre.send(outgoing(to=(1,), until=1_000_100.0), 1_000_000.0)
    woken = Link.restore(config(0), json.loads(json.dumps(centre.state())), Random(2), now=5.0, away_s=30.0)
    assert [type(event) for event in woken.tick(74.9)][-1] is Transmit
    assert isinstance(woken.tick(75.1)[0], Expired)


def test_every_state_takes_every_verb_and_only_a_person_makes_it_seen() -> None:
    verbs = {"key", "heard", "seen", "read_back", "supersede", "expire", "give_up"}
    assert set(air.STATES) == {
        "queued", "keyed", "heard", "seen", "read_back", "superseded", "expired", "failed", "unknown",
    }  # fmt: skip
    for state, row in air.STATES.items():
        assert set(row) == verbs
        for verb, after in row.items():
            assert after in air.STATES
            if after in ("seen", "read_back"):
                assert state == after or verb == after
            if state in ("seen", "read_back"):
                assert after in ("seen", "read_back")


def test_what_was_never_on_the_air_is_never_unknown_and_what_was_is_never_failed() -> None:
    assert (air.STATES["queued"]["give_up"], air.STATES["queued"]["expire"]) == ("failed", "expired")
    assert (air.STATES["keyed"]["give_up"], air.STATES["keyed"]["expire"]) == ("unknown", "unknown")


def frame_from(source: int, counter: int, radiogram: Any, key: bytes = KEY, destination: int = 0) -> bytes:
    from radio_bridge.radiogram.schema import encode

    number, content = encode(radiogram)
    sealed = posko.seal(posko.Header(number, 1, source, destination), content, key, 7, counter)
    return ax25.ui("POS9", "POSKO", sealed)


def kinds(events: list[air.Event]) -> list[Any]:
    return [event.kind if isinstance(event, Rejected) else type(event) for event in events]


def test_forged_replayed_and_foreign_frames_are_counted_and_never_delivered() -> None:
    centre = Link(config(0), None, Random(1))
    good = frame_from(2, 5, Text("banjir"))
    assert kinds(centre.heard(frame_from(2, 4, Text("palsu"), key=b"x" * 32), 0)) == ["mac"]
    assert kinds(centre.heard(ax25.ui("POS9", "APRS", b"!"), 0)) == ["foreign"]
    assert kinds(centre.heard(b"hiss", 0)) == ["carrier"]
    assert kinds(centre.heard(good, 0)) == [Received, Transmit]
    assert kinds(centre.heard(good, 9)) == ["replay"]
    assert kinds(centre.heard(frame_from(0, 9, Text("gema")), 9)) == ["own"]
    sealed = posko.seal(posko.Header(15, 1, 2, 0), b"?", KEY, 7, 6)
    assert kinds(centre.heard(ax25.ui("POS9", "POSKO", sealed), 9)) == ["meaning"]


def test_a_replay_is_refused_after_a_restart_too() -> None:
    centre = Link(config(0), None, Random(1))
    good = frame_from(2, 5, Status(3))
    centre.heard(good, 0)
    again = Link.restore(config(0), json.loads(json.dumps(centre.state())), Random(1))
    assert kinds(again.heard(good, 9)) == ["replay"]


@pytest.mark.slow
def test_ten_thousand_altered_frames_deliver_nothing() -> None:
    centre, random = Link(config(0), None, Random(1)), Random(2)
    centre.send(outgoing(until=1e9), 0)
    good = frame_from(2, 5, Ack(4711, 0, Level.SEEN))
    for at in range(10_000):
        altered = bytearray(good)
        for _ in range(random.randint(1, 3)):
            altered[random.randrange(16, len(altered))] ^= random.randint(1, 255)
        if bytes(altered) != good:
            events = centre.heard(bytes(altered), 1 + at * 1e-6)
            assert kinds(events)[0] in ("mac", "version", "net")
    assert set(centre.progress("u1").values()) == {"keyed"}


def test_an_ack_for_an_alert_we_never_sent_changes_nothing() -> None:
    centre = Link(config(0), None, Random(1))
    centre.send(outgoing(to=(1,)), 0)
    assert not [
        event for event in centre.heard(frame_from(1, 1, Ack(4712, 0, Level.SEEN)), 1) if isinstance(event, Acked)
    ]
    assert not [
        event for event in centre.heard(frame_from(1, 2, Ack(4711, 1, Level.SEEN)), 1) if isinstance(event, Acked)
    ]
    assert kinds(centre.heard(frame_from(5, 3, Ack(4711, 0, Level.SEEN)), 1))[0] == "stray"
    assert centre.progress("u1") == {1: "keyed"}


def test_a_station_that_is_not_on_the_roster_stays_silent() -> None:
    net = Net(3)
    net.send(outgoing(to=(1, 2)))
    net.run(30)
    assert not net.events(Received, 3) and not net.events(Transmit, 3)


def test_a_read_back_outranks_a_key_press_and_both_are_confirmed() -> None:
    net = Net(1)
    net.send(outgoing(to=(1,)))
    net.at(5, lambda: net.press(1, "0a4711.0"))
    net.at(30, lambda: net.press(1, "0a4711.0", Level.READ_BACK))
    net.run(60)
    assert net.links[0].progress("u1") == {1: "read_back"}
    assert [event.level for event in net.events(air.Confirmed)] == [Level.SEEN, Level.READ_BACK]


def test_the_time_left_is_what_goes_on_the_air() -> None:
    centre = Link(config(0), None, Random(1))
    transmit = centre.send(outgoing(to=(1,), until=600), 0)[-1]
    assert isinstance(transmit, Transmit)
    sealed = ax25.parse(transmit.frame).content
    alert = decode(sealed[0] & 15, sealed[6:-6])
    assert isinstance(alert, Alert) and alert.expires_min == 10


@pytest.mark.parametrize(
    "message, sentence",
    [
        (outgoing(to=()), "Nobody is named"),
        (outgoing(to=250), "Group 250"),
        (outgoing(until=-1), "out of date"),
        (outgoing(to=(201,)), "Station numbers"),
        (outgoing(radiogram=Text("x"), to=(1, 2)), "one station"),
        (outgoing(radiogram=Ack(1, 0, Level.SEEN)), "by the link itself"),
        (outgoing(radiogram=Text("x" * 3000), to=(1,)), "longer than 32 parts carry"),
        (outgoing(radiogram=replace(ALERT, text="x" * 200)), "more than a frame carries"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_sentence(message: Outgoing, sentence: str) -> None:
    centre = Link(config(0), None, Random(1))
    with pytest.raises(CannotSend, match=sentence):
        centre.send(message, 0.0)
    assert centre.next_wake(0.0) is None


def test_two_alerts_that_an_ack_could_mix_up_are_not_both_sent() -> None:
    centre = Link(config(0), None, Random(1))
    centre.send(outgoing("a"), 0)
    with pytest.raises(CannotSend, match="another number"):
        centre.send(outgoing("b", replace(ALERT, ref=4711 - 2048)), 0)
    with pytest.raises(CannotSend, match="raise it"):
        centre.send(outgoing("c"), 0)


def test_the_same_uid_is_queued_once() -> None:
    net = Net(1)
    net.send(outgoing(to=(1,)))
    net.send(outgoing(to=(1,)))
    net.run(30)
    assert len(net.events(Transmit, 0)) == 1


def test_a_held_back_frame_moves_the_round_not_the_answers() -> None:
    centre = Link(config(0), None, Random(1))
    centre.send(outgoing(to=(1, 2)), 0.0)
    centre.keyed(3.0)
    wake = centre.next_wake(3.0)
    assert wake is not None and wake > 3.0 + 2 * 0.5


@pytest.mark.parametrize("seed", range(5))
def test_after_a_bad_round_the_alert_is_said_twice_and_the_slots_still_hold(seed: int) -> None:
    net = Net(12, seed, 0.6)
    net.send(outgoing(to=tuple(range(1, 13))))
    net.run(120)
    asked = [decode(1, frame[6:-6]) for flight in net.flights if (frame := ax25.parse(flight.frame).content)[0] == 0x11]
    copies = [isinstance(alert, Alert) and alert.again for alert in asked]
    assert any(copies) and not copies[0]
    assert net.collisions() == 0
    assert net.received() == Counter(dict.fromkeys(net.received(), 1))


def test_an_urgent_alert_does_not_wait_for_a_second_copy() -> None:
    centre = Link(config(0), None, Random(1))
    centre.send(outgoing(to=(1, 2)), 0.0)
    now = centre.next_wake(0.0) or 0.0
    while not any(isinstance(event, air.Repeating) for event in centre.tick(now)):
        now = centre.next_wake(now) or 0.0
    centre.send(outgoing("p0", replace(ALERT, ref=7), (1, 2), 0), now)
    keyed = [event.uid for event in centre.keyed(now + 0.5) if isinstance(event, Transmit)]
    later = [event.uid for event in centre.keyed(now + 1.0) if isinstance(event, Transmit)]
    assert (keyed, later) == (["p0"], [])


def test_a_bare_carrier_is_the_posko_frame_alone() -> None:
    centre, field = Link(config(0, carrier="bare"), None, Random(1)), Link(config(1, carrier="bare"), None, Random(2))
    transmit = centre.send(outgoing("t", Time(1_700_000_000), ALL), 0.0)[0]
    assert isinstance(transmit, Transmit) and len(transmit.frame) == 16
    assert kinds(field.heard(transmit.frame, 1.0)) == [Received]


def test_the_same_seed_gives_the_same_bytes() -> None:
    nets = [Net(6, 5, 0.3), Net(6, 5, 0.3)]
    for net in nets:
        net.press_after_s = 5
        net.send(outgoing(to=tuple(range(1, 7))))
        net.run(200)
    assert [flight.frame for flight in nets[0].flights] == [flight.frame for flight in nets[1].flights]


def test_what_a_team_said_before_its_mayday_never_reaches_the_centre_after_it() -> None:
    net = Net(10)
    net.do(0, lambda link: link.send(outgoing("a", to=tuple(range(3, 11))), net.now))
    net.run(2)
    net.do(3, lambda link: link.send(outgoing("s3", Status(3), (0,), 2, 3600.0), net.now))
    net.run(2.2)
    net.do(3, lambda link: link.send(outgoing("s0", Status(0), (0,), 0, 3600.0), net.now))
    net.run(900)
    told = [one.radiogram for _, at, one in net.log if at == 0 and isinstance(one, Received)]
    said = [words.digit for words in told if isinstance(words, Status)]
    assert said[-1:] == [0]
    assert net.links[3].progress("s0") == {0: "heard"}
