"""Whoever has no right to say something is not believed, in any epoch, whatever key of the net it has."""

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radio_bridge import keyring, wire
from radio_bridge import radiogram as rg
from radio_bridge.errors import BadFrame, CannotSend
from radio_bridge.framing import ax25, posko
from radio_bridge.keyring import Card, Keyring, SharedKey, mark_of, read_card
from radio_bridge.link import Link, LinkConfig, Outgoing, Received, Rejected, Transmit
from radio_bridge.profiles import Profile, get_profile
from radio_bridge.radiogram import schema

ROOT = bytes(range(16))
CENTRE = Keyring(Card.of_root(ROOT, 1, 0))
DINAS, AMATEUR = get_profile("dinas"), get_profile("amateur")
ALERT = rg.Alert(9, 0, 1, 4, 3, 30, roster=(1, 2, 3), slot_ms=540)
SAYS: list[Any] = [
    ALERT, rg.Cancel(9, 1), rg.RollCall(9, 3, (1, 2)), rg.Time(5), rg.Ack(9, 0, rg.Level.HEARD),
    rg.Ack(9, 0, rg.Level.SEEN), rg.Receipt(3), rg.Status(4, number=3), rg.Text("air naik", number=4),
    rg.Fragment(7, 0, 1, 9, b"air"), rg.Missing(7, 9, (1,)),
]  # fmt: skip
COMMANDS = SAYS[:4]
PERSONS = SAYS[5:]


def team(station: int, **changes: Any) -> Keyring:
    return replace(Keyring(CENTRE.card.hand_out(station)), **changes)


def said(ring: Keyring, words: Any, counter: int = 1, profile: Profile = DINAS, source: int | None = None) -> bytes:
    return wire.seal(profile, words, ring, ring.card.station if source is None else source, 0, counter)


def kind(ring: Any, frame: bytes, profile: Profile = DINAS) -> str:
    """How it ends: the fault, or nothing."""
    try:
        wire.open_frame(profile, frame, ring, posko.ReplayWindow(1))
    except BadFrame as bad:
        return bad.kind
    return ""


@pytest.mark.parametrize("profile", [DINAS, AMATEUR])
@pytest.mark.parametrize("words", SAYS, ids=lambda words: type(words).__name__)
def test_the_centre_understands_all_and_is_understood_by_all(words: Any, profile: Profile) -> None:
    assert kind(team(3), said(CENTRE, words, profile=profile), profile) == ""
    if words not in COMMANDS:
        assert kind(CENTRE, said(team(3), words, profile=profile), profile) == ""


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: type(words).__name__)
def test_only_a_commander_gives_alerts_calls_and_the_time(words: Any) -> None:
    with pytest.raises(CannotSend, match="may not give alerts"):
        said(team(3), words)
    forged = said(replace(team(3), commanders=(0, 3)), words)
    assert kind(CENTRE, forged) == kind(team(5), forged) == "command"
    assert kind(replace(team(5), commanders=(0, 3)), forged) == ""


@pytest.mark.parametrize("words", PERSONS, ids=lambda words: type(words).__name__)
def test_nobody_can_speak_for_another_station_to_the_centre(words: Any) -> None:
    """Not even with every key on its own card."""
    thief = team(3)
    assert kind(CENTRE, said(thief, words, source=5)) == "mac"
    assert kind(team(6), said(thief, words)) == "aside"


def test_what_a_device_answers_is_checked_by_all_who_overhear_it() -> None:
    assert kind(team(6), said(team(3), rg.Ack(9, 0, rg.Level.HEARD))) == ""
    assert kind(team(6), said(team(3), rg.Ack(9, 0, rg.Level.PRESENT))) == ""


def test_every_key_is_another() -> None:
    rings = [CENTRE, team(1), team(2), *(replace(team(n), epoch=2) for n in (1, 2)), team(1, out=(7,))]
    words = [schema.encode(one) for one in (rg.Receipt(1), rg.Ack(1, 0, rg.Level.HEARD))]
    keys = [ring.sealing(*one) for ring in rings for one in words]
    assert len({key for _, key in keys}) == len(keys) - 2  # the centre's one key; and a voice knows no `out`


@settings(max_examples=100)
@given(st.integers(1, 200), st.integers(0, 255))
def test_a_card_holds_every_leaf_but_its_own(station: int, other: int) -> None:
    card = read_card(CENTRE.card.hand_out(station).text(), 1, station)
    assert card == CENTRE.card.hand_out(station)
    assert card.leaf(other) == (None if other == station else CENTRE.card.leaf(other))


