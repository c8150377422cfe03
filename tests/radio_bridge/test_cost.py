"""What words cost is reckoned once: the meter, the rows and the transmitter tell the same bytes and seconds."""

from random import Random

import pytest

from incident.post import Post
from radio_bridge import actions, plain, queries
from radio_bridge.channel import alert_cost
from radio_bridge.cost import Cost, channel_of, cost_on_air
from radio_bridge.framing import ax25
from radio_bridge.link import Link, LinkConfig, Transmit
from radio_bridge.lora import Lora
from radio_bridge.net import meter
from radio_bridge.net.stations import add_station
from radio_bridge.profiles import get_profile
from radio_bridge.radiogram import Ack, Alert, Level, Text, schema
from radio_bridge.traffic import Outgoing
from radio_bridge.wording import alert_on_air
from tests import factories
from tests.radio_bridge.test_long_texts import LONG

WORDS = Text("Jembatan putus, lewat utara")
ROW = {
    "revision": 0, "priority": "P1", "order": "go", "lon": 116.55, "lat": -8.5, "place": "", "exercise": False,
    "text": "Banjir di Desa Sugian, warga di atap",
}  # fmt: skip


def test_on_an_amateur_channel_the_line_of_words_is_measured() -> None:
    ham = channel_of("kiss+serial:/dev/x?service=amateur&callsign=YB9ZZZ-1")
    assert cost_on_air(WORDS, ham).bytes == plain.bytes_on_air(WORDS) > schema.bytes_on_air(WORDS)
    assert alert_cost(ROW, "kiss+serial:/dev/x?service=amateur&callsign=YB9ZZZ-1")["bytes"] > alert_cost(ROW)["bytes"]


def test_on_lora_the_makers_formula_counts_and_no_baud() -> None:
    slow, fast = (channel_of(f"kiss+serial:/dev/x?sf={sf}&carrier=bare&service=lora_free&air=1200") for sf in (12, 7))
    size = schema.bytes_on_air(WORDS)
    assert cost_on_air(WORDS, slow) == Cost(1, size, Lora(12).airtime_s(size))
    assert cost_on_air(WORDS, fast) == Cost(1, size, Lora(7).airtime_s(size))
    assert slow.slot_ms(Ack(0, 0, Level.HEARD)) > 1000 * Lora(12).airtime_s(14)


def test_where_people_speak_nothing_is_keyed() -> None:
    assert cost_on_air(WORDS, channel_of("kiss+serial:/dev/x?service=rapi")) == Cost(0, 0, 0.0)


def test_an_address_nobody_knows_is_measured_as_the_usual_modem() -> None:
    assert cost_on_air(WORDS, channel_of("teapot:")) == cost_on_air(WORDS, channel_of("loopback:"))


@pytest.mark.parametrize("service", ["dinas", "amateur", "lora_free"])
@pytest.mark.parametrize("text", [WORDS.text, LONG])
def test_what_is_told_before_is_what_the_transmitter_takes(service: str, text: str) -> None:
    config = LinkConfig(1, 0, "YB9ZZZ-1", {1: bytes(16)}, 1, profile=get_profile(service))
    told, link = cost_on_air(Text(text), config), Link(config, None, Random(1))
    events, now = link.send(Outgoing("t", Text(text), (1,), 3, 600), 0.0), 0.0
    taken: list[Transmit] = []
    while len(taken) < told.frames:
        taken += [event for event in events if isinstance(event, Transmit) and event.uid]
        now = (link.next_wake(now) or now) + 0.01
        events = link.tick(now)
    sizes = [len(ax25.parse(one.frame).content) for one in taken]
    # in plain words the numbers of stations and counters may be shorter than the widest, which is told
    assert sum(sizes) == told.bytes if service != "amateur" else 0 < told.bytes - sum(sizes) < 16 * len(sizes)
    assert sum(one.airtime_s for one in taken) == pytest.approx(
        told.seconds, rel=0.15 if service == "amateur" else 1e-9
    )


def test_the_row_and_the_meter_tell_the_same(post: Post) -> None:
    post.do(add_station, "dewi", factories.uid(), "TRC-7", number=7)
    said = post.do(actions.queue_text, "dewi", factories.uid(), LONG[:300], to="TRC-7")
    told = meter.measure(post.settings, LONG[:300], [7], to_one=True)
    with post.database.read() as conn:
        row = queries.find_transmission(conn, said["uid"])
    assert row is not None
    assert (row["bytes_on_air"], round(row["airtime_s"], 2)) == (told["bytes"], told["seconds"])


def test_a_long_alert_is_shortened_to_what_the_channel_carries_and_says_so() -> None:
    ham = channel_of("kiss+serial:/dev/x?service=amateur&callsign=YB9ZZZ-1")
    words, short_of = alert_on_air({**ROW, "text": "Banjir besar di desa " * 12}, "Banjir", channel=ham)
    assert isinstance(words, Alert) and short_of
    whole = cost_on_air(Alert(**{**vars(words), "roster": (1, 200)}), ham)
    assert whole.frames == 1 and whole.seconds <= ham.profile.longest_key_up_s
