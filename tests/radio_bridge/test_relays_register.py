"""Relays in the register: made on a page, taken over by the running radio, and carried to the team by its card."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from incident import journal
from incident.config import Settings
from incident.errors import BadReport, NotFound, WrongState
from incident.post import Post
from radio_bridge import queries
from radio_bridge.cli import radio
from radio_bridge.devices import make_device
from radio_bridge.field.cli import _key_of
from radio_bridge.keys import actions as keys
from radio_bridge.net.relays import MOST, relays_card, set_relays
from radio_bridge.net.stations import add_station
from radio_bridge.rig import link_config
from radio_bridge.traffic import LinkConfig
from tests.factories import uid
from tests.radio_bridge.rigs import FAST, KEY, team, wait_for
from tests.radio_bridge.test_bridge import events, recipient, running, unit_id, write_alert

assert unit_id  # a fixture: TRC-1 with station 1


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"radio": f"loopback:{tmp_path}/air{FAST}", "radio_key": KEY})


@pytest.fixture
def net(post: Post, monkeypatch: pytest.MonkeyPatch) -> Post:
    """TRC-1, TRC-2 and TRC-3, with numbers 1 to 3."""
    for number in (1, 2, 3):
        post.do(add_station, "test", None, f"TRC-{number}", None, number)
    monkeypatch.setenv("POSKO_DATABASE", post.settings.database)
    monkeypatch.setenv("POSKO_DATA", str(post.settings.data))
    monkeypatch.setenv("POSKO_RADIO", post.settings.radio)
    monkeypatch.setenv("POSKO_RADIO_KEY", KEY)
    return post


def name_relays(post: Post, *numbers: int, **more: Any) -> dict[str, Any]:
    return dict(post.do(set_relays, "ayu", uid(), numbers, **more))


def listed(post: Post) -> tuple[int, ...]:
    with post.database.read() as conn:
        return queries.relays(conn)


def told(post: Post) -> dict[str, Any]:
    with post.database.read() as conn:
        return relays_card(conn, post.settings)


def card(post: Post, call_sign: str) -> str:
    return str(post.do(keys.hand_out, "test", uid(), call_sign))


def as_started(post: Post, card: str, station: int, options: str = "") -> LinkConfig:
    """What `posko field` makes of a card and a radio's address."""
    device = make_device(f"loopback:{post.settings.data}/elsewhere{options}", post.settings.data)
    return link_config(card, station, f"TRC-{station}", device)


def run(*words: str) -> Result:
    return CliRunner().invoke(radio, list(words))


def test_relays_are_named_in_the_order_in_which_they_speak_and_the_journal_says_so(net: Post) -> None:
    name_relays(net, 3, 1)
    assert listed(net) == (3, 1)
    name_relays(net, 1)
    assert listed(net) == (1,)
    with net.database.read() as conn:
        lines = [line.body for line in journal.after(conn, 0, 100) if line.kind == "radio.relays_set"]
    assert [line["call_signs"] for line in lines] == [["TRC-3", "TRC-1"], ["TRC-1"]]
    assert lines[1]["before"] == [3, 1]


def test_the_same_key_names_them_once(net: Post) -> None:
    key = uid()
    first = net.do(set_relays, "ayu", key, [3])
    name_relays(net)
    assert net.do(set_relays, "ayu", key, [3])["seq"] == first["seq"]
    assert listed(net) == ()


@pytest.mark.parametrize(
    ("numbers", "refusal"),
    [((9,), NotFound), ((1, 1), BadReport), (tuple(range(1, MOST + 2)), BadReport)],
    ids=["nobody we know", "one twice", "more than a frame can name"],
)
def test_what_cannot_be_a_list_of_relays_changes_nothing(
    net: Post, numbers: tuple[int, ...], refusal: type[Exception]
) -> None:
    name_relays(net, 2)
    with pytest.raises(refusal):
        name_relays(net, *numbers)
    assert listed(net) == (2,)


def test_two_people_at_once_do_not_write_over_each_other(net: Post) -> None:
    name_relays(net, 2, before=[])
    with pytest.raises(WrongState, match="sudah diubah"):
        name_relays(net, 3, before=[])
    assert listed(net) == (2,)


def test_a_stolen_relay_is_none_any_more_and_cannot_become_one(net: Post) -> None:
    name_relays(net, 2, 3)
    net.do(keys.put_out, "test", uid(), "TRC-2")
    assert listed(net) == (3,)
    with pytest.raises(NotFound, match="dicabut"):
        name_relays(net, 2)


def test_the_running_radio_takes_the_list_without_a_restart(net: Post) -> None:
    with running(net) as bridge:
        name_relays(net, 3, 1)
        wait_for(lambda: bridge.rig._link.keying.relays == (3, 1))
        bridge.rig._repair(RuntimeError("as after a fault"))
        wait_for(lambda: bridge.rig._link.keying.relays == (3, 1))
        assert bridge.rig._link.keying.relay is False
        name_relays(net)
        wait_for(lambda: bridge.rig._link.keying.relays == ())


def test_what_the_centres_address_says_wins_and_the_page_says_so(net: Post) -> None:
    name_relays(net, 3)
    by_hand = Post(net.settings.model_copy(update={"radio": net.settings.radio + "&relays=1,2"}), net.database)
    with running(by_hand) as bridge:
        wait_for(lambda: bridge.rig.callsigns)
        assert bridge.rig._link.keying.relays == (1, 2)
    assert (told(by_hand)["order"], told(by_hand)["said_by"]) == ([1, 2], "address")
    assert (told(net)["order"], told(net)["said_by"]) == ([3], "register")


