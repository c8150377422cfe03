"""What a net is told of its keys: nobody stays deaf, a stolen radio is not believed, no notice stops the radio."""

from dataclasses import replace
from random import Random

import pytest

from radio_bridge import radiogram as rg
from radio_bridge.errors import CannotSend
from radio_bridge.framing import ax25
from radio_bridge.keyring import Card, Keyring
from radio_bridge.link import Link, LinkConfig, Outgoing, Received, Rejected
from radio_bridge.lora import Lora
from radio_bridge.profiles import get_profile
from tests.radio_bridge.test_keyring import ALERT, CENTRE, first_frame, frames, link, pass_on, said, team

OTHER = Keyring(Card.of_root(bytes(range(16, 32)), 1, 0))


def test_a_new_root_forgets_the_notice_of_the_old_one_and_the_radio_goes_on() -> None:
    centre = link(CENTRE)
    centre.send(Outgoing("k", CENTRE.change((7,)), (), 1, 1e9), 0.0)
    renewed = link(OTHER, centre.state(), 60.0)
    assert renewed.next_wake(60.0) is None or not frames(renewed.tick(61.0))
    alert = first_frame(renewed, renewed.send(Outgoing("a", ALERT, (3,), 0, 1e9), 62.0), 62.0)
    hearer = link(Keyring(OTHER.card.hand_out(3)))
    assert any(isinstance(event, Received) for event in hearer.heard(alert, 63.0))
    assert renewed.notices.leaving == () and renewed.notices.epochs == {}


def test_a_notice_that_is_not_ours_is_dropped_and_the_alert_goes_out() -> None:
    """As an older program's file may bring it."""
    centre = link(CENTRE)
    centre.notices._key, centre.notices._due = OTHER.change(), [5.0]
    assert centre.tick(6.0) == []
    assert frames(centre.send(Outgoing("a", ALERT, (3,), 0, 1e9), 7.0))


def test_a_stolen_radio_is_not_believed_while_its_notice_waits_for_airtime() -> None:
    centre = link(CENTRE)
    centre.keying.keep_quiet(1000.0, 3)
    assert not frames(centre.send(Outgoing("k", CENTRE.change((7,)), (), 1, 1e9), 0.0))
    for hearer in (centre, link(CENTRE, centre.state(), 20.0)):
        hearer.keying.keep_quiet(1000.0, 3)
        stolen, ours = (ax25.ui(f"POS{n}", "POSKO", said(team(n), rg.Status(0, number=n), 2000)) for n in (7, 3))
        assert hearer.heard(stolen, 30.0) == [Rejected("revoked")]
        assert any(isinstance(event, Received) for event in hearer.heard(ours, 31.0))
        assert hearer.keying.ring.epoch == 1


def test_who_was_off_when_the_keys_changed_is_told_before_it_is_asked() -> None:
    centre, late = link(CENTRE), link(team(3))
    centre.send(Outgoing("k", CENTRE.change((7,)), (), 1, 1e9), 0.0)
    pass_on(centre, [], 0.0, 5000.0)
    events = centre.send(Outgoing("a", replace(ALERT, expires_min=200), (3, 5), 0, 1e6), 6000.0)
    first = first_frame(centre, events, 6000.0)
    assert any(isinstance(event, Received) for event in late.heard(first, 6002.0))
    told = pass_on(centre, [late], 6002.0, 6010.0)
    assert any(isinstance(event, Received) and event.key for event in told)


def test_it_is_said_again_before_a_fourth_round_and_at_most_once_in_ten_minutes() -> None:
    centre = Link(replace(link(CENTRE).config, max_rounds=60), {"reserved_until": 0}, Random(1))
    centre.send(Outgoing("k", CENTRE.change((7,)), (), 1, 1e9), 0.0)
    pass_on(centre, [], 0.0, 5000.0)
    now, spoken = 6000.0, []
    events = centre.send(Outgoing("a", replace(ALERT, expires_min=200), (3, 5), 0, 1e6), now)
    while now < 9000.0:
        for frame in frames(events):
            late = link(team(3))
            late.heard(frame, now)
            spoken += [now] * (late.keying.ring.epoch == 2)
        now = max(now + 0.001, centre.next_wake(now) or 9000.0)
        events = centre.tick(now)
    assert spoken[0] == 6000.0 and len(spoken) > 2
    assert all(later - earlier >= 600.0 for earlier, later in zip(spoken, spoken[1:], strict=False))


def test_where_all_have_followed_no_alert_waits_for_a_notice() -> None:
    centre, reporter = link(CENTRE), link(team(3))
    key = CENTRE.change((7,))
    centre.send(Outgoing("k", key, (), 1, 1e9), 0.0)
    pass_on(centre, [reporter], 0.0, 5000.0)
    report = first_frame(reporter, reporter.send(Outgoing("r", rg.Status(4), (0,), 2, 1e9), 5500.0), 5500.0)
    pass_on_events = centre.heard(report, 5510.0)
    assert frames(pass_on_events) or centre.notices.epochs == {3: 2}
    pass_on(centre, [], 5510.0, 5900.0)
    alert = first_frame(centre, centre.send(Outgoing("a", ALERT, (3,), 0, 1e6), 9000.0), 9000.0)
    assert any(isinstance(event, Received) and event.key for event in reporter.heard(alert, 9001.0))


def slow(service: str, sf: int) -> Link:
    config = LinkConfig(
        1, 0, "POSKO", {}, 1, ring=CENTRE, profile=get_profile(service), carrier="bare", lora=Lora(sf)
    )  # fmt: skip
    return Link(config, {"reserved_until": 0}, Random(1))


def test_a_change_too_long_for_the_channel_is_refused_with_words_and_leaves_nothing_behind() -> None:
    many = CENTRE.change(tuple(range(1, 200, 7)))
    centre = slow("lora_free", 12)
    with pytest.raises(CannotSend, match="more than is allowed"):
        centre.send(Outgoing("k", many, (), 1, 1e9), 0.0)
    assert centre.notices.leaving == () and centre.keying.ring == CENTRE
    assert centre.tick(10.0) == []


def test_where_only_people_speak_a_change_is_refused_and_one_that_waited_stops_nothing() -> None:
    voice = replace(link(CENTRE).config, profile=get_profile("rapi"))
    centre = Link(voice, {"reserved_until": 0}, Random(1))
    key = CENTRE.change((7,))
    with pytest.raises(CannotSend, match="Only people speak"):
        centre.send(Outgoing("k", key, (), 1, 1e9), 0.0)
    assert centre.notices.leaving == ()
    data = link(CENTRE)
    data.keying.keep_quiet(1000.0, 3)
    data.send(Outgoing("k", key, (), 1, 1e9), 0.0)
    moved = Link.restore(voice, data.state(), Random(1))
    assert moved.tick(2000.0) == [] and moved.tick(3000.0) == []
    back = Link.restore(data.config, moved.state(), Random(1))
    assert frames(back.send(Outgoing("k2", key, (), 1, 1e9), 3100.0)) and back.keying.ring.epoch == 2
