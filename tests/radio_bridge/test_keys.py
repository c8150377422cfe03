"""A technician hands out cards, changes the keys and puts a stolen radio out; no key is written where people read."""

import contextlib
import datetime as dt
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from incident import actions as incident_actions
from incident import journal
from incident import queries as incident_queries
from incident.config import Settings
from incident.errors import BadReport, NotFound
from incident.post import Post
from radio_bridge import actions, wire
from radio_bridge import queries as air
from radio_bridge.cli import radio
from radio_bridge.devices import make_device
from radio_bridge.errors import BadFrame, CannotSend
from radio_bridge.field.cli import _key_of, _station_on
from radio_bridge.framing import ax25
from radio_bridge.keyring import Card, Keyring, mark_of
from radio_bridge.keys import actions as keys
from radio_bridge.keys import queries
from radio_bridge.keys.carrying import carry, note_refusal, trouble
from radio_bridge.net.stations import add_station
from radio_bridge.profiles import get_profile
from radio_bridge.radiogram import Status
from radio_bridge.rig import Rig, link_config, ring_of
from radio_bridge.spool import FILE, Happening, Note, Spool, outgoing_of
from tests.factories import uid
from tests.radio_bridge.rigs import FAST, KEY, team, wait_for
from tests.radio_bridge.test_bridge import events, running

ROOT = bytes.fromhex(KEY)
CENTRE = Keyring(Card.of_root(ROOT, 1, 0))


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
    monkeypatch.delenv("POSKO_RADIO_KEY", raising=False)
    post.settings.data.mkdir(parents=True, exist_ok=True)
    (post.settings.data / "radio_key").write_text(KEY)
    return post


def run(*words: str) -> Result:
    return CliRunner().invoke(radio, ["keys", *words])


def counts(post: Post) -> dict[str, Any]:
    with post.database.read() as conn:
        return queries.counts(conn, KEY, post.settings.data)


def count_of(**some: Any) -> dict[str, Any]:
    return {"epoch": 1, "is_told": True, "cards": 0, "newest": 0, "behind": 0, "unheard": 0, "out": 0} | some


def first_line(told: Result) -> str:
    return told.output.splitlines()[0]


def ring(post: Post) -> Keyring:
    with post.database.read() as conn:
        return queries.centre_ring(conn, KEY)


def card_of(post: Post, call_sign: str, **more: Any) -> str:
    return str(post.do(keys.hand_out, "test", uid(), call_sign, **more))


def test_a_card_is_written_for_its_owner_alone_and_works(net: Post, tmp_path: Path) -> None:
    path = tmp_path / "stick"
    told = run("hand-out", "trc-2", "--file", str(path))
    assert told.exit_code == 0 and str(path) in told.output
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    card = ring_of(path.read_text(), 2)
    assert card.card == ring(net).card.hand_out(2)
    assert counts(net) == count_of(epoch=1, cards=1, unheard=3)
    with pytest.raises(CannotSend, match="station 2"):
        ring_of(path.read_text(), 3)


def test_a_card_is_never_written_over_another(net: Post, tmp_path: Path) -> None:
    path = tmp_path / "stick"
    path.write_text("other")
    assert run("hand-out", "TRC-2", "--file", str(path)).exit_code == 2
    assert run("hand-out", "TRC-2", "--file", str(tmp_path / "no" / "stick")).exit_code == 1
    assert run("hand-out", "TRC-9", "--file", str(tmp_path / "new")).exit_code == 1
    assert path.read_text() == "other" and not (tmp_path / "new").exists()


