"""Search over everything: whatever was recorded is found by each of its words, and by nobody who may not see it."""

from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis import tables
from incident import ground, journal, rules
from incident.casework.regrouping import merge_incidents
from incident.finding import index, leaves, search
from incident.finding.models import FindLeaf, FindNumber
from incident.models import Call
from incident.relay import Relay
from tests.factories import call_body, on_spatialite, uid
from tests.room import open_room

ROOM = ("admin", "coordinator", "dispatcher", "call_taker")


def find(ask: Any, q: str, role: str = "call_taker", **more: Any) -> dict[str, list[Any]]:
    answer = ask(role, "POST", "/find", {"q": q, **more})
    assert answer.status_code == 200, answer.json
    return {group["kind"]: group["rows"] for group in answer.json["groups"]}


def record(ask: Any, **said: Any) -> Any:
    answer = ask("call_taker", "POST", "/calls", call_body(**said))
    assert answer.status_code == 201, answer.json
    return answer.json


def relay(app: Any) -> None:
    carrier = Relay(app.extensions["posko"])
    while carrier.step():
        pass


@pytest.fixture(params=["at once", "from the index"])
def settle(request: pytest.FixtureRequest, app: Any) -> Any:
    """Looked for before the relay came round, and after."""
    return (lambda: relay(app)) if request.param == "from the index" else (lambda: None)


def test_a_call_is_found_by_its_number_name_phone_village_and_words(ask, settle):
    made = record(ask, place={"text": "Desa Pohgading, Kec. Pringgabaya", "lon": 116.6, "lat": -8.5, "method": "map"})
    settle()
    for q in ("LT-0001", "lt-1", "1", "0001"):
        (row,) = find(ask, q)["incidents"]
        assert (row["id"], row["by"], row["number"]) == (made["incident"], "number", "LT-0001"), q
    for q, by in (
        ("sri", "name"),
        ("SRÍ", "name"),
        ("pinggang", "words"),
        ("setinggi ping", "words"),
        ("pohg", "place"),
    ):
        (row,) = find(ask, q)["calls"]
        assert (row["id"], row["by"], row["caller_phone"]) == (made["call"], by, "0812****321"), q
    for q in ("081234567321", "0812", "+62 812-3456", "7321", "4567", "6281234567321"):
        (row,) = find(ask, q)["calls"]
        assert (row["id"], row["by"]) == (made["call"], "phone"), q
    assert [row["id"] for row in find(ask, "pringgabaya pohgading")["incidents"]] == [made["incident"]]
    assert [row["id"] for row in find(ask, "banjir pringgabaya")["incidents"]] == [made["incident"]]


def test_what_is_not_there_is_not_find(ask, settle):
    record(ask)
    settle()
    for q in ("gempa", "banjir gempa", "08999", "0813", "LT-0009", "!!!", "ai", "ir"):
        assert find(ask, q) == {}, q


@pytest.mark.parametrize("role", sorted(set(rules.ROLES) - set(ROOM)))
def test_names_numbers_and_words_of_callers_are_found_by_no_role_that_may_not_read_calls(ask, settle, role):
    record(ask, narrative="Nenek pikun hilang", caller={"name": "Bu Sri", "phone": "081234567321"})
    settle()
    for q in ("sri", "081234567321", "7321", "0812", "pikun", "nenek"):
        assert find(ask, q, role) == {}, q


@pytest.mark.parametrize("few", [0, 500])
def test_a_field_team_an_agency_and_a_village_find_only_their_own(ask, cast, settle, monkeypatch, few):
    monkeypatch.setattr(search, "FEW", few)  # who has many is answered from the index, who has few from their rows
    here = record(
        ask, place={"text": "Pohgading", "lon": 116.6, "lat": -8.5, "method": "map", "area_code": "52.03.01.2001"}
    )
    there = record(
        ask, place={"text": "Pohgading", "lon": 116.49, "lat": -8.76, "method": "map", "area_code": "52.03.02.2004"}
    )
    for made, unit in ((here, "TRC-1"), (there, "PSC-1")):
        body = {"uid": uid(), "unit_id": cast.units[unit]}
        assert ask("dispatcher", "POST", f"/incidents/{made['incident']}/assignments", body).status_code == 201
    for agency in ("BPBD", "PSC119"):
        body = {"uid": uid(), "words": f"Pohgading {agency}", "owner_kind": "agency", "owner": agency}
        assert ask("dispatcher", "POST", "/tasks", body).status_code == 201
    settle()
    for role in ("field", "agency", "village"):
        assert [row["id"] for row in find(ask, "pohgading", role)["incidents"]] == [here["incident"]], role
        assert "incidents" not in find(ask, f"LT-000{there['incident']}", role)
    assert [row["words"] for row in find(ask, "pohgading", "agency")["tasks"]] == [
        [["Pohgading", True], [" BPBD", False]]
    ]
    assert "tasks" not in find(ask, "pohgading", "village")
    assert len(find(ask, "pohgading", "leader")["incidents"]) == 2


