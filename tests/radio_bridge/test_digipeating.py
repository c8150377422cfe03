"""Digipeaters that are not ours: every frame keeps the channel for its copies, and slots begin behind the last one."""

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radio_bridge.cost import channel_of, cost_on_air
from radio_bridge.devices import figures_of, make_device, take_apart
from radio_bridge.errors import CannotSend
from radio_bridge.framing import ax25
from radio_bridge.keyring import Card
from radio_bridge.link import Acked, Confirmed, Event, Link, LinkConfig, Received, Rejected, Transmit
from radio_bridge.ports import BadPort
from radio_bridge.profiles import get_profile
from radio_bridge.radiogram import Ack, Level, Status, Text
from radio_bridge.rig import link_config
from radio_bridge.traffic import DIGIPEAT_GAP_S
from tests.radio_bridge.rigs import KEY
from tests.radio_bridge.test_link import ALERT, Net, config, outgoing

HILLS = ("HILL-1", "HILL-2", "HILL-3")
DIGIPEATER = 900
"""The first one's place in the ether."""


class Digipeater:
    """A TNC with its digipeater on and nothing of ours: keys again what names it next, once, as it came."""

    def __init__(self, name: str, timing: LinkConfig, gap_s: float) -> None:
        self.name, self._timing, self._gap_s = name, timing, gap_s
        self._waiting: list[tuple[float, bytes]] = []

    def heard(self, frame: bytes, now: float) -> list[Event]:
        ui = ax25.parse(frame)
        left = [name for name in ui.path if not name.endswith("*")]
        if left[:1] == [self.name]:
            path = [f"{name}*" if name == self.name else name for name in ui.path]
            copy = ax25.ui(ui.source, ui.destination, ui.content, path)
            self._waiting.append((now + self._gap_s, copy))
        return []

    def tick(self, now: float) -> list[Event]:
        due = [one for one in self._waiting if one[0] <= now]
        self._waiting = [one for one in self._waiting if one[0] > now]
        return [Transmit(frame, self._lasts_s(frame)) for _, frame in due]

    def _lasts_s(self, frame: bytes) -> float:
        ui = ax25.parse(frame)
        return self._timing.airtime_on(len(ui.content), len(ui.path))

    def keyed(self, now: float) -> list[Event]:
        return []

    def next_wake(self, now: float) -> float | None:
        return min((at for at, _ in self._waiting), default=None)


class Hilltop(Net):
    """A centre and teams, some `behind` the hill, and digipeaters that everybody hears."""

    def __init__(
        self,
        teams: int,
        behind: tuple[int, ...] = (),
        via: tuple[str, ...] = HILLS[:1],
        gap_s: float = 0.05,
        seed: int = 1,
        loss: float = 0.0,
        **more: Any,
    ) -> None:
        deaf = frozenset((a, b) for a in range(teams + 1) for b in range(teams + 1) if (a in behind) != (b in behind))
        super().__init__(teams, seed, loss, deaf=deaf, path=via, **more)
        for at, name in enumerate(via):
            self.links[DIGIPEATER + at] = Digipeater(name, config(0, path=via, **more), gap_s)  # type: ignore[assignment]


def everybody(teams: int) -> tuple[int, ...]:
    return tuple(range(1, teams + 1))


@settings(max_examples=25, deadline=None)
@given(
    hops=st.integers(1, 3),
    gap_s=st.floats(0.0, DIGIPEAT_GAP_S),
    teams=st.integers(1, 12),
    behind=st.sets(st.integers(1, 12)),
    seed=st.integers(0, 99),
)
def test_on_a_clean_channel_all_are_confirmed_and_nothing_ever_overlaps(
    hops: int, gap_s: float, teams: int, behind: set[int], seed: int
) -> None:
    net = Hilltop(teams, tuple(behind), HILLS[:hops], gap_s, seed)
    net.send(outgoing(to=everybody(teams)))
    net.run(90)
    assert net.links[0].progress("u1") == dict.fromkeys(everybody(teams), "heard")
    assert net.received() == Counter({(station, "0a4711.0"): 1 for station in everybody(teams)})
    assert net.collisions() == 0 and not net.events(Rejected)
    first = {ax25.parse(one.frame).content for one in net.flights if one.begins < 80 and one.source < DIGIPEATER}
    keyed = Counter(said for one in net.flights if (said := ax25.parse(one.frame).content) in first)
    assert len(keyed) > teams and set(keyed.values()) == {1 + hops}  # once by its sender and once by each digipeater


