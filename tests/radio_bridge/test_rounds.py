"""Rounds that ask devices and persons: nobody speaks over another, whatever the numbers and whoever presses when."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radio_bridge.framing import ax25
from radio_bridge.link import Acked, Confirmed, Link, Outgoing, Received, Transmit
from radio_bridge.radiogram import Ack, Alert, Level, RollCall
from radio_bridge.radiogram.schema import decode
from tests.radio_bridge.test_link import ALERT, Net, config, outgoing

FAR_APART = tuple(sorted(Random(1).sample(range(1, 201), 20)))


class Scattered(Net):
    """Stations with any numbers."""

    def __init__(self, numbers: tuple[int, ...], seed: int = 1, loss: float = 0.0, **changes: Any) -> None:
        super().__init__(0, seed, loss, **changes)
        changes.pop("deaf", None)
        for number in numbers:
            self.links[number] = Link(config(number, **changes), None, Random(f"{seed}/{number}"))


def pressing(net: Net, within_s: float) -> None:
    """Every person presses the key once, some time within `within_s` of the alarm."""

    def rings(now: float, station: int, event: object) -> None:
        if isinstance(event, Received) and event.key:
            net.at(now + net.random.uniform(0, within_s), lambda: net.press(station, event.key))

    net.listener = rings


def slot_acks(net: Net) -> list[Ack]:
    words = [decode(frame[0] & 15, frame[6:-6]) for frame in (ax25.parse(one.frame).content for one in net.flights)]
    return [one for one in words if isinstance(one, Ack)]


def test_numbers_far_apart_cost_no_more_time_than_neighbours() -> None:
    net = Scattered(FAR_APART)
    net.send(outgoing(to=FAR_APART))
    net.run(20)
    acked = net.events(Acked, 0)
    assert {event.station for event in acked} == set(FAR_APART)
    assert acked[-1].at < 11.5
    assert net.collisions() == 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_with_numbers_far_apart_what_was_overheard_is_still_passed_on(seed: int) -> None:
    net = Scattered(FAR_APART, seed, 0.4)
    net.send(outgoing(to=FAR_APART))
    net.run(100)
    assert any(ack.also for ack in slot_acks(net))
    assert any(event.via != event.station for event in net.events(Acked, 0))
    assert net.collisions() == 0


@given(st.sets(st.integers(1, 200), min_size=2, max_size=40), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_no_ack_is_ever_longer_than_its_slot(numbers: set[int], seed: int) -> None:
    net = Scattered(tuple(sorted(numbers)), seed, 0.2)
    net.send(outgoing(to=tuple(sorted(numbers))))
    net.run(60)
    assert net.collisions() == 0


@pytest.mark.parametrize("is_hidden", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_twenty_people_who_press_within_a_minute_do_not_collide(seed: int, is_hidden: bool) -> None:
    hidden = frozenset((a, b) for a in range(1, 21) for b in range(1, 21) if a != b) if is_hidden else frozenset()
    net = Net(20, seed, deaf=hidden)
    pressing(net, 60)
    net.send(outgoing())
    net.run(150)
    assert set(net.links[0].progress("u1").values()) == {"seen"}
    seen = {event.station: event.at for event in net.events(Acked, 0) if event.level == Level.SEEN}
    assert max(seen.values()) < 100
    assert all(seen[station] >= net.pressed[station] for station in seen)
    assert len(net.events(Confirmed)) == 20
    assert net.collisions() == 0


def test_in_a_small_net_a_key_is_told_at_once() -> None:
    net = Net(3)
    net.send(outgoing(to=(1, 2, 3)))
    net.at(10, lambda: net.press(2, "0a4711.0"))
    net.run(12)
    assert net.links[0].progress("u1")[2] == "seen"


def test_a_key_is_told_though_nobody_asks_any_more() -> None:
    net = Net(8, barren_calls=1)
    net.send(outgoing(to=tuple(range(1, 9))))
    net.at(300, lambda: net.press(5, "0a4711.0"))
    net.run(400)
    assert net.links[0].progress("u1")[5] == "seen"


def test_a_channel_where_nobody_presses_is_left_in_peace() -> None:
    net = Net(20)
    net.send(outgoing(until=7200))
    net.run(7000)
    assert len([flight for flight in net.flights if flight.source == 0]) == 1 + config(0).barren_calls
    assert set(net.links[0].progress("u1").values()) == {"heard"}


def test_asking_for_persons_rings_nobody_twice_and_reaches_a_terminal_that_forgot() -> None:
    net = Net(6, loss=0.3)
    net.send(outgoing(to=tuple(range(1, 7))))
    net.run(60)
    net.links[4] = Link(config(4), {"reserved_until": 10_000}, Random(4))
    net.run(200)
    rang = net.received()
    assert rang[4, "0a4711.0"] == 2  # its memory was lost, so it is news there
    assert all(rang[station, "0a4711.0"] == 1 for station in (1, 2, 3, 5, 6))


def test_an_urgent_alert_speaks_into_a_round_that_asks_for_persons_even_a_p0s() -> None:
    net = Net(20)
    net.send(outgoing(radiogram=replace(ALERT, priority=0), priority=0))
    net.run(11.3 + config(0).call_pause(20) + 3)
    net.send(outgoing("p0", replace(ALERT, ref=99), priority=0))
    net.run(net.now + 1)
    keyed = [event.uid for _, station, event in net.log if station == 0 and isinstance(event, Transmit)]
    assert keyed == ["u1", "u1", "p0"]
    net.run(net.now + 60)
    assert set(net.links[0].progress("p0").values()) == {"heard"}


def test_a_new_alert_goes_before_the_question_who_has_seen_the_old_one() -> None:
    net = Net(12)
    net.send(outgoing(to=tuple(range(1, 13)), priority=1))
    net.run(40)
    net.links[0].asking.messages["u1"].due = net.now
    net.links[0].keying.on_air_until = net.now + 0.5  # busy, so that both wait
    net.send(Outgoing("u2", Alert(9, 0, 3, 4, 3, 30), (1, 2), 3, 1800))
    net.at(net.now + 0.6, lambda: net.do(0, lambda link: link.tick(net.now)))
    began = net.now
    net.run(began + 3)
    keyed = [event.uid for at, station, event in net.log if at > began and station == 0 and isinstance(event, Transmit)]
    assert keyed[0] == "u2"


def test_a_roll_call_asks_no_persons() -> None:
    net = Net(8)
    net.send(outgoing("call", RollCall(7), tuple(range(1, 9)), 3))
    net.run(600)
    assert len([flight for flight in net.flights if flight.source == 0]) == 1