def test_the_field_terminal_takes_a_card_for_its_key(net: Post, tmp_path: Path) -> None:
    run("rotate")
    card = card_of(net, "TRC-3")
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "radio_key").write_text(card)
    kept = _key_of(None, net.settings.model_copy(update={"data": tmp_path / "team", "radio_key": ""}))
    assert kept == card.strip() and _station_on(kept) == 3 and _station_on(KEY) is None
    assert ring_of(kept, 3).epoch == 2  # it knows of the change it was written after
    forged = kept.splitlines()[0] + "\n" + kept.splitlines()[1].replace("0002", "0009", 1)
    for wrong in (forged, kept.splitlines()[0] + "\nzz"):
        with pytest.raises(CannotSend, match="not genuine"):
            ring_of(wrong, 3)


def test_a_stolen_radio_is_put_out_for_good(net: Post) -> None:
    stolen = ring_of(card_of(net, "TRC-2"), 2)
    told = run("revoke", "TRC-2")
    assert (told.exit_code, first_line(told)) == (0, "masa 2, dicabut: 2")
    assert first_line(run("rotate")) == "masa 3"
    assert (ring(net).epoch, ring(net).out) == (3, (2,))
    assert stolen.turned(keys_now(net)).is_out
    assert counts(net) == count_of(epoch=3, is_told=False, unheard=2, out=1)
    with pytest.raises(BadReport, match="sudah dicabut"):
        card_of(net, "TRC-2")
    assert run("revoke", "TRC-9").exit_code == 1


def keys_now(post: Post) -> Any:
    with post.database.read() as conn:
        return queries.newest(conn, mark_of(ROOT))


def test_a_second_commander_is_named_by_the_next_change(net: Post) -> None:
    card_of(net, "TRC-3", commands=True)
    assert ring(net).commanders == (0,)
    run("rotate")
    assert ring(net).commanders == (0, 3)


def test_a_radio_that_ever_held_a_commanders_card_is_put_out_by_a_new_root_only(net: Post) -> None:
    """Its card makes everybody's voice in every epoch to come: putting it out would only look like help."""
    card_of(net, "TRC-3", commands=True)
    card_of(net, "TRC-3")
    refused = run("revoke", "TRC-3")
    assert refused.exit_code == 1 and "posko radio keys new" in refused.output
    assert ring(net).epoch == 1
    run("new", "--yes")
    renewed = (net.settings.data / "radio_key").read_text()
    anew = Post(net.settings.model_copy(update={"radio_key": renewed}), net.database)
    assert anew.do(keys.put_out, "test", uid(), "TRC-3")["out"] == [3]


def test_after_a_restored_database_a_change_goes_on_from_where_the_radio_is(net: Post) -> None:
    gone = CENTRE.turned(CENTRE.change((1,)))
    gone = gone.turned(gone.change())
    net.settings.data.mkdir(exist_ok=True)
    with contextlib.closing(Spool(net.settings.data / FILE)) as spool:
        spool.keep({"ring": gone.state()}, 0.0, "")
    assert first_line(run("revoke", "TRC-2")) == "masa 4, dicabut: 1, 2"
    with pytest.raises(BadReport, match="sudah dicabut"):
        card_of(net, "TRC-1")
    assert first_line(run("rotate")) == "masa 5"


def carried(post: Post, spool: Spool) -> list[int]:
    """The epochs that wait for the radio after another look of the desk."""
    carry(post, spool)
    return [outgoing_of(order.body).radiogram.epoch for order in spool.waiting()]  # type: ignore[union-attr]


def test_a_change_that_the_channel_could_not_carry_is_not_used_up(net: Post) -> None:
    run("rotate")
    with contextlib.closing(Spool(net.settings.data / FILE)) as spool:
        assert carried(net, spool) == [2] and carried(net, spool) == [2]
        (order,) = spool.waiting()
        spool.note([Note("refused", {"uid": order.uid, "key": None, "reason": "suara"}, 0.0)], [], order.id)
        spool.keep({"ring": CENTRE.state()}, 0.0, "")
        assert carried(net, spool) == []  # not each half second
        later = Post(net.settings, net.database, clock=lambda: net.clock() + dt.timedelta(hours=1))
        elsewhere = Post(net.settings.model_copy(update={"radio": "loopback:other"}), net.database)
        assert carried(later, spool) == [2] and carried(elsewhere, spool) == [2, 2]