def test_notes_tasks_decisions_and_units_are_find(ask, settle):
    made = record(ask)["incident"]
    ask("dispatcher", "POST", f"/incidents/{made}/note", {"uid": uid(), "text": "Perahu karet di jembatan"})
    ask("dispatcher", "POST", "/tasks", {"uid": uid(), "words": "Pinjam perahu Basarnas", "incident": made})
    said = {"uid": uid(), "words": "Perahu dipusatkan", "owner": "BPBD", "incident": made}
    assert ask("coordinator", "POST", "/decisions", said).status_code == 201
    settle()
    found = find(ask, "perahu", "leader")
    assert {kind: len(rows) for kind, rows in found.items()} == {"tasks": 1, "decisions": 1, "lines": 1}
    assert found["lines"][0]["number"] == "LT-0001" and found["lines"][0]["person"] == "dewi"
    assert found["lines"][0]["words"] == [["Perahu", True], [" karet di jembatan", False]]
    assert [row["call_sign"] for row in find(ask, "trc1", "dispatcher")["units"]] == ["TRC-1"]
    assert [row["call_sign"] for row in find(ask, "TRC-1", "agency")["units"]] == ["TRC-1"]
    assert "units" not in find(ask, "PSC-1", "agency") and "units" not in find(ask, "TRC-1", "village")


def test_a_struck_line_is_found_and_says_that_it_is_struck(ask, app):
    made = record(ask)["incident"]
    line = ask("dispatcher", "POST", f"/incidents/{made}/note", {"uid": uid(), "text": "Salah catat"}).json["seq"]
    ask("dispatcher", "POST", f"/incidents/{made}/chronology/{line}/strike", {"uid": uid(), "text": "keliru"})
    relay(app)
    assert [row["struck"] for row in find(ask, "salah")["lines"]] == [True]


def test_open_incidents_come_before_closed_ones_however_many_those_are(ask, app):
    first = record(ask, type="longsor")["incident"]
    for _ in range(4):
        made = record(ask, type="longsor")["incident"]
        ask("dispatcher", "POST", f"/incidents/{made}/close", {"uid": uid(), "disposition": "handled"})
    relay(app)
    assert [row["id"] for row in find(ask, "longsor", limit=2)["incidents"]] == [first, made]
    more = ask("call_taker", "POST", "/find", {"q": "longsor", "limit": 2}).json["groups"][0]["more"]
    assert more is True
    ask("coordinator", "POST", f"/incidents/{first}/close", {"uid": uid(), "disposition": "handled"})
    relay(app)
    assert find(ask, "longsor", limit=2)["incidents"][0]["id"] == made


@on_spatialite
def test_a_corrected_place_is_found_by_its_new_name_and_no_longer_by_the_old(ask, app):
    made = record(ask)["incident"]
    relay(app)
    place = {"text": "Keruak", "lon": 116.49, "lat": -8.76, "method": "map"}
    said = {"uid": uid(), "text": "Salah dengar", "place": place}
    assert ask("dispatcher", "POST", f"/incidents/{made}/correct", said).status_code == 200
    relay(app)
    assert "incidents" in find(ask, "keruak") and "incidents" not in find(ask, "pringgabaya")