def test_a_card_gives_nothing_of_the_root_or_of_other_stations() -> None:
    card = CENTRE.card.hand_out(3)
    for secret in (ROOT, CENTRE.card.signing, CENTRE.card.tree, CENTRE.card.voices, CENTRE.card.hand_out(5).own):
        assert secret.hex() not in card.text()
    assert card.voice_of(5) is None
    with pytest.raises(CannotSend, match="root"):
        card.hand_out(5)
    with pytest.raises(CannotSend, match="root"):
        Keyring(card).change()


def test_a_second_commander_reads_what_the_stations_tell() -> None:
    card = read_card(CENTRE.card.hand_out(9, commands=True).text(), 1, 9)
    deputy = Keyring(card, commanders=(0, 9))
    assert kind(deputy, said(team(3), rg.Status(4))) == ""
    assert kind(replace(team(3), commanders=(0, 9)), said(deputy, ALERT)) == ""


@pytest.mark.parametrize("text", ["", "00" * 15, "zz" * 16, "00" * 196, "01" * 197, "0102" + "00" * 194])
def test_what_is_no_key_of_this_net_is_refused(text: str) -> None:
    with pytest.raises(CannotSend, match="no key of this net"):
        read_card(text, 1, 3)
    with pytest.raises(CannotSend, match="1 to 200"):
        CENTRE.card.hand_out(0)


def test_the_root_makes_any_station() -> None:
    assert kind(CENTRE, said(Keyring(read_card(ROOT.hex(), 1, 3)), rg.Status(4))) == ""
    assert kind(Keyring(read_card(ROOT.hex(), 1, 3)), said(CENTRE, ALERT)) == ""
    assert mark_of(ROOT) != mark_of(bytes(16)) and len(mark_of(ROOT)) == 8


# changing the epoch


def changed(ring: Keyring = CENTRE, *out: int) -> tuple[Keyring, rg.Key]:
    key = ring.change(out)
    return ring.turned(key), key


def test_a_change_of_keys_is_believed_from_any_earlier_epoch() -> None:
    second, first_key = changed()
    third, key = changed(second)
    notice = said(third, key)
    for late in (team(3), team(3, epoch=2)):
        assert kind(late, notice) == ""
        assert kind(late.turned(key), said(third, ALERT)) == ""
    assert team(3, epoch=3).turned(first_key).epoch == 3
    assert third.turned(key) == third


def test_a_station_put_out_can_reckon_no_key_of_the_net_and_the_others_all() -> None:
    centre, key = changed(CENTRE, 7)
    lost, kept = team(7), team(3).turned(key)
    assert kind(kept, said(centre, ALERT)) == "" and kind(centre, said(kept, rg.Status(4))) == ""
    assert kind(lost, said(centre, key)) == "command"
    assert kind(lost, said(centre, ALERT)) == "mac"
    with pytest.raises(BadFrame, match="put out"):
        lost.turned(key).sealing(*schema.encode(rg.Ack(1, 0, rg.Level.HEARD)))
    assert lost.turned(key).is_out and not kept.is_out
    # whatever it pretends to be: what it knew of the epoch before is not believed any more
    for words in (rg.Ack(9, 0, rg.Level.HEARD), rg.Status(4), rg.Text("awas")):
        assert kind(centre, said(lost, words)) == "revoked"
        assert kind(centre, said(lost, words, source=3)) == "mac"
    assert kind(kept, said(replace(lost, commanders=(0, 7)), ALERT, source=0)) == "mac"


def test_two_put_out_one_after_the_other_stay_out() -> None:
    centre, _ = changed(CENTRE, 7)
    centre, key = changed(centre, 9)
    assert key.out == (7, 9)
    for number in (7, 9):
        assert kind(team(number), said(centre, ALERT)) == "mac"
    assert kind(team(3).turned(key), said(centre, ALERT)) == ""


def test_nobody_but_the_root_signs_a_change() -> None:
    centre, key = changed(CENTRE, 7)
    forged = [
        replace(key, out=()),
        replace(key, epoch=9),
        replace(key, commanders=(0, 3)),
        replace(key, signature="00" * 64),
    ]
    for one in forged:
        with pytest.raises(BadFrame) as bad:
            team(3).turned(one)
        assert bad.value.kind == "key"
    thief = Keyring(Card.of_root(bytes(16), 1, 0))
    assert kind(team(3), said(thief, thief.change())) == "key"


def test_no_commander_is_put_out_and_the_centre_stays_one() -> None:
    for out, commanders in (((0,), None), ((3,), (0, 3)), ((), (3,))):
        with pytest.raises(CannotSend, match="stays a commander"):
            CENTRE.change(out, commanders)
    with pytest.raises(CannotSend, match="last epoch"):
        replace(CENTRE, epoch=keyring.EPOCH_MAX).change()