@pytest.mark.parametrize("hops", [1, 2])
@pytest.mark.parametrize("seed", range(3))
def test_at_a_loss_of_thirty_percent_all_are_confirmed_too_and_it_rings_once(seed: int, hops: int) -> None:
    net = Hilltop(8, (2, 4, 6), HILLS[:hops], 0.05, seed, 0.3)
    net.press_after_s = 20
    net.send(outgoing(to=everybody(8)))
    net.run(1700)
    assert set(net.links[0].progress("u1").values()) == {"seen"}
    assert net.received() == Counter({(station, "0a4711.0"): 1 for station in everybody(8)})
    assert {event.level for event in net.events(Confirmed)} == {Level.SEEN}
    assert not net.events(Rejected)


@given(hops=st.integers(0, 3), n_bytes=st.integers(12, 212), named=st.integers(0, 3))
def test_a_frame_keeps_the_channel_for_itself_and_each_copy_and_the_book_pays_for_itself(
    hops: int, n_bytes: int, named: int
) -> None:
    ours, plain = config(0, path=HILLS[:hops]), config(0)
    own_s = ours.airtime_s(n_bytes)
    assert own_s == plain.airtime_s(n_bytes + 7 * hops) == plain.airtime_on(n_bytes, hops)
    assert ours.channel_s(n_bytes) == pytest.approx((1 + hops) * own_s + hops * DIGIPEAT_GAP_S)
    assert hops or ours.channel_s(n_bytes) == plain.airtime_s(n_bytes)
    assert ours.copies_s(n_bytes, hops, named) == pytest.approx(hops * (plain.airtime_on(n_bytes, named) + 0.1))


def test_the_slot_has_room_for_the_copies_and_the_meter_counts_them() -> None:
    ack, one = Ack(0, 0, Level.HEARD), replace(config(0), path=HILLS[:1])
    assert (config(0).slot_ms(ack), one.slot_ms(ack)) == (520, 1160)
    near, far = (channel_of(f"kiss+socket:127.0.0.1:8001{query}") for query in ("", "?via=HILL-1"))
    assert cost_on_air(ALERT, far).bytes == cost_on_air(ALERT, near).bytes
    assert cost_on_air(ALERT, far).seconds == pytest.approx(2 * (cost_on_air(ALERT, near).seconds + 0.0474) + 0.1, 0.01)


def test_only_what_we_key_ourselves_stands_in_our_book() -> None:
    net = Hilltop(2)
    net.send(outgoing(to=(1, 2)))
    net.run(20)
    flight = next(one for one in net.flights if one.source == 0)
    spent_s = config(0).profile.hour_s - net.links[0].airtime_left_s(20, 0)
    assert spent_s == pytest.approx(flight.ends - flight.begins)


def test_a_station_in_the_second_slot_waits_for_the_copy_of_the_first() -> None:
    """Who hears the alert itself sees in its path that a copy is still to come; who hears the copy, that none is."""
    net = Hilltop(2, (2,))
    net.send(outgoing(to=(1, 2)))
    net.run(20)
    paths = [(ax25.parse(one.frame).source, ax25.parse(one.frame).path) for one in net.flights]
    direct, copied = ("HILL-1",), ("HILL-1*",)
    assert paths == [(name, path) for name in ("POS0", "POS1", "POS2") for path in (direct, copied)]
    alert, copy, first, _, second, _ = net.flights
    assert first.begins == pytest.approx(copy.ends)
    assert second.begins == pytest.approx(copy.ends + net.links[0].config.gossip_slot_ms((1, 2)) / 1000)