@on_spatialite
def test_a_missed_call_is_found_by_a_part_of_its_number(ask, settle):
    ring = ask("call_taker", "POST", "/calls/ringing", {"uid": uid(), "phone": "081999888777"}).json["ring"]
    settle()
    (row,) = find(ask, "8877")["rings"]
    assert (row["id"], row["caller_phone"], row["by"]) == (ring, "0819****777", "phone")
    assert find(ask, "8877", "leader") == {}


@on_spatialite
def test_what_is_asked_must_be_words_of_some_length_and_comes_in_a_body(ask):
    for body, name in (({}, "q"), ({"q": ""}, "q"), ({"q": "x" * 201}, "q"), ({"q": "a", "limit": 51}, "limit")):
        answer = ask("call_taker", "POST", "/find", body)
        assert (answer.status_code, answer.json["field"]) == (422, name)
    assert ask("call_taker", "GET", "/find?q=0812").status_code == 405
    assert ask(None, "POST", "/find", {"q": "x"}).status_code == 401


@on_spatialite
@pytest.mark.parametrize(
    "q", ["a' OR 1=1", '"', "x*", "NEAR(a b)", "a:b", "- -", "&|!", "\\", "ＡＢＣ", "ß", "مرحبا", "🌊"]
)
def test_no_question_breaks_the_index(ask, app, q):
    record(ask, narrative="abc ss مرحبا")
    relay(app)
    assert find(ask, q).keys() <= {"calls"}


# the index


def _rows(post: Any) -> list[tuple[Any, ...]]:
    with post.database.read() as conn:
        found = [tuple(row)[1:] for table in (FindLeaf, FindNumber) for row in conn.execute(table.__table__.select())]
    return sorted(found, key=str)


def test_the_index_is_written_once_and_a_second_relay_changes_nothing(post):
    room = open_room(post)
    room.open(caller_phone="081234567321", caller_name="Sri", narrative="air naik")
    room.relay()
    before = _rows(post)
    assert len(before) == 4
    with post.database.read() as conn:
        head, lines = journal.head(conn), journal.after(conn, 0, 100)
        assert index.position(conn) == head
    index.Indexer(post, index.READER, {})._take(lines)
    assert _rows(post) == before


def test_a_call_saved_does_not_touch_the_index(post):
    room = open_room(post)
    room.relay()
    before = _rows(post)
    room.open(caller_phone="081234567321")
    assert _rows(post) == before


def test_an_entry_that_cannot_be_indexed_is_parked_and_the_others_are_found(post, monkeypatch):
    from incident.finding import sources

    room = open_room(post)
    room.relay()
    real, bad = sources.gather, room.call(narrative="rusak")["call"]

    def gather(conn: Any, ids: Any) -> Any:
        if bad in ids.get("call", ()):
            raise ValueError("x")
        return real(conn, ids)

    monkeypatch.setattr(sources, "gather", gather)
    room.open(narrative="utuh")
    room.relay()
    assert [row[2] for row in _rows(post) if row[0] == "c" and len(row) == 3] == ["cutuh cpringgabaya"]
    with post.database.read() as conn:
        assert "reader.parked" in [line.kind for line in journal.after(conn, 0, 1000)]


def test_a_rebuild_makes_the_same_index_and_leaves_out_what_was_erased(post):
    room = open_room(post)
    ids = [room.open(caller_phone=f"08123456732{n}", caller_name="Sri", narrative=f"air {n}") for n in range(3)]
    room.do(merge_incidents, ids[0], ids[1], "sama")
    room.relay()
    before = _rows(post)
    told: list[int] = []
    assert index.rebuild(post, told.append) == sum(told) > 6
    assert _rows(post) == before
    erase = Call.__table__.update().where(Call.__table__.c.id == 1)
    post.database.write(lambda conn: conn.execute(erase.values(caller_phone=None, caller_name=None, narrative=None)))
    index.rebuild(post)
    left = str(_rows(post))
    assert "08123456732" in left and "081234567320" not in left and "cair c0" not in left
    assert sum(row[0] == "n" for row in _rows(post)) == 2


@on_spatialite
def test_a_site_that_was_there_before_the_search_is_indexed_by_the_relay_or_by_the_command(post, monkeypatch):
    from incident import commands

    room = open_room(post)
    room.open(narrative="air naik")
    monkeypatch.setattr(commands, "_post", lambda: post)
    done = CliRunner().invoke(commands.db_reindex)
    assert done.exit_code == 0 and "rows were read" in done.output
    assert any("cair" in str(row) for row in _rows(post))
    with post.database.read() as conn:
        assert index.position(conn) == journal.head(conn)


