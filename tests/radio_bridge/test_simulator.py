"""The simulator plays the real links; what it says is repeatable, and bad news is not left out."""

import json
import math
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from radio_bridge.cli import radio
from radio_bridge.errors import CannotSend
from radio_bridge.ether import Bursts, Ether
from radio_bridge.link import LinkConfig, Transmit
from radio_bridge.profiles import get_profile
from radio_bridge.radiogram import Alert, Place
from radio_bridge.simulator import Play, Scenario, floor_s
from tests.radio_bridge.test_ledger import worst_hour_s

SMALL = Scenario(teams=6, minutes=20, alerts=9, reports=6, loss=0.2, press_s=20, seed=3)


def played(scenario: Scenario) -> Play:
    play = Play(scenario)
    play.run()
    return play


def test_the_same_seed_tells_the_same_story_to_the_byte_and_another_seed_another() -> None:
    stories = [json.dumps(played(replace(SMALL, seed=seed)).story(), sort_keys=True) for seed in (3, 3, 4)]
    assert stories[0] == stories[1] != stories[2]


@pytest.mark.parametrize("layout", ["open", "hidden", "line"])
def test_everybody_is_reached_whoever_hears_whom(layout: str) -> None:
    play = played(replace(SMALL, layout=layout, alerts=12, minutes=30, seed=5))
    early = [one for one in play.story()["alerts"] if one["at_s"] < 1200]
    assert early
    for one in early:
        assert one["missing"] == [] and len(one["seen_after_s"]) == 6
        assert all(one["heard_after_s"][team] >= one["rang_after_s"][team] for team in one["rang_after_s"])


def test_a_team_without_a_path_is_named_as_missing_and_never_as_reached() -> None:
    play = Play(replace(SMALL, alerts=6, reports=0))
    play.ether.deaf = frozenset({(0, 4), *((team, 4) for team in range(1, 7))})
    play.run()
    assert play.sent
    for one in play.story()["alerts"]:
        assert 4 in one["missing"] and "4" not in one["rang_after_s"]


def test_two_nets_share_the_channel_and_none_of_their_alerts() -> None:
    play = played(replace(SMALL, nets=2, alerts=6, reports=2))
    assert {one.net for one in play.sent} == {0, 1}
    assert all(set(one.rang) <= set(range(1, 7)) for one in play.sent)
    assert play.counts["rejected"] > 0  # the frames of the other net
    assert all(not one["missing"] for one in play.story()["alerts"] if one["at_s"] < 600)


@pytest.mark.slow
def test_modems_that_listen_before_they_speak_collide_less() -> None:
    busy = replace(SMALL, teams=12, reports=60, alerts=2)
    assert played(busy).ether.collisions() < played(replace(busy, senses=False)).ether.collisions() / 2


@pytest.mark.slow
def test_fifty_people_who_press_their_keys_do_not_drown_the_next_alert() -> None:
    play = played(Scenario(teams=50, minutes=45, alerts=12, reports=4, loss=0.2, seed=1))
    early = [one for one in play.sent if one.at < 60 * 35]
    assert len(early) > 5
    assert all(len(one.heard) == 50 for one in early)


@pytest.mark.slow
def test_no_transmitter_outlasts_its_hour() -> None:
    play = played(replace(SMALL, service="lora_free", alerts=200, reports=30, minutes=90))
    hour_s = get_profile("lora_free").hour_s
    for place in play.ether.links:
        spans = [(flight.begins, flight.ends) for flight in play.ether.flights if flight.source == place]
        assert worst_hour_s(spans) <= hour_s
    assert max(play.airtimes().values()) > 0.5 * hour_s


def test_on_an_amateur_channel_the_same_scenario_is_plain_words() -> None:
    play = played(replace(SMALL, service="amateur", alerts=3))
    assert all(b":BLN1POSKO:" in flight.frame or b">DE SIM" in flight.frame for flight in play.ether.flights)


def test_a_channel_of_voices_has_nothing_to_simulate() -> None:
    with pytest.raises(CannotSend, match="only people speak"):
        Play(replace(SMALL, service="rapi"))


@pytest.mark.parametrize("slip", [{"teams": 0}, {"teams": 201}, {"nets": 0}, {"layout": "star"}])
def test_a_scenario_that_cannot_be_is_refused(slip: dict[str, Any]) -> None:
    with pytest.raises(CannotSend):
        Play(replace(SMALL, **slip))