def test_one_that_hears_the_frame_and_its_copy_has_heard_one_frame() -> None:
    net = Hilltop(2)
    net.send(outgoing("s", Status(4), (0,), 2), station=1)
    net.at(20, lambda: net.send(outgoing("t", Text("tarik ke pos"), (2,), 2)))
    net.run(120)
    assert [type(event.radiogram) for event in net.events(Received)] == [Status, Text]
    assert {event.uid for event in net.events(Acked)} == {"s", "t"}
    assert not net.events(Rejected) and net.collisions() == 0


def test_a_recording_of_a_frame_is_a_replay_and_no_copy_that_is_late() -> None:
    net = Hilltop(1)
    net.send(outgoing("s", Status(4), (0,), 2), station=1)
    net.run(30)
    said = [one.frame for one in net.flights if ax25.parse(one.frame).source == "POS1"]
    for frame in said[:2]:  # the frame itself, and the digipeater's copy
        net.do(0, lambda link, frame=frame: link.heard(frame, net.now))
    assert [event.kind for event in net.events(Rejected, 0)] == ["replay", "replay"]


def test_a_path_that_somebody_made_up_hushes_nobody_for_longer_than_an_honest_one() -> None:
    net = Hilltop(1)
    frame = ax25.ui("POS9", "POSKO", bytes((0x17, 1, 9, 7, 0, 1)) + bytes(200), [f"X{n}" for n in range(8)])
    net.do(0, lambda link: link.heard(frame, 0.0))
    assert net.links[0].keying.settled(0.0) <= config(0).copies_s(206, 3, 3)


@pytest.mark.parametrize(("path", "again"), [((), 0.4), (HILLS[:1], 0.4), (HILLS[:2], -1.0)])
def test_a_round_said_twice_begins_behind_the_last_copy_of_the_second(path: tuple[str, ...], again: float) -> None:
    net = Hilltop(4, via=path, double_above=again)
    net.loss = 1.0
    net.send(outgoing(to=everybody(4)))
    net.at(11.0 if path else 3.0, lambda: setattr(net, "loss", 0.0))
    net.run(60)
    assert net.links[0].progress("u1") == dict.fromkeys(everybody(4), "heard")
    assert net.collisions() == 0


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("kiss+serial:/dev/x?via=TOOLONG-1", "no call sign"),
        ("kiss+serial:/dev/x?via=A-1,A-2,A-3,A-4", "one to 3"),
        ("kiss+serial:/dev/x?via=A-1,a-1", "each of them once"),
        ("kiss+serial:/dev/x?via=A-1&relay=yes", "do not go together"),
        ("direwolf:127.0.0.1:8001?via=A-1&relays=3", "do not go together"),
        ("kiss+serial:/dev/x?carrier=bare&via=A-1", "no AX.25 frames"),
        ("rylr:/dev/x?service=lora_free&via=A-1", "no AX.25 frames"),
        ("meshtastic:/dev/x?service=lora_free&via=A-1", "no AX.25 frames"),
        ("voice:plughw:1,0?service=rapi&callsign=JZ21AB&via=A-1", "no AX.25 frames"),
        ("kiss+serial:/dev/x?service=rapi&callsign=JZ21AB&via=A-1", "no AX.25 frames"),
    ],
)
def test_what_cannot_be_digipeated_is_refused_with_a_sentence(url: str, words: str, tmp_path: Any) -> None:
    with pytest.raises(BadPort, match=words):
        make_device(url, tmp_path)


def test_the_address_names_the_way_in_its_order() -> None:
    figures = figures_of(take_apart("kiss+serial:/dev/x?via=hill-1,HILL-2"))
    assert (figures.via, figures.relays) == (("HILL-1", "HILL-2"), ())
    assert channel_of("kiss+serial:/dev/x?via=hill-1,HILL-2").path == ("HILL-1", "HILL-2")