@on_spatialite
def test_nothing_of_a_question_or_of_the_index_reaches_journal_or_log(ask, app, capsys):
    record(ask)
    relay(app)
    find(ask, "081234567321")
    find(ask, "Bu Sri")
    with app.extensions["posko"].database.read() as conn:
        told = str([line.told() for line in journal.after(conn, 0, 1000)])
    said = capsys.readouterr()
    for secret in ("081234567321", "Bu Sri"):
        assert secret not in told and secret not in said.out + said.err


# properties

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1, max_size=60
)


@given(TEXTS)
def test_every_word_of_a_text_meets_the_leaf_of_that_text(words):
    made = leaves.leaf("c", 1, words)
    for word in words.split():
        asked = leaves.wanted(word)
        assert leaves.meets(made, "c", asked), word
        assert not asked or not leaves.meets(made, "n", asked)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_whatever_was_recorded_is_found_by_each_of_its_words_and_never_by_others(ask, app, words):
    body = call_body(narrative=words, **{"class": "info"})
    answer = ask("call_taker", "POST", "/calls", body)
    if answer.status_code != 201:  # what the desk refuses is not recorded
        return
    relay(app)
    made = answer.json["call"]
    for word in words.split():
        if leaves.wanted(word):
            assert made in [row["id"] for row in find(ask, word, limit=50)["calls"]], word
            assert "calls" not in find(ask, word, "leader")


@given(st.from_regex(r"(0|\+62)8[0-9]{8,11}", fullmatch=True), st.data())
def test_every_end_and_beginning_of_a_number_is_a_question_for_it(phone, data):
    digits = leaves.digits_of(phone)
    cut = data.draw(st.integers(leaves.LEAST_DIGITS, len(digits)))
    assert digits[:cut] in leaves.asked_digits(digits[:cut])
    assert digits[-cut:] in leaves.asked_digits(digits[-cut:])
    assert digits in leaves.asked_digits(phone)


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_a_snippet_is_made_of_the_text_and_marks_what_was_asked(words, asked):
    pieces = leaves.snippet(words, [one for ask in asked for one in leaves.wanted(ask)])
    plain = "".join(str(piece) for piece, _ in pieces if piece != "…")
    assert plain in words or "…" in words
    assert all(piece for piece, _ in pieces)


def test_landmarks_and_notes_of_places_are_found_until_they_are_forgotten_or_struck(ask, settle):
    place = {"lon": 116.53, "lat": -8.65}
    landmark = ask("call_taker", "POST", "/landmarks", {"uid": uid(), "name": "Gudang Rinjani", **place}).json
    told = {"uid": uid(), "kind": "hazard", "words": "Kabel listrik rendah", **place}
    note = ask("call_taker", "POST", "/place-notes", told).json["note"]
    settle()
    assert [row["words"] for row in find(ask, "rinjani")["landmarks"]] == [[["Gudang ", False], ["Rinjani", True]]]
    assert [row["id"] for row in find(ask, "listrik")["notes"]] == [note["id"]]
    assert "notes" not in find(ask, "listrik", "field"), "who writes no notes reads none"
    card = landmark["body"]["landmark"]
    ask("coordinator", "POST", f"/landmarks/{card['id']}/forget", {"uid": uid()})
    ask("call_taker", "POST", f"/place-notes/{note['id']}/strike", {"uid": uid(), "why": "sudah dipindah"})
    settle()
    assert "landmarks" not in find(ask, "rinjani") and "notes" not in find(ask, "listrik")


def test_landmarks_of_a_list_are_found_too(ask, app, settle):
    rows = tables.read("landmarks", b"nama,bujur,lintang\nPohon Beringin Tua,116.53,-8.65\n").rows
    ground.import_table(app.extensions["posko"], "sari", uid(), "landmarks", rows, "patokan.csv")
    settle()
    assert [row["lon"] for row in find(ask, "beringin")["landmarks"]] == [116.53]
