"""Two alerts by one number: after a restore from a backup, and after eight revisions."""

from dataclasses import replace

import pytest

from radio_bridge import link as air
from radio_bridge.errors import CannotSend
from radio_bridge.link import Link, Received
from radio_bridge.radiogram import Alert, Cancel, Level
from tests.radio_bridge.test_link import ALERT, Net, outgoing


def rang(net: Net) -> list[str]:
    return [event.radiogram.text for event in net.events(Received, 1) if isinstance(event.radiogram, Alert)]


def test_another_alert_by_a_known_number_rings_and_is_not_said_to_be_seen() -> None:
    """The centre was restored from a backup: its numbers run again, and another alert has the old one's."""
    net = Net(1)
    net.send(outgoing("a", replace(ALERT, text="siaga"), (1,)))
    net.run(6)
    net.press(1, "0a4711.0", Level.SEEN)
    net.run(20)
    counters = net.links[0].state()["counters"]
    net.links[0] = Link(net.links[0].config, counters, net.random)
    net.send(outgoing("b", replace(ALERT, text="LARI"), (1,)))
    net.run(40)
    assert rang(net) == ["siaga", "LARI"]
    assert net.links[0].progress("b") == {1: "heard"}
    net.press(1, "0a4711.0'", Level.SEEN)
    net.run(60)
    assert net.links[0].progress("b") == {1: "seen"}


def test_a_round_with_others_and_less_time_left_is_the_same_alert() -> None:
    net = Net(3, seed=3, loss=0.5)
    net.send(outgoing("a", replace(ALERT, text="siaga"), (1, 2, 3)))
    net.run(400)
    assert len(net.events(air.Repeating, 0)) > 1
    assert set(net.received().values()) == {1}


def test_the_ninth_revision_goes_out_though_an_answer_quotes_three_bits() -> None:
    net = Net(1)
    for revision in range(10):
        net.send(outgoing(f"r{revision}", replace(ALERT, revision=revision, text=f"{revision}"), (1,)))
        net.run(10 * revision + 9)
    assert rang(net) == [str(revision) for revision in range(10)]
    assert net.links[0].progress("r9") == {1: "heard"}


def test_what_is_over_gives_its_number_to_the_next_and_what_is_open_does_not() -> None:
    net = Net(1)
    net.send(outgoing("a", to=(1,)))
    with pytest.raises(CannotSend, match="raise it"):
        net.send(outgoing("b", replace(ALERT, text="LARI"), (1,)))
    net.run(20)
    net.send(outgoing("b", replace(ALERT, text="LARI"), (1,)))
    net.run(40)
    assert net.links[0].progress("b") == {1: "heard"}


def test_after_its_cancel_an_older_revision_is_still_refused() -> None:
    net = Net(1)
    net.send(outgoing("c", Cancel(4711, 1), (1,)))
    net.run(20)
    with pytest.raises(CannotSend, match="raise it"):
        net.send(outgoing("a", to=(1,)))