def test_a_change_the_radio_has_made_is_not_carried_again(net: Post) -> None:
    run("rotate")
    with contextlib.closing(Spool(net.settings.data / FILE)) as spool:
        spool.keep({"ring": ring(net).state()}, 0.0, "")
        assert carried(net, spool) == []
        run("rotate")
        assert carried(net, spool) == [3]
        other = Keyring(Card.of_root(bytes(16), 1, 0), epoch=9)
        spool.keep({"ring": other.state()}, 0.0, "")
        assert carried(net, spool) == [3]


@pytest.mark.parametrize("more", ["&carrier=bare&service=lora_free&sf=9", ""])
def test_a_station_that_the_register_put_out_is_not_heard_on_any_carrier(more: str, tmp_path: Path) -> None:
    device = make_device(f"loopback:{tmp_path}/air{FAST}{more}", tmp_path)
    with contextlib.closing(Spool(tmp_path / FILE)) as spool:
        rig = Rig(device, link_config(KEY, 0, "POSKO", device), spool)
        rig._bell.close()
        card = Keyring(CENTRE.card.hand_out(3))
        sealed = wire.seal(get_profile("dinas"), Status(0, number=1), card, 3, 0, 5)
        frame = sealed if more else ax25.ui("TRC-3", "POSKO", sealed)
        for register, kind in (({3: None}, "revoked"), ({3: "TRC-3"}, ""), ({}, "")):
            rig.callsigns = register
            assert rig._impostor(frame) == kind
        assert rig._impostor(b"\x1a") == ""


def test_a_new_computer_whose_clock_is_in_the_past_is_believed_with_its_new_card(net: Post, tmp_path: Path) -> None:
    heard = {"epoch": 1, "sources": {"2": [995_000, 1], str(2 + 256): [0xFFFFFFF0, 1]}}
    with contextlib.closing(Spool(net.settings.data / FILE)) as spool:
        spool.keep({"ring": CENTRE.state(), "window": heard}, 0.0, "")
    run("rotate")
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "radio_key").write_text(card_of(net, "TRC-2"))
    key = _key_of(None, net.settings.model_copy(update={"data": tmp_path / "team", "radio_key": ""}))
    device = make_device(f"loopback:{tmp_path}/air{FAST}", tmp_path)
    with contextlib.closing(Spool(tmp_path / "team" / FILE)) as spool:
        config = link_config(key, 2, "TRC-2", device)
        for _ in range(2):  # the second finds what an unbelieved run left behind
            rig = Rig(device, config, spool, wall=lambda: 0.0)
            rig._bell.close()
            assert rig._link.keying.counter == 995_000 + 65_536 and config.key_ring.epoch == 2
            left = rig._link.state()
            spool.keep({**left, "counters": {"reserved_until": 500}}, 0.0, rig._boot)
    assert "@" not in card_of(net, "TRC-1")


def test_what_the_radio_knows_of_another_root_or_of_older_days_moves_no_epoch(net: Post) -> None:
    other = Keyring(Card.of_root(bytes(16), 1, 0))
    with contextlib.closing(Spool(net.settings.data / FILE)) as spool:
        spool.keep({"ring": other.turned(other.change((1,))).state()}, 0.0, "")
        assert first_line(run("rotate")) == "masa 2"
        spool.keep({"ring": CENTRE.state()}, 0.0, "")
        assert first_line(run("rotate")) == "masa 3" and ring(net).out == ()


def test_a_change_pressed_twice_is_one_change(net: Post) -> None:
    twice = uid()
    first = net.do(keys.change_keys, "test", twice)
    assert net.do(keys.change_keys, "test", twice) == first
    assert ring(net).epoch == 2
    with pytest.raises(NotFound):
        net.do(keys.put_out, "test", uid(), "TRC-9")