def test_our_own_call_sign_and_a_card_with_relays_are_refused(tmp_path: Any) -> None:
    device = make_device("kiss+socket:127.0.0.1:9?via=TRC-1", tmp_path)
    with pytest.raises(CannotSend, match="our own call sign"):
        link_config(KEY, 1, "TRC-1", device)
    card = Card.of_root(bytes.fromhex(KEY), 1, 0).hand_out(2).text()
    with pytest.raises(CannotSend, match="this card names relays"):
        link_config(f"{card} relays=3,7", 2, "TRC-2", device)
    assert link_config(card, 2, "TRC-2", device).path == ("TRC-1",)


def test_an_answer_that_would_take_longer_than_a_slot_can_say_is_refused_at_the_start(tmp_path: Any) -> None:
    slow = "kiss+socket:127.0.0.1:9?service=amateur&callsign=YB9ZZZ&txdelay=500&via="
    with pytest.raises(CannotSend, match="an answer takes 5.3 s"):
        link_config(KEY, 1, "TRC-1", make_device(slow + "A-1,A-2,A-3", tmp_path))
    assert link_config(KEY, 1, "TRC-1", make_device(slow + "A-1,A-2", tmp_path)).path == ("A-1", "A-2")


@pytest.mark.parametrize("service", ["dinas", "amateur"])
def test_three_hops_of_a_large_net_fit_what_a_slot_can_say(service: str) -> None:
    net = Hilltop(12, (3, 5), HILLS, profile=get_profile(service))
    net.send(outgoing(to=everybody(12)))
    net.run(80)
    assert net.links[0].progress("u1") == dict.fromkeys(everybody(12), "heard")
    net.flights = [one for one in net.flights if ax25.parse(one.frame).destination == "POSKO"]
    assert net.collisions() == 0


def test_a_second_digipeater_that_is_off_costs_time_and_nothing_else() -> None:
    net = Hilltop(4, (2,), HILLS[:2])
    del net.links[DIGIPEATER + 1]
    net.send(outgoing(to=everybody(4)))
    net.run(60)
    assert net.links[0].progress("u1") == dict.fromkeys(everybody(4), "heard")
    assert net.collisions() == 0


@pytest.mark.parametrize("gap_s", [0.0, 0.05, 0.1])
def test_behind_the_second_hill_the_way_is_written_from_there(gap_s: float) -> None:
    """Centre and team 1 hear the first hill, team 2 hears both, team 3 the second only; the hills hear each other."""
    net = Hilltop(3, via=HILLS[:2], gap_s=gap_s)
    first, second = DIGIPEATER, DIGIPEATER + 1
    apart = [(0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (0, second), (1, second), (3, first)]
    net.deaf = frozenset(pair for a, b in apart for pair in ((a, b), (b, a)))
    net.links[3] = Link(config(3, path=("HILL-2", "HILL-1")), None, Random(3))
    net.send(outgoing(to=(1, 2, 3)))
    net.at(15, lambda: net.press(3, "0a4711.0"))
    net.run(40)
    assert net.links[0].progress("u1") == {1: "heard", 2: "heard", 3: "seen"}
    assert [event.level for event in net.events(Confirmed, 3)] == [Level.SEEN]
    assert net.collisions() == 0 and not net.events(Rejected)


def test_twenty_over_one_hill_take_twenty_six_seconds() -> None:
    net = Hilltop(20)
    net.send(outgoing())
    net.run(40)
    acked = net.events(Acked, 0)
    assert len(acked) == 20 and 24 < acked[-1].at < 26


def test_a_link_restored_in_the_middle_of_a_round_goes_on() -> None:
    net = Hilltop(3, (2,))
    net.send(outgoing(to=everybody(3)))
    net.run(2.5)
    net.links[0] = Link.restore(net.links[0].config, net.links[0].state(), Random(5))
    net.run(60)
    assert net.links[0].progress("u1") == dict.fromkeys(everybody(3), "heard")