def test_fading_is_bad_for_its_share_of_time_and_comes_in_bursts() -> None:
    bursts, random = Bursts(8, 2, 0.9), Random(1)
    assert bursts.chance_bad(None, 0) == bursts.share_bad == 0.2
    assert bursts.chance_bad(True, 0) == 1.0 and bursts.chance_bad(False, 0) == 0.0
    assert math.isclose(bursts.chance_bad(True, 1000), 0.2)
    state, bad, changes = False, 0, 0
    for _ in range(20_000):
        before, state = state, random.random() < bursts.chance_bad(state, 0.5)
        bad, changes = bad + state, changes + (state != before)
    assert 0.18 < bad / 20_000 < 0.22
    assert changes / 20_000 < 0.5 * 2 * 0.2 * 0.8  # independent losses would change that often


def test_a_path_that_fades_loses_what_the_book_says() -> None:
    ether = Ether(Random(1), 0.1, bursts=Bursts(8, 2, 0.9))
    lost = 0
    for at in range(20_000):
        ether.now = 5.0 * at
        lost += ether.random.random() < ether._loss_now(0, 1)
    assert abs(lost / 20_000 - (0.8 * 0.1 + 0.2 * 0.9)) < 0.02


def test_the_floor_is_the_airtime_of_the_frames_alone() -> None:
    config = LinkConfig(1, 0, "POSKO", {1: bytes(16)}, 1)
    alert = Alert(1, 0, 1, 4, 3, 30, Place(116.5, -8.5), roster=tuple(range(1, 21)), slot_ms=520)
    assert math.isclose(floor_s(config, alert, 20), config.airtime_s(29) + 20 * config.airtime_s(14))


def test_a_second_of_busy_channel_is_counted_once() -> None:
    ether = Ether(Random(1))
    for begins, lasts in ((0.0, 2.0), (1.0, 2.0), (10.0, 1.0)):
        ether.now = begins
        ether._key(0, Transmit(b"x", lasts))
    assert (ether.busy_s(), ether.collisions()) == (4.0, 1)


def test_the_command_prints_a_line_for_each_alert_and_all_of_it_as_json() -> None:
    words = ["simulate", "--teams", "4", "--minutes", "30", "--alerts", "6", "--seed", "2", "--bursts", "8,2,0.9"]
    shown = CliRunner().invoke(radio, words)
    told = CliRunner().invoke(radio, [*words, "--json"])
    assert (shown.exit_code, told.exit_code) == (0, 0), shown.output + told.output
    story = json.loads(told.output)
    assert sum(" P" in line and " s " in line for line in shown.output.splitlines()[1:]) == len(story["alerts"]) > 0
    assert CliRunner().invoke(radio, [*words, "--json"]).output == told.output


@pytest.mark.parametrize("bursts", ["8,2", "8,0,0.9", "8,2,9", "a,b,c"])
def test_bursts_that_make_no_sense_are_a_wrong_call(bursts: str) -> None:
    assert CliRunner().invoke(radio, ["simulate", "--bursts", bursts]).exit_code == 2
    assert CliRunner().invoke(radio, ["simulate", "--service", "rapi"]).exit_code == 2


def test_in_a_valley_the_far_end_is_reached_by_relays_alone() -> None:
    night = replace(SMALL, teams=4, layout="valley", loss=0.05, alerts=4, minutes=60, reports=2)
    missing = [one["missing"] for one in played(night).story()["alerts"]]
    assert missing and all({2, 3, 4} <= set(one) for one in missing)
    story = played(replace(night, relays=(1, 2, 3))).story()
    early = [one for one in story["alerts"] if one["at_s"] < 2400]
    assert early and all(one["missing"] == [] and len(one["seen_after_s"]) == 4 for one in early)
    assert story["counts"]["reports_arrived"] > 4


def test_the_command_takes_a_valley_with_its_relays() -> None:
    words = [
        "simulate",
        "--teams",
        "3",
        "--layout",
        "valley",
        "--minutes",
        "20",
        "--json",
        "--seed",
        "4",
        "--loss",
        "0",
    ]
    alone, helped = (CliRunner().invoke(radio, [*words, *more]) for more in ([], ["--relays", "1,2"]))
    assert (alone.exit_code, helped.exit_code) == (0, 0), helped.output
    assert all(one["missing"] == [2, 3] for one in json.loads(alone.stdout)["alerts"])
    assert any(one["missing"] == [] for one in json.loads(helped.stdout)["alerts"])


@pytest.mark.parametrize("relays", ["1,1", "9", "hulu", "0"])
def test_relays_that_are_no_teams_are_refused_with_a_sentence(relays: str) -> None:
    told = CliRunner().invoke(radio, ["simulate", "--teams", "3", "--relays", relays])
    assert told.exit_code == 2 and "elays" in told.output