def test_a_new_root_makes_every_card_worthless(net: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    run("rotate")
    old = card_of(net, "TRC-1")
    path = net.settings.data / "radio_key"
    told = run("new", "--yes")
    assert told.exit_code == 0 and path.read_text() not in (KEY, "")
    assert path.read_text() not in told.output and stat.S_IMODE(os.stat(path).st_mode) == 0o600
    renewed = ring_of(path.read_text(), 0)
    assert renewed.epoch == 1 and renewed.card.public != ring_of(old, 1).card.public
    assert "masa 1" in run("list").output
    monkeypatch.setenv("POSKO_RADIO_KEY", KEY)
    assert run("new", "--yes").exit_code == 2
    assert run("new").exit_code == 1


def test_no_key_stands_in_the_journal_the_list_or_the_spool(net: Post, tmp_path: Path) -> None:
    card = card_of(net, "TRC-1")
    run("hand-out", "TRC-2", "--file", str(tmp_path / "stick"))
    run("revoke", "TRC-3")
    with net.database.read() as conn:
        told = json.dumps([line.body for line in journal.after(conn, 0, 1000)])
    told += run("list").output + run("list", "--json").output
    listed = json.loads(run("list", "--json").output)
    assert [one["out"] for one in listed["stations"]] == [False, False, True]
    with running(net) as bridge:
        wait_for(lambda: bridge.spool.link() and bridge.spool.link().state["ring"]["epoch"] == 2)
        told += json.dumps(bridge.spool.link().state)
    centre = ring(net).card
    for secret in (KEY, centre.tree.hex(), centre.voices.hex(), centre.signing.hex(), centre.base.hex(), card[8:40]):
        assert secret not in told


def test_on_the_air_the_net_follows_and_the_thief_does_not(net: Post, tmp_path: Path) -> None:
    url = net.settings.radio
    with (
        running(net) as bridge,
        team(url, tmp_path / "one", key=card_of(net, "TRC-1")) as (one, told),
        team(url, tmp_path / "two", number=2, name="TRC-2", key=card_of(net, "TRC-2")) as (thief, overheard),
    ):
        wait_for(lambda: bridge.rig.callsigns)
        run("revoke", "TRC-2")
        wait_for(lambda: events(told, "key"))
        actions_uid = net.do(actions.queue_text, "test", uid(), "Kembali ke pos", "TRC-1")["uid"]
        wait_for(lambda: events(told, "text"))
        one.report(4)
        wait_for(lambda: events(told, "delivered"))
        thief.report(9)
        wait_for(lambda: bridge.spool.tallies().get("rejected.revoked"))
    assert actions_uid and not events(overheard, "text") and not events(overheard, "key")
    assert counts(net)["behind"] == 0


def test_a_spool_that_cannot_be_read_leaves_the_list_standing(net: Post) -> None:
    (net.settings.data / "radio_spool.db").write_bytes(b"not a database at all" * 100)
    assert queries.heard_in(net.settings.data, CENTRE) == {}
    assert "masa 1" in run("list").output


def test_a_team_whose_radio_was_stolen_gets_another(net: Post) -> None:
    entry = net.do(incident_actions.add_unit, "test", None, "TRC-7", "trc", "BPBD")
    unit_id = int(entry["body"]["cards"]["units"][0]["id"])
    net.do(add_station, "test", None, "TRC-7", unit_id, 7)
    assert run("join", "TRC7-2", "--unit", "trc-7").exit_code == 1  # it has one that is believed
    run("revoke", "TRC-7")
    told = run("join", "TRC7-2", "--unit", "TRC-7", "--number", "8")
    assert (told.exit_code, told.output.split()) == (0, ["stasiun", "8", "TRC7-2"])
    with net.database.read() as conn:
        assert air.stations_of_units(conn, [unit_id]) == {unit_id: 8}
        assert air.callsigns(conn)[7] is None
    assert ring_of(card_of(net, "TRC7-2"), 8).out == (7,)
    assert run("join", "TRC-9", "--unit", "NIHIL").exit_code == 1


@pytest.mark.parametrize("words", [[], ["list"], ["new"], ["hand-out"], ["join"], ["revoke"], ["rotate"]])
def test_every_command_has_help_with_an_example(words: list[str]) -> None:
    assert "Example:" in CliRunner().invoke(radio, ["keys", *words, "--help"]).output


# whether the net was told


def elsewhere(post: Post, more: str, monkeypatch: pytest.MonkeyPatch) -> Post:
    """The same post with its radio on another channel, for the commands too."""
    radio_url = post.settings.radio + more
    monkeypatch.setenv("POSKO_RADIO", radio_url)
    return Post(post.settings.model_copy(update={"radio": radio_url}), post.database)


def entries_of(post: Post, kind: str) -> list[Any]:
    with post.database.read() as conn:
        return [line.body for line in journal.after(conn, 0, 1000) if line.kind == kind]


def lamp_words(post: Post) -> str:
    with post.database.read() as conn:
        return next((one["words"] for one in incident_queries.lamp_cards(conn) if one["id"] == "radio"), "")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("&service=rapi&callsign=JZ21AB", "hanya orang yang bicara"),
        ("&carrier=bare&service=lora_free&sf=12&bw=62.5", "lebih lama dari yang boleh"),
    ],
)
def test_a_change_the_channel_cannot_carry_is_told_to_who_made_it(
    net: Post, more: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the answer of the command, in the journal, on the lamp, in the list and in what the page reads."""
    post = elsewhere(net, more, monkeypatch)
    told = run("revoke", "TRC-2")
    assert told.exit_code == 0 and "BELUM DIUMUMKAN" in told.output and why in told.output
    assert "hand-out" in told.output  # and what to do
    with running(post):
        (refused,) = wait_for(lambda: entries_of(post, "radio.keys_refused"))
        wait_for(lambda: lamp_words(post) == "kunci masa 2 belum diumumkan")
        assert refused["epoch"] == 2 and why in refused["reason"]
    with post.database.read() as conn:
        assert why in queries.state(conn, post.settings)["problem"]
    assert why in run("list").output and counts(post)["is_told"] is False
    assert entries_of(post, "radio.keys_said") == []


def test_a_refused_change_is_written_down_once_however_often_it_is_tried(net: Post) -> None:
    run("rotate")
    with contextlib.closing(Spool(net.settings.data / FILE)) as spool:
        for hour in range(3):
            later = Post(net.settings, net.database, clock=lambda h=hour: net.clock() + dt.timedelta(hours=h))
            carried(later, spool)
            (order,) = spool.waiting()
            spool.note([Note("refused", {"uid": order.uid, "key": None, "reason": "x"}, 0.0)], [], order.id)
            (happening,) = spool.happenings()
            for _ in range(2):  # a kill between the two leaves it there
                note_refusal(later, spool, happening)
            spool.stored([happening.id])
        assert trouble(net, spool) == "kunci masa 2 belum diumumkan"
        assert trouble(Post(net.settings.model_copy(update={"radio": "loopback:b"}), net.database), spool) == ""
        spool.keep({"ring": ring(net).state()}, 0.0, "")
        assert trouble(net, spool) == ""
    assert len(entries_of(net, "radio.keys_refused")) == 1


def test_a_refused_message_is_no_refused_change_of_keys(net: Post) -> None:
    run("rotate")
    with contextlib.closing(Spool(net.settings.data / FILE)) as spool:
        carried(net, spool)
        note_refusal(net, spool, Happening(1, "refused", {"uid": uid(), "reason": "x"}, 0.0))
    assert entries_of(net, "radio.keys_refused") == []


def test_who_put_a_station_out_learns_when_the_net_was_told(net: Post) -> None:
    assert "`posko radio` tidak berjalan" in run("revoke", "TRC-2").output
    assert "tidak berjalan" in run("list").output
    with running(net):
        assert wait_for(lambda: entries_of(net, "radio.keys_said")) == [{"epoch": 2}]
    assert counts(net) == count_of(epoch=2, unheard=2, out=1)
    assert "diumumkan" not in run("list").output and entries_of(net, "radio.keys_refused") == []


def test_the_page_reads_how_far_the_net_follows(net: Post, ask: Callable[..., Any]) -> None:
    run("revoke", "TRC-2")
    with contextlib.closing(Spool(net.settings.data / FILE)) as spool:
        spool.keep({"ring": CENTRE.state(), "epochs": {"1": 1}}, 0.0, "")
        told = ask("dispatcher", "GET", "/radio/log").json["keys"]
        assert told == count_of(epoch=2, is_told=False, behind=1, unheard=1, out=1) | {"problem": None}
        spool.keep({"ring": ring(net).state(), "epochs": {"1": 2, "3": 2}}, 0.0, "")
        assert ask("dispatcher", "GET", "/radio/log").json["keys"] == count_of(epoch=2, newest=2, out=1) | {
            "problem": None
        }


def test_epochs_of_an_older_root_count_for_nothing(net: Post) -> None:
    other = Keyring(Card.of_root(bytes(16), 1, 0))
    with contextlib.closing(Spool(net.settings.data / FILE)) as spool:
        spool.keep({"ring": other.state(), "epochs": {"1": 1, "2": 1}}, 0.0, "")
    assert counts(net) == count_of(unheard=3)


# the night of a stolen commander's card, as docs/operations.md tells it

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def typed() -> list[str]:
    """The commands of that chapter that are about keys, in their order, without what stands behind them."""
    chapter = OPERATIONS.read_text().split("## The night a commander's radio is stolen")[1].split("\n## ")[0]
    lines = "\n".join(chapter.split("```")[1::2]).splitlines()
    return [line.split("#")[0].strip() for line in lines if line.startswith("posko radio keys")]


def test_that_night_every_command_of_the_docs_does_what_they_say(net: Post, tmp_path: Path) -> None:
    """The thief is deaf and not believed; who has the new card hears, and the commander's next radio commands."""
    entry = net.do(incident_actions.add_unit, "test", None, "KMD-2", "command", "BPBD")
    unit_id = int(entry["body"]["cards"]["units"][0]["id"])
    net.do(add_station, "test", None, "KMD-2", unit_id, 7)
    stolen = card_of(net, "KMD-2", commands=True)
    run("rotate")
    old = card_of(net, "TRC-1")
    answers = []
    for command in typed():
        words = command.removeprefix("posko radio keys ").replace("/media/usb", str(tmp_path)).split()
        if words[0] == "hand-out":
            Path(words[-1]).parent.mkdir()
        answers.append((words[0], run(*words)))
    assert [(name, told.exit_code) for name, told in answers] == [
        ("revoke", 1), ("new", 0), ("revoke", 0), ("hand-out", 0), ("list", 0), ("join", 0), ("hand-out", 0),
        ("rotate", 0),
    ]  # fmt: skip
    assert "buat akar baru" in answers[0][1].output and first_line(answers[2][1]) == "masa 2, dicabut: 7"
    assert "kartu 20" in answers[4][1].output
    root = (net.settings.data / "radio_key").read_text()
    with net.database.read() as conn:
        centre = queries.centre_ring(conn, root)
        change = queries.newest(conn, mark_of(bytes.fromhex(root)))
    assert change is not None
    number = int(answers[5][1].output.split()[1])
    hers, next_boss = (tmp_path / name / "radio_key" for name in ("TRC-1", "KMD2-2"))
    assert ring_of(hers.read_text(), 1).turned(change).card.public == centre.card.public
    assert centre.card.public != ring_of(old, 1).card.public
    assert ring_of(next_boss.read_text(), number).turned(change).commanders == (0, number)
    with pytest.raises(BadFrame):
        ring_of(stolen, 7).turned(change)