def test_beside_digipeaters_no_relay_is_named_and_those_of_the_register_rest(net: Post) -> None:
    name_relays(net, 3)
    by_hill = Post(net.settings.model_copy(update={"radio": net.settings.radio + "&via=HILL-1"}), net.database)
    with running(by_hill) as bridge:
        wait_for(lambda: bridge.rig.callsigns)
        assert bridge.rig._link.keying.relays == ()
    assert (told(by_hill)["order"], told(by_hill)["said_by"]) == ([], "address")
    with pytest.raises(WrongState, match="digipeater"):
        name_relays(by_hill, 2)
    name_relays(by_hill)
    assert listed(net) == ()


def test_the_card_makes_a_relay_of_the_team_and_posko_field_needs_no_option(net: Post) -> None:
    name_relays(net, 3, 1)
    mine = as_started(net, card(net, "TRC-3"), 3)
    assert (mine.relay, mine.relays) == (True, (3, 1))
    other = as_started(net, card(net, "TRC-2"), 2)
    assert (other.relay, other.relays) == (False, (3, 1))
    kept = card(net, "TRC-1")
    assert _key_of(kept.strip(), net.settings) == kept.strip()


def test_the_card_works_behind_a_change_of_keys_and_a_counter_too(net: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    name_relays(net, 3)
    net.do(keys.change_keys, "test", uid())
    monkeypatch.setattr("radio_bridge.keys.queries.counter_of", lambda *_: 4711)
    text = card(net, "TRC-3")
    assert [line.partition("=")[0][:1] for line in text.splitlines()[1:]] == ["0", "@", "r"]
    mine = as_started(net, _key_of(text.strip(), net.settings), 3)
    assert (mine.relay, mine.relays, mine.key_ring.state()["epoch"]) == (True, (3,), 2)


def test_the_address_at_the_team_wins_over_its_card(net: Post) -> None:
    name_relays(net, 3, 1)
    text = card(net, "TRC-3")
    assert as_started(net, text, 3, "?relay=no").relay is False
    said = as_started(net, text, 3, "?relays=2,3&relay=yes")
    assert (said.relay, said.relays) == (True, (2, 3))
    without_register = as_started(net, KEY, 3, "?relays=3&relay=yes")
    assert (without_register.relay, without_register.relays) == (True, (3,))


def test_who_needs_a_new_card_after_a_change_is_named(net: Post) -> None:
    for name in ("TRC-1", "TRC-2", "TRC-3"):
        card(net, name)
    assert told(net)["old_cards"] == []
    name_relays(net, 3, 1)
    assert told(net)["old_cards"] == [1, 3]
    card(net, "TRC-3")
    assert told(net)["old_cards"] == [1]
    name_relays(net, 1)
    assert told(net)["old_cards"] == [1, 3], "it still believes itself to be one"
    card(net, "TRC-1")
    card(net, "TRC-3")
    assert told(net)["old_cards"] == []


def test_the_technician_names_them_by_call_sign(net: Post) -> None:
    said = run("stations", "--relays", "trc-3, TRC-1")
    assert said.exit_code == 0, said.output
    assert "relai 1" in next(line for line in said.output.splitlines() if "TRC-3" in line)
    assert "butuh kartu baru" in said.output
    assert listed(net) == (3, 1)
    nobody = run("stations", "--relays", "TRC-9")
    assert nobody.exit_code == 1 and "tidak terdaftar" in nobody.output and listed(net) == (3, 1)
    assert run("stations", "--relays", "-").exit_code == 0 and listed(net) == ()


def test_the_api_names_them_for_who_may_manage_units(net: Post, ask: Callable[..., Any]) -> None:
    body = {"uid": uid(), "relays": [3, 1], "before": []}
    assert ask("dispatcher", "PUT", "/radio/relays", body).status_code == 403
    assert ask("admin", "PUT", "/radio/relays", body).status_code == 200
    log = ask("dispatcher", "GET", "/radio/log").json
    assert log["relays"] == {"order": [3, 1], "said_by": "register", "old_cards": [1, 3]}
    assert {one["call_sign"]: one["relay"] for one in log["stations"]} == {"TRC-1": 2, "TRC-2": None, "TRC-3": 1}
    assert ask("admin", "PUT", "/radio/relays", {"uid": uid(), "relays": [1], "before": [1]}).status_code == 409
    assert ask("admin", "PUT", "/radio/relays", {"uid": uid(), "relays": [0]}).status_code == 422
    assert ask("admin", "PUT", "/radio/relays", {"uid": uid(), "relays": [7]}).status_code == 404


def test_a_team_behind_a_hill_is_reached_when_the_register_names_the_relay(
    post: Post, unit_id: int, tmp_path: Path
) -> None:
    """From the register to the person's key: the centre does not hear TRC-1, and PSC-1 stands between them."""
    air = f"loopback:{tmp_path}/valley{FAST}"
    hills = Post(post.settings.model_copy(update={"radio": f"{air}&deaf=TRC-1"}), post.database)
    hills.do(add_station, "test", None, "PSC-1", None, 2)
    name_relays(hills, 2)
    cards = {name: card(hills, name).strip() for name in ("TRC-1", "PSC-1")}
    far = team(f"{air}&deaf=POSKO", tmp_path, 1, "TRC-1", cards["TRC-1"])
    relay = team(air, tmp_path, 2, "PSC-1", cards["PSC-1"])
    with running(hills), relay, far as (station, heard):
        alert_id = write_alert(hills, [unit_id])
        rung = wait_for(lambda: events(heard, "alert"), 30)[0]
        wait_for(lambda: recipient(hills, alert_id)["state"] == "heard", 30)
        station.acknowledge(rung["key"])
        wait_for(lambda: recipient(hills, alert_id)["state"] == "seen", 30)
    assert recipient(hills, alert_id)["seen_by"] == "TRC-1"