def test_an_epoch_later_or_earlier_is_still_understood_where_nobody_was_put_out() -> None:
    second, key = changed()
    assert kind(team(3), said(second, ALERT)) == ""  # the notice was lost
    assert kind(second, said(team(3), rg.Ack(9, 0, rg.Level.HEARD))) == ""
    for _ in range(2, 12):
        second, _ = changed(second)
    assert kind(second, said(team(3), rg.Status(4))) == "mac"
    assert kind(second, said(team(3, epoch=second.epoch - 6), rg.Status(4))) == ""


def test_the_state_of_a_ring_holds_no_secret_and_never_goes_back() -> None:
    centre, key = changed(CENTRE, 7)
    saved = json.loads(json.dumps(centre.state()))
    assert CENTRE.at(saved) == centre and centre.at(CENTRE.state()) == centre and centre.at(None) == centre
    words = json.dumps(saved)
    assert not any(secret.hex()[:8] in words for secret in (ROOT, CENTRE.card.base, CENTRE.card.tree))
    other = Keyring(Card.of_root(bytes(16), 1, 0))
    assert other.at(saved) == other  # a new root begins anew
    shared = SharedKey(1, ROOT, 1)
    assert shared.at(saved) == shared
    with pytest.raises(BadFrame):
        shared.turned(key)


# in the link


def link(ring: Keyring, state: Any = None, now: float = 0.0) -> Link:
    config = LinkConfig(1, ring.card.station, f"POS{ring.card.station}", {}, 1, ring=ring)
    if state is None:
        return Link(config, {"reserved_until": 1000}, Random(1))
    return Link.restore(config, json.loads(json.dumps(state)), Random(1), now)


def frames(events: list[Any]) -> list[bytes]:
    return [event.frame for event in events if isinstance(event, Transmit)]


def first_frame(sender: Link, events: list[Any], now: float) -> bytes:
    """What it keys first from now on."""
    while not frames(events):
        due = sender.next_wake(now)
        assert due is not None, "it has nothing to say"
        now = max(due, now + 0.001)
        events = sender.tick(now)
    return frames(events)[0]


def pass_on(sender: Link, hearers: list[Link], now: float, until: float) -> list[Any]:
    """Everything one link keys until then, heard by the others at once; what these told."""
    told: list[Any] = []
    while (due := sender.next_wake(now)) is not None and due <= until:
        now = max(due, now + 0.001)
        for frame in frames(sender.tick(now)):
            told += [event for hearer in hearers for event in hearer.heard(frame, now)]
    return told


def test_a_net_changes_its_keys_by_one_message_and_goes_on() -> None:
    centre, teams = link(CENTRE), [link(team(n)) for n in (1, 2, 7)]
    key = CENTRE.change((7,))
    (notice,) = frames(centre.send(Outgoing("k", key, (), 1, 1e9), 0.0))
    told = [event for one in teams for event in one.heard(notice, 1.0)]
    assert [type(event).__name__ for event in told] == ["Received", "Received", "Rejected"]
    assert [one.keying.ring.epoch for one in teams] == [2, 2, 1]
    alert = first_frame(centre, centre.send(Outgoing("a", ALERT, (1, 2), 1, 1e9), 5.0), 5.0)
    heard = [teams[n].heard(alert, 6.0) for n in range(3)]
    assert [isinstance(events[0], Received) for events in heard] == [True, True, False]
    (answer,) = frames(heard[0])
    assert not any(isinstance(event, Rejected) for event in centre.heard(answer, 8.0))


def test_a_change_that_was_not_signed_is_refused_to_the_operator() -> None:
    with pytest.raises(CannotSend, match="did not sign"):
        link(CENTRE).send(Outgoing("k", replace(CENTRE.change(), epoch=9), (), 1, 1e9), 0.0)
    with pytest.raises(CannotSend, match="may not give alerts"):
        link(team(3)).send(Outgoing("a", ALERT, (1, 2), 1, 1e9), 0.0)


def test_a_station_that_missed_the_change_is_told_when_it_speaks() -> None:
    centre, late = link(CENTRE), link(team(3))
    centre.send(Outgoing("k", CENTRE.change(), (), 1, 1e9), 0.0)
    pass_on(centre, [], 0.0, 5000.0)
    report = first_frame(late, late.send(Outgoing("r", rg.Status(4), (0,), 2, 1e9), 6000.0), 6000.0)
    notice = first_frame(centre, centre.heard(report, 6010.0), 6010.0)
    assert any(isinstance(event, Received) for event in late.heard(notice, 6012.0))
    assert late.keying.ring.epoch == 2 and centre.notices.epochs == {3: 1}


