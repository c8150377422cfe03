"""What /metrics says of the air: read from the spool of a radio that may have died, and from the rows."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from incident import pulse
from incident.config import Settings
from incident.post import Post
from radio_bridge import hearing
from radio_bridge.link import Outgoing
from radio_bridge.net.stations import add_station
from radio_bridge.radiogram import Status
from radio_bridge.spool import FILE, Card, Note, Spool
from tests.radio_bridge.rigs import FAST, KEY, wait_for
from tests.radio_bridge.test_bridge import running


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"radio": f"loopback:{settings.data}/air{FAST}", "radio_key": KEY})


def gauges(ask: Callable[..., Any]) -> dict[str, float]:
    told = ask(None, "GET", "//metrics").text
    return {name: float(value) for name, value in re.findall(r"^posko_radio_(\w+) (\S+)$", told, re.M)}


def test_before_the_radio_ever_ran_everything_is_zero(ask: Callable[..., Any]) -> None:
    told = gauges(ask)
    counts = ("frames_sent", "frames_heard", "frames_refused", "queue", "parked", "port_up", "tnc_starts")
    assert [told[name] for name in counts] == [0] * 7
    assert "last_heard_seconds" not in told


def test_counts_come_from_the_spool(ask: Callable[..., Any], settings: Settings) -> None:
    spool = Spool(settings.data / FILE)
    spool.note([Note("keyed", {}, 1.0), Note("acked", {}, 1.0)], ["sent", "sent", "heard", "tnc.started", "fault"])
    spool.note([], ["rejected.mac", "rejected.mac", "rejected.replay", "rejected.odd"])
    spool.park(spool.happenings()[0].id, "broken")
    spool.order(Outgoing("u", Status(4), (0,), 2, 9e9), 1.0)
    spool.put(Card("shown", "port", {"open": True}))
    told = gauges(ask)
    assert (told["frames_sent"], told["frames_heard"], told["queue"]) == (2, 1, 1)
    assert (told["unstored"], told["parked"], told["tnc_starts"], told["faults"]) == (1, 1, 1, 1)
    assert (told["frames_refused"], told["frames_refused_mac"], told["frames_refused_odd"]) == (4, 2, 1)
    assert told["frames_refused_short"] == 0
    assert told["port_up"] == 0, "it says open, but it has no pulse"
    pulse.beat(settings.data, "radio")
    assert gauges(ask)["port_up"] == 1
    spool.close()


def test_a_broken_spool_is_not_told_as_silence(ask: Callable[..., Any], settings: Settings) -> None:
    settings.data.mkdir(exist_ok=True)
    (settings.data / FILE).write_bytes(b"half a file " * 200)
    assert "frames_sent" not in gauges(ask)


def test_a_running_bridge_says_that_its_port_is_up_and_a_stopped_one_that_it_is_not(
    ask: Callable[..., Any], post: Post
) -> None:
    with running(post):
        wait_for(lambda: gauges(ask)["port_up"] == 1)
    assert gauges(ask)["port_up"] == 0


def test_the_age_of_the_last_word_heard(ask: Callable[..., Any], post: Post) -> None:
    post.do(add_station, "test", None, "YB9ZZZ", None, 1)
    post.do(hearing.record_heard, "radio", None, 1, 7, Status(4), post.clock())
    assert 0 <= gauges(ask)["last_heard_seconds"] < 60


def test_nobodys_words_are_among_them(ask: Callable[..., Any], post: Post) -> None:
    post.do(add_station, "test", None, "YB9ZZZ", None, 1)
    told = ask(None, "GET", "//metrics").text
    assert "YB9ZZZ" not in told and KEY not in told
