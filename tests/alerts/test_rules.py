"""The tables of the alert room, walked."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import rules
from alerts.channels import EXERCISE, INSIDE, REGISTER, get_channel

ALL = rules.KNOWN + rules.CLOSED


def test_every_priority_has_a_ladder_that_ends_on_the_radio_and_tries_each_channel_once():
    assert set(rules.LADDER) == set(rules.PRIORITIES) == set(rules.DONE_AT)
    for ladder in rules.LADDER.values():
        assert "radio" in ladder[-1].channels
        channels = [channel for rung in ladder for channel in rung.channels]
        assert sorted(channels) == sorted(rules.CHANNELS), "each once: twice would need a second delivery"


def test_every_channel_of_a_register_has_its_place_on_the_ladder():
    assert {*INSIDE, *REGISTER, *EXERCISE} <= set(rules.CHANNELS)


def test_the_most_urgent_waits_for_nothing_and_the_others_in_order_of_urgency():
    assert len(rules.LADDER["P0"]) == 1 and set(rules.LADDER["P0"][0].channels) == set(rules.CHANNELS)
    waits = [rules.wait_s(priority, 0, 60.0) for priority in ("P1", "P2", "P3")]
    assert waits == sorted(waits) == [60.0, 120.0, 300.0]


def test_above_the_top_rung_there_is_no_clock_and_before_it_the_runner_is_waited_for():
    for priority, ladder in rules.LADDER.items():
        assert rules.wait_s(priority, len(ladder) - 1, 60.0) == 300.0
        assert rules.wait_s(priority, len(ladder), 60.0) is None
        assert rules.rung_of(priority, len(ladder)) is None


# walking the ladder

WELL: dict[str, str] = dict.fromkeys(rules.CHANNELS, "ok")
A_UNIT = ("screen", "radio")


def test_a_unit_without_addresses_goes_from_the_screen_to_the_radio():
    first = rules.walk("P1", 0, A_UNIT, WELL)
    assert (first.rung, first.ways, first.channel, first.next_channel) == (0, ("screen",), "screen", "radio")
    second = rules.walk("P1", 1, A_UNIT, WELL)
    assert (second.rung, second.ways, second.next_channel) == (2, ("radio",), "runner")


def test_a_contact_climbs_from_the_internet_to_the_telephone_and_then_somebody_goes_there():
    first = rules.walk("P2", 0, ("telegram", "email", "sms"), WELL)
    assert (first.ways, first.next_channel) == (("telegram", "email"), "sms_modem")
    second = rules.walk("P2", 1, ("telegram", "email", "sms"), WELL)
    assert (second.ways, second.next_channel) == (("sms_modem",), "runner"), "one of the two ways of SMS is enough"


def test_of_two_ways_to_one_address_the_living_one_is_taken():
    step = rules.walk("P1", 1, ("sms",), WELL | {"sms_modem": "down"})
    assert step.ways == ("sms_gateway",)
    assert rules.walk("P1", 1, ("sms",), WELL | {"sms_modem": "off"}).ways == ("sms_gateway",)


def test_a_rung_of_dead_channels_is_begun_and_left_at_once():
    step = rules.walk("P1", 0, ("telegram", "sms"), WELL | {"telegram": "down"})
    assert (step.rung, step.ways, step.skipped) == (1, ("telegram", "sms_modem"), ("telegram",))


def test_who_has_no_living_way_at_all_gets_the_runner():
    for health in (WELL | {"telegram": "down"}, WELL | {"telegram": "off"}):
        assert rules.walk("P1", 0, ("telegram",), health).rung == len(rules.LADDER["P1"])
    assert rules.walk("P0", 0, (), WELL).ways == ()


def test_a_siren_sounds_only_for_what_two_people_stand_by():
    assert rules.walk("P0", 0, ("siren",), WELL).ways == ()
    assert rules.walk("P0", 0, ("siren",), WELL, has_two=True).ways == ("siren",)


KINDS = st.sets(st.sampled_from(("screen", *rules.ADDRESS_KINDS)))
HEALTH = st.fixed_dictionaries({name: st.sampled_from(("ok", "warn", "down", "off")) for name in rules.CHANNELS})


@given(st.sampled_from(rules.PRIORITIES), KINDS, HEALTH, st.booleans())
def test_whoever_walks_up_tries_each_way_once_and_comes_to_the_runner(priority, kinds, health, has_two):
    rung, tried, shown = 0, [], None
    for _ in range(len(rules.LADDER[priority]) + 1):
        step = rules.walk(priority, rung, kinds, health, has_two)
        assert step.rung >= rung and shown in (None, step.channel, rules.RUNNER if step.channel is None else None)
        tried += step.ways
        if step.channel is None:
            break
        assert health[step.channel] in ("ok", "warn")
        rung, shown = step.rung + 1, step.next_channel
    assert step.channel is None, "the ladder ends"
    assert len(tried) == len(set(tried))
    assert {rules.ADDRESS_KIND.get(name, name) for name in tried} <= kinds
    assert not [name for name in tried if health[name] == "off"]


# the health of a channel

NOON = dt.datetime(2026, 11, 22, 5, 0, tzinfo=dt.UTC)


def on(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


def test_a_channel_falls_at_once_and_is_believed_again_only_after_it_held():
    well = rules.next_pulse(None, rules.Seen("ok", "siap"), NOON)
    fallen = rules.next_pulse(well, rules.Seen("down", "diam"), on(10))
    assert (fallen.state, fallen.flaps, fallen.since) == ("down", 1, on(10))
    trying = rules.next_pulse(fallen, rules.Seen("ok", "siap"), on(20))
    assert trying.state == "down"
    assert rules.next_pulse(trying, rules.Seen("ok", "siap"), on(49)).state == "down"
    assert rules.next_pulse(trying, rules.Seen("ok", "siap"), on(51)).state == "ok"


def test_one_that_falls_again_and_again_must_hold_longer_and_longer():
    assert [rules.hold_s(flaps) for flaps in (1, 2, 3, 4)] == [30, 60, 120, 240]
    assert rules.hold_s(50) == 600
    pulse = rules.Pulse("ok", "", NOON, NOON, flaps=4, fell_at=on(-3700))
    assert rules.next_pulse(pulse, rules.Seen("down", "diam"), NOON).flaps == 1, "an hour of quiet is forgiven"


def test_a_probe_that_says_well_is_not_believed_against_what_does_not_come_back():
    assert rules.judged(rules.Seen("ok", "", failures=3))[0] == "down"
    assert rules.judged(rules.Seen("ok", "", failures=3, went=0.85))[0] == "warn", "luck, as long as most of them went"
    assert rules.judged(rules.Seen("ok", "", failures=11, went=0.45))[0] == "down"
    assert rules.judged(rules.Seen("warn", "", failures=3, went=0.85))[0] == "down"
    assert rules.judged(rules.Seen("ok", "", unanswered=8))[0] == "warn"
    assert rules.judged(rules.Seen("ok", "", unanswered=8, shows_arrival=True))[0] == "down"
    assert rules.judged(rules.Seen("ok", "", unanswered=80, answered=1, shows_arrival=True))[0] == "ok"


@given(st.lists(st.tuples(st.sampled_from(("ok", "warn", "down", "off")), st.integers(1, 400)), max_size=40))
def test_a_channel_never_rises_and_falls_faster_than_it_must_hold(news):
    pulse, now, rose = None, NOON, []
    for probe, after_s in news:
        now += dt.timedelta(seconds=after_s)
        before, pulse = pulse, rules.next_pulse(pulse, rules.Seen(probe, ""), now)
        if probe in ("down", "off"):
            assert pulse.state == probe, "what is dead is never shown as living"
        if before and before.state == "down" and pulse.state in ("ok", "warn") and probe != "off":
            rose.append((now - (before.good_since or now)).total_seconds())
    assert all(held >= 30 for held in rose)


@given(st.integers(0, 40), st.floats(0, 1), st.none() | st.floats(0, 3600))
def test_the_next_try_is_never_at_once_never_forgotten_and_not_before_the_far_end_wants_it(attempts, luck, asked):
    wait = rules.retry_s(attempts, luck, asked)
    assert 2.5 <= wait <= max(450.0, asked or 0) and wait >= (asked or 0)


@pytest.mark.parametrize("words", ["1", "ya", "Ya.", " SIAP, diterima", "ok pak", "86", "Baik, kami mengerti"])
def test_a_short_yes_acknowledges(words):
    assert rules.is_yes(words) and not rules.is_stop(words)


@pytest.mark.parametrize("words", ["", "banjir di sini", "ya tapi rumah kami sudah terendam air", "12", "tidak", "👍"])
def test_whatever_else_is_said_is_no_acknowledgement(words):
    assert not rules.is_yes(words)


def test_a_stop_is_the_word_alone():
    assert rules.is_stop("STOP") and rules.is_stop(" berhenti. ")
    assert not rules.is_stop("stop banjir dulu")


@pytest.mark.parametrize("state", ["cancelled", "expired", "superseded", "ended"])
def test_an_alert_that_is_over_stays_over(state):
    assert not [verb for at, verb in rules.ALERT_LIFE if at == state]


def test_only_a_draft_is_approved():
    assert [at for at, verb in rules.ALERT_LIFE if verb == "approve"] == ["draft"]


def test_evacuation_and_the_public_need_a_second_person_and_nothing_else_does():
    needed = {(order, who) for order in rules.ORDERS for who in rules.AUDIENCES if rules.needs_second(order, who)}
    assert needed == {(order, "public") for order in rules.ORDERS} | {("evacuate", "units")}


def test_what_is_known_never_gets_weaker():
    for weak, strong in itertools.combinations(rules.KNOWN, 2):
        assert rules.stronger(weak, strong) and not rules.stronger(strong, weak)
    assert not any(rules.stronger(state, state) for state in ALL)


def test_a_person_who_has_seen_it_outweighs_every_failure():
    for closed in rules.CLOSED:
        for seen in rules.BY_A_PERSON:
            assert rules.stronger(closed, seen) and not rules.stronger(seen, closed)


@given(st.lists(st.sampled_from(ALL), max_size=12))
def test_in_whatever_order_news_arrives_the_strongest_stands(news: list[str]):
    state = "waiting"
    for heard in news:
        state = heard if rules.stronger(state, heard) else state
    persons = [one for one in news if one in rules.BY_A_PERSON]
    if persons:
        assert state == max(persons, key=rules.KNOWN.index)
    elif any(one in rules.CLOSED for one in news):
        assert state in rules.CLOSED
    else:
        assert state == max(["waiting", *news], key=rules.KNOWN.index)


def test_an_exercise_says_so_first_and_last_and_only_once():
    once = rules.words_on_air("Ke Selong", True)
    assert once.startswith("LATIHAN.") and once.endswith("LATIHAN")
    assert rules.words_on_air(once, True) == once
    assert rules.words_on_air(" Ke Selong ", False) == "Ke Selong"


def test_an_approval_is_bound_to_the_words_the_order_and_who_gets_them():
    base = rules.text_hash("h", "t", "go", [1, 2])
    others = [("H", "t", "go", [1, 2]), ("h", "T", "go", [1, 2]), ("h", "t", "evacuate", [1, 2]), ("h", "t", "go", [1])]
    assert base not in {rules.text_hash(*one) for one in others}
    assert base == rules.text_hash("h", "t", "go", [2, 1])


def test_an_approval_is_bound_to_whatever_else_is_frozen():
    base = rules.text_hash("h", "t", "go", [1], {"area": None, "until": NOON})
    others = [{"area": "x", "until": NOON}, {"area": None, "until": on(1)}]
    assert base not in {rules.text_hash("h", "t", "go", [1], one) for one in others}


@pytest.mark.parametrize("name", INSIDE)
def test_every_channel_of_the_register_can_send_and_cancel(name):
    channel = get_channel(name)
    assert channel.name == name and callable(channel.send) and callable(channel.cancel)
