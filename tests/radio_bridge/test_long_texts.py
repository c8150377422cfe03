"""Texts longer than a frame: whole at the other end or named as incomplete, and never in the way of an alert."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from radio_bridge.framing import ax25
from radio_bridge.link import Acked, Expired, Link, Outgoing, Received, Transmit
from radio_bridge.profiles import get_profile
from radio_bridge.radiogram import Fragment, Missing, Radiogram, Text
from radio_bridge.radiogram.schema import decode
from radio_bridge.traffic import Incomplete
from tests.radio_bridge.test_link import ALERT, Mortal, Net, config, outgoing

LONG = " ".join(f"Rumah nomor {at} di Dusun {chr(65 + at % 26)}{at % 7} rusak sebagian." for at in range(14))
"""About 500 characters."""


def long_text(uid: str = "t", to: tuple[int, ...] = (2,), until: float = 1800, text: str = LONG) -> Outgoing:
    return outgoing(uid, Text(text), to, 3, until)


def said(net: Net) -> list[Radiogram]:
    frames = [ax25.parse(flight.frame).content for flight in net.flights]
    return [decode(frame[0] & 15, frame[6:-6]) for frame in frames]


def parts(net: Net) -> list[int]:
    return [words.part for words in said(net) if isinstance(words, Fragment)]


def texts(net: Net, station: int) -> list[str]:
    received = [event.radiogram for event in net.events(Received, station)]
    return [words.text for words in received if isinstance(words, Text)]


def test_a_long_text_goes_out_in_parts_and_is_receipted_once() -> None:
    net = Net(3)
    net.send(long_text())
    net.run(120)
    assert len(LONG) > 400
    assert texts(net, 2) == [LONG] and not texts(net, 1)
    assert parts(net) == list(range(len(parts(net)))) and len(parts(net)) > 3
    assert not [words for words in said(net) if isinstance(words, Missing)]
    assert [(event.uid, event.station) for event in net.events(Acked, 0)] == [("t", 2)]
    assert net.links[0].progress("t") == {2: "heard"}


@pytest.mark.parametrize("loss", [0.3, 0.5])
@pytest.mark.parametrize("seed", range(4))
def test_what_was_lost_is_asked_for_and_only_that_goes_out_again(seed: int, loss: float) -> None:
    net = Net(3, seed, loss)
    net.send(long_text())
    net.send(long_text("home", (0,), text=LONG[::-1]), station=3)
    net.run(1200)
    assert texts(net, 2) == [LONG]
    assert texts(net, 0) == [LONG[::-1]]
    assert net.links[0].progress("t") == {2: "heard"}
    assert net.links[3].progress("home") == {0: "heard"}
    assert any(isinstance(words, Missing) for words in said(net))


def test_the_repeat_is_what_the_bitmap_names() -> None:
    net = Net(2)
    lost = {1, 3}
    reaches = net._reaches

    def loses(flight: Any, station: int, others: Any) -> bool:
        frame = ax25.parse(flight.frame).content
        words = decode(frame[0] & 15, frame[6:-6])
        if station == 2 and isinstance(words, Fragment) and words.part in lost:
            lost.discard(words.part)
            return False
        return reaches(flight, station, others)

    net._reaches = loses  # type: ignore[method-assign]
    net.send(long_text())
    net.run(200)
    last = max(parts(net))
    assert parts(net) == [*range(last + 1), 1, 3]
    assert [words.parts for words in said(net) if isinstance(words, Missing)] == [(1, 3)]
    assert texts(net, 2) == [LONG]


def test_an_alert_goes_between_two_parts_and_the_highest_at_once() -> None:
    net = Net(4)
    net.send(long_text())
    net.run(1.5)
    net.send(outgoing("a", replace(ALERT, ref=5), (1, 2, 3, 4), 2))
    net.send(outgoing("p0", replace(ALERT, ref=6), (1, 2, 3, 4), 0))
    net.run(100)
    keyed = [event.uid for _, station, event in net.log if station == 0 and isinstance(event, Transmit)]
    uids = [uid for uid in keyed if uid]
    assert uids[0] == "t" and uids[1:3] == ["p0", "a"] or uids[:4] == ["t", "t", "p0", "a"]
    assert texts(net, 2) == [LONG]


def test_a_short_message_of_the_same_priority_does_not_wait_for_a_long_one() -> None:
    net = Net(2)
    net.send(long_text())
    net.send(outgoing("short", Text("air naik"), (1,), 3))
    net.run(100)
    uids = [event.uid for _, station, event in net.log if station == 0 and isinstance(event, Transmit) and event.uid]
    assert uids[:2] == ["t", "short"]


def test_a_long_text_that_is_too_late_is_not_finished_and_the_other_end_says_that_it_has_a_part_only() -> None:
    net = Net(2)
    net.send(long_text(until=3))
    net.run(1500)
    assert max(flight.begins for flight in net.flights if flight.source == 0) < 3
    assert net.events(Expired) == [Expired("t", {2: "unknown"})]
    assert not texts(net, 2)
    (incomplete,) = net.events(Incomplete, 2)
    assert incomplete.source == 0 and 0 < len(incomplete.have) < incomplete.parts


@pytest.mark.parametrize("seed", range(6))
def test_a_loss_of_power_at_any_step_loses_no_part_and_tells_no_text_twice(seed: int) -> None:
    net = Mortal(3, seed, 0.2)
    net.send(long_text(until=3000))
    net.send(long_text("home", (0,), 3000), station=1)
    net.run(600)
    net.immortal = True
    net.run(1500)
    assert net.deaths > 3
    assert texts(net, 2) == [LONG] and texts(net, 0) == [LONG]
    assert net.links[0].progress("t") == {2: "heard"}


@pytest.mark.parametrize("service", ["amateur", "lora_free"])
def test_on_other_channels_the_same_text_arrives(service: str) -> None:
    net = Net(2, profile=get_profile(service))
    net.send(long_text())
    net.run(600)
    assert texts(net, 2) == [LONG]


def test_a_part_for_somebody_else_is_not_kept() -> None:
    net = Net(2, deaf=frozenset({(0, 2)}))
    net.send(long_text(until=20))
    net.run(2000)
    assert not net.events(Incomplete) and not texts(net, 1)


def test_what_a_stranger_says_is_lacking_is_not_sent() -> None:
    net = Net(2, deaf=frozenset({(2, 0)}))
    net.send(long_text(until=60))
    net.run(30)
    before = len(parts(net))
    part = next(words for words in said(net) if isinstance(words, Fragment))
    stranger = Link(config(1), {"reserved_until": 9000}, Random(9))
    frame = stranger.keying.transmit(Missing(part.number, part.mark, (0, 1, 2)), 0, net.now)[0]
    assert isinstance(frame, Transmit)
    net.links[0].heard(frame.frame, net.now)
    assert net.links[0].asking.messages["t"].parts_due == []
    assert before == len(parts(net))