def test_it_is_said_again_and_again_and_then_no_more() -> None:
    centre = link(CENTRE)
    first = frames(centre.send(Outgoing("k", CENTRE.change(), (), 1, 1e9), 0.0))
    more, now = 0, 0.0
    while (due := centre.next_wake(now)) is not None and due < 1e6:
        now = max(due, now + 0.001)
        more += len(frames(centre.tick(now)))
    assert (len(first), more, round(now, -2)) == (1, 5, 3600)


@pytest.mark.parametrize("kill_at", ["before the notice", "after the notice"])
def test_killed_in_the_middle_of_a_change_it_goes_on_and_no_counter_is_used_twice(kill_at: str) -> None:
    centre, used = link(CENTRE), set()
    if kill_at == "before the notice":
        centre.keying.keep_quiet(10.0, 3)
    sent = frames(centre.send(Outgoing("k", CENTRE.change((7,)), (), 1, 1e9), 0.0))
    restored = link(CENTRE, centre.state(), 20.0)
    sent += [frame for n in range(60) for frame in frames(restored.tick(20.0 + n))]
    assert restored.keying.ring.epoch == 2
    for frame in sent:
        opened, words = wire.open_frame(DINAS, ax25.parse(frame).content, team(3), posko.ReplayWindow(1))
        assert isinstance(words, rg.Key) and opened.counter not in used
        used.add(opened.counter)
    assert len(sent) >= 2


def test_no_frame_of_an_old_epoch_is_believed_twice_over_change_and_restart() -> None:
    centre, reporter = link(CENTRE), link(team(3))
    report = first_frame(reporter, reporter.send(Outgoing("r", rg.Status(4), (0,), 2, 1e9), 0.0), 0.0)
    assert any(isinstance(event, Received) for event in centre.heard(report, 1.0))
    centre.send(Outgoing("k", CENTRE.change(), (), 1, 1e9), 5.0)
    pass_on(centre, [reporter], 5.0, 6.0)
    for hearer in (centre, link(CENTRE, centre.state(), 9.0)):
        assert hearer.keying.ring.epoch == 2
        assert Rejected("replay") in hearer.heard(report, 9.0)
    again = first_frame(reporter, reporter.send(Outgoing("s", rg.Status(7), (0,), 2, 1e9), 50.0), 50.0)
    assert ax25.parse(again).content[4:6] > ax25.parse(report).content[4:6]


def test_a_thief_who_wore_out_the_counters_of_others_silences_nobody_once_it_is_put_out() -> None:
    thief, reporter, centre = team(7), team(3), link(CENTRE)
    listener = link(team(4))
    worn = ax25.ui("POS3", "POSKO", said(thief, rg.Ack(9, 0, rg.Level.HEARD), 0xFFFFFF, source=3))
    as_centre = ax25.ui("POS0", "POSKO", said(Keyring(replace(thief.card, station=0)), rg.Time(1), 0xFFFFFF))
    centre.heard(worn, 0.0)
    listener.heard(worn, 0.0)
    listener.heard(as_centre, 0.0)
    report = ax25.ui("POS3", "POSKO", said(reporter, rg.Status(4, number=1), 2000))
    assert any(isinstance(event, Received) for event in centre.heard(report, 1.0))  # its own voice counts apart
    key = CENTRE.change((7,))
    silenced = ax25.ui("POS0", "POSKO", said(CENTRE, rg.Time(5), 2999))
    assert isinstance(listener.heard(silenced, 1.0)[0], Rejected)  # the counter of the centre is worn out there
    (notice,) = frames(centre.send(Outgoing("k", key, (), 1, 1e9), 2.0))
    assert any(isinstance(event, Received) for event in listener.heard(notice, 3.0))
    for hearer in (listener, link(team(4), listener.state(), 5.0)):
        told = ax25.ui("POS0", "POSKO", said(centre.keying.ring, rg.Time(5), 3000))  # type: ignore[arg-type]
        assert any(isinstance(event, Received) for event in hearer.heard(told, 6.0))
    assert Rejected("replay") in centre.heard(report, 7.0)


def test_recordings_of_a_notice_turn_nothing_back() -> None:
    centre, hearer = link(CENTRE), link(team(3))
    first = frames(centre.send(Outgoing("k", CENTRE.change(), (), 1, 1e9), 0.0))[0]
    second_key = centre.keying.ring.change((7,))  # type: ignore[attr-defined]
    hearer.heard(first, 1.0)
    hearer.heard(frames(centre.send(Outgoing("k2", second_key, (), 1, 1e9), 5.0))[0], 6.0)
    assert hearer.keying.ring.epoch == 3
    restarted = link(team(3), hearer.state(), 8.0)
    for one in (hearer, restarted):
        assert one.heard(first, 8.0)[0] == Rejected("replay")
        assert one.keying.ring.epoch == 3
