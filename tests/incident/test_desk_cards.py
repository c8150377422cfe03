"""Question cards: answers set and explain the priority, the site has its own, and a bad file stops nobody."""

import itertools
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident import actions, intake, seeds
from incident.desk import deck
from incident.desk.cards import BadCard, judge, read, said, shown
from incident.rules import PRIORITIES
from tests.factories import call_body, on_spatialite, report, uid

ROOT = Path(__file__).parents[2]
USUAL = {code: priority for code, _, _, _, _, priority, _ in seeds.TYPES}
CARDS = deck.built_in()
CARD = """
type = "banjir"
[[question]]
code = "trapped"
id = "Ada yang terjebak?"
en = "Anyone trapped?"
answers = [
  { code = "yes", key = "y", id = "Ya", en = "Yes", raise = "P1", because = { id = "terjebak", en = "trapped" } },
  { code = "no", key = "t", id = "Tidak", en = "No", set = "P3", because = { id = "tidak ada", en = "nobody" } },
]
[[say]]
id = "Naik."
en = "Go up."
when = { trapped = "yes" }
"""


# judging


def every_answer(card: Any) -> list[dict[str, str]]:
    choices = [[None, *(one.code for one in question.answers)] for question in card.questions]
    codes = [question.code for question in card.questions]
    sets = itertools.product(*choices)
    return [{code: one for code, one in zip(codes, chosen, strict=True) if one} for chosen in sets]


def test_there_is_a_card_for_each_of_the_types_a_life_hangs_on():
    assert {"kebakaran", "banjir", "longsor", "gempa", "laka", "medis", "sar"} <= set(CARDS) <= set(USUAL)


@pytest.mark.parametrize("code", CARDS)
def test_a_built_in_card_asks_three_to_five_things_and_reads_something_out(code: str):
    assert 3 <= len(CARDS[code].questions) <= 5
    assert CARDS[code].advice


@pytest.mark.parametrize("code", CARDS)
def test_no_answer_leaves_the_usual_priority(code: str):
    assert judge(CARDS[code], {}, USUAL[code]).priority == USUAL[code]


@pytest.mark.parametrize("code", CARDS)
def test_a_changed_priority_is_always_explained_in_both_languages(code: str):
    for answers in every_answer(CARDS[code]):
        found = judge(CARDS[code], answers, USUAL[code])
        if found.priority != USUAL[code]:
            assert found.why("id") and found.why("en"), answers


@pytest.mark.parametrize("code", CARDS)
def test_one_urgent_answer_is_never_outweighed(code: str):
    for answers in every_answer(CARDS[code]):
        worst = [
            one.raises
            for question in CARDS[code].questions
            if (one := question.find(answers.get(question.code))) and one.raises
        ]
        assert judge(CARDS[code], answers, USUAL[code]).priority <= min(worst, default="P4")


@given(st.data())
def test_the_order_of_the_answers_does_not_matter(data: st.DataObject):
    code = data.draw(st.sampled_from(sorted(CARDS)))
    answers = data.draw(st.sampled_from(every_answer(CARDS[code])))
    shuffled = dict(data.draw(st.permutations(list(answers.items()))))
    usual = data.draw(st.sampled_from(PRIORITIES))
    assert judge(CARDS[code], answers, usual) == judge(CARDS[code], shuffled, usual)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=4), st.sampled_from(PRIORITIES))
def test_answers_nobody_knows_change_nothing_and_are_named(answers: dict[str, str], usual: str):
    found = judge(CARDS["banjir"], answers, usual)
    assert found.priority == usual and set(found.strange) == set(answers)


def test_what_the_callers_desk_said_counts_when_the_card_was_edited_meanwhile():
    gone = {"old_question": "yes"}
    assert judge(CARDS["banjir"], gone, "P2", "P1").priority == "P1"
    assert judge(CARDS["banjir"], gone, "P2", "P3").priority == "P2"
    assert judge(CARDS["banjir"], {"trapped": "no"}, "P2", "P1").priority == "P2"


@pytest.mark.skipif(shutil.which("node") is None, reason="node is missing: apt-get install nodejs")
def test_the_browser_judges_as_the_server_does():
    tried = [
        {"card": shown(CARDS[code], "id"), "given": answers, "usual": USUAL[code]}
        for code in sorted(CARDS)
        for answers in every_answer(CARDS[code])[::3]
    ]
    script = (
        "import { judge, adviceOf } from './static/js/question_card.js';"
        "import { readFileSync } from 'node:fs';"
        "const tried = JSON.parse(readFileSync(0));"
        "const told = tried.map(({ card, given, usual }) => judge(card, given, usual));"
        "console.log(JSON.stringify(told.map(({ priority, because }) => [priority, because.join(', ')])));"
    )
    command = ["node", "--input-type=module", "-e", script]
    ran = subprocess.run(command, input=json.dumps(tried), capture_output=True, text=True, cwd=ROOT, check=True)
    for one, found in zip(tried, json.loads(ran.stdout), strict=True):
        here = judge(CARDS[one["card"]["type"]], one["given"], one["usual"])
        assert found == [here.priority, here.why("id")], one["given"]


# reading


def test_a_card_reads_in_both_languages():
    card = read(CARD, "banjir")
    assert said(card, {"trapped": "yes"}, "id") == "Ada yang terjebak? Ya"
    assert shown(card, "en")["questions"][0]["answers"][0]["because"] == "trapped"
    assert shown(card, "en")["say"] == [{"text": "Go up.", "when": {"trapped": ["yes"]}}]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("type = ", "typ = "), "Baris `type`"),
        (('"banjir"', '"longsor"'), "Baris `type`"),
        (("[[question]]", "[[question"), "baris 3"),
        (('en = "Anyone trapped?"', ""), "`en` pada pertanyaan ke-1"),
        (('key = "t"', 'key = "y"'), "tombol `y` dipakai dua kali"),
        (('code = "no"', 'code = "yes"'), "kode jawaban `yes` dipakai dua kali"),
        (('key = "t"', 'key = "tt"'), "satu huruf kecil atau satu angka"),
        (('raise = "P1"', 'raise = "P9"'), "salah satu dari P1"),
        (('raise = "P1"', 'raise = "P1", set = "P2"'), "pilih salah satu"),
        ((', because = { id = "terjebak", en = "trapped" }', ""), "perlu alasan"),
        (('trapped = "yes"', 'trapped = "maybe"'), "tidak ada di kartu ini"),
        (('trapped = "yes"', 'wet = "yes"'), "tidak ada di kartu ini"),
        (("Ada yang terjebak?", "x" * 121), "lebih dari 120 huruf"),
        (('code = "trapped"', 'code = "Ter jebak"'), "kata pendek"),
        (('code = "trapped"', "code = 7"), "kata pendek"),
        (("[[say]]", "[say]"), "daftar tabel"),
    ],
)
def test_what_is_wrong_with_a_card_is_said_where_it_is(change: tuple[str, str], sentence: str):
    assert change[0] in CARD
    with pytest.raises(BadCard, match=re.escape(sentence)):
        read(CARD.replace(*change, 1), "banjir")


@given(st.text(max_size=300))
def test_no_text_is_more_than_a_bad_card(text: str):
    with pytest.raises(BadCard):
        read(text, "banjir")


def test_a_card_may_not_ask_more_than_five_things():
    more = "".join(CARD.split("[[say]]")[0].split("\n", 2)[2].replace("trapped", f"q{n}", 1) for n in range(6))
    with pytest.raises(BadCard, match="1 sampai 5 pertanyaan; ini 6"):
        read('type = "banjir"\n' + more, "banjir")


# the site's own


@pytest.fixture
def cards(tmp_path: Path) -> deck.Deck:
    ticks = itertools.count(0.0, 2.0)
    return deck.Deck(tmp_path, lambda: next(ticks))


def test_the_sites_card_takes_the_place_of_the_built_in_one_and_may_add_one(cards: deck.Deck):
    cards.keep("banjir", CARD)
    cards.keep("tsunami", CARD.replace("banjir", "tsunami"))
    assert len(cards.find("banjir").questions) == 1 and cards.is_own("banjir")  # type: ignore[union-attr]
    assert cards.find("tsunami") is not None
    assert cards.find("gempa") == CARDS["gempa"] and not cards.is_own("gempa")


def test_a_bad_file_is_named_and_the_built_in_card_stays(cards: deck.Deck):
    cards.folder.mkdir(parents=True)
    (cards.folder / "banjir.toml").write_text("type = ")
    (cards.folder / "gempa.toml").write_bytes(b"\xff\xfe")
    assert cards.find("banjir") == CARDS["banjir"] and cards.find("gempa") == CARDS["gempa"]
    assert [one.file for one in cards.faults] == ["banjir.toml", "gempa.toml"]
    assert "akhir berkas" in cards.faults[0].sentence


def test_a_file_that_changes_under_a_running_house_is_read_again(cards: deck.Deck):
    cards.keep("banjir", CARD)
    assert cards.find("banjir") != CARDS["banjir"]
    (cards.folder / "banjir.toml").unlink()
    assert cards.find("banjir") == CARDS["banjir"]


def test_putting_back_keeps_what_the_site_had_written(cards: deck.Deck):
    cards.keep("banjir", CARD)
    assert cards.put_back("banjir") and not cards.put_back("banjir")
    assert cards.find("banjir") == CARDS["banjir"]
    assert (cards.folder / "banjir.before").read_text() == CARD


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "Ä", "x" * 40])
def test_a_name_that_is_no_type_touches_no_file(cards: deck.Deck, name: str):
    with pytest.raises(LookupError):
        cards.path_of(name)


# a supervisor edits


def test_a_supervisor_changes_a_card_and_puts_it_back(ask, app):
    told = ask("coordinator", "POST", "/cards/banjir", {"uid": uid(), "text": CARD})
    assert told.status_code == 200 and told.json["shown"]["en"]["questions"][0]["text"] == "Anyone trapped?"
    whole = ask("coordinator", "GET", "/cards/banjir").json
    assert whole["own"] == CARD.strip() + "\n" and 'type = "banjir"' in whole["built_in"]
    assert {"type": "banjir", "own": True, "questions": 1} in ask("coordinator", "GET", "/cards").json["cards"]
    ask("admin", "POST", "/cards/banjir/restore", {"uid": uid()})
    assert ask("coordinator", "GET", "/cards/banjir").json["own"] is None
    kinds = [entry["kind"] for entry in ask("leader", "GET", "/journal?after=0&limit=500").json["entries"]]
    assert kinds[-2:] == ["card.changed", "card.restored"]


@on_spatialite
def test_a_card_that_cannot_be_used_is_refused_and_changes_nothing(ask):
    refused = ask("coordinator", "POST", "/cards/banjir", {"uid": uid(), "text": CARD.replace("P1", "P7")})
    assert refused.status_code == 422 and refused.json["field"] == "text" and "P1, P2" in refused.json["detail"]
    assert ask("coordinator", "GET", "/cards/banjir").json["own"] is None
    assert ask("coordinator", "POST", "/cards/nosuch", {"uid": uid(), "text": CARD}).status_code == 404
    assert ask("coordinator", "POST", "/cards/banjir/restore", {"uid": uid()}).status_code == 404


@on_spatialite
def test_a_look_at_a_card_keeps_nothing_and_the_same_change_twice_is_one(ask):
    ask("coordinator", "POST", "/cards/banjir", {"uid": uid(), "text": CARD, "check": True})
    assert ask("coordinator", "GET", "/cards/banjir").json["own"] is None
    body = {"uid": uid(), "text": CARD}
    for _ in range(2):
        assert ask("coordinator", "POST", "/cards/banjir", body).status_code == 200
    entries = ask("leader", "GET", "/journal?after=0&limit=500").json["entries"]
    assert [entry["kind"] for entry in entries].count("card.changed") == 1


# a call with answers


def opened(ask: Any, **said: Any) -> Any:
    told = ask("call_taker", "POST", "/calls", call_body(**said)).json
    return ask("leader", "GET", f"/incidents/{told['incident']}").json


def entry_of(whole: Any, kind: str) -> Any:
    return next(entry for entry in whole["chronology"] if entry["kind"] == kind)


def test_the_answers_make_the_priority_and_the_chronology_says_why(ask):
    whole = opened(ask, type="banjir", answers={"trapped": "yes", "depth": "knee"})
    assert whole["incident"]["priority"] == "P1"
    body = entry_of(whole, "incident.opened")["body"]
    assert body["priority_from"] == "card"
    assert body["because"] == {"id": "ada orang terjebak", "en": "people are trapped"}
    answers = entry_of(whole, "call.recorded")["body"]["answers"]
    assert answers["given"] == {"trapped": "yes", "depth": "knee"}
    assert answers["id"] == "Ada orang terjebak atau hanyut? Ya · Setinggi apa airnya? Lutut"
    assert answers["en"].startswith("Is anyone trapped")


def test_a_person_with_a_reason_stands_above_the_card(ask):
    whole = opened(
        ask, type="banjir", answers={"trapped": "yes"}, priority="P3", priority_reason="sudah ditangani warga"
    )
    assert whole["incident"]["priority"] == "P3"
    assert entry_of(whole, "incident.opened")["body"]["priority_from"] == "call_taker"


def test_without_answers_the_type_speaks_as_before(ask):
    whole = opened(ask, type="banjir")
    assert whole["incident"]["priority"] == "P2"
    assert entry_of(whole, "incident.opened")["body"]["priority_from"] == "type"


def test_the_answers_are_kept_in_codes_with_the_call(post):
    told = report(post, type="banjir", answers={"trapped": "no", "rising": "yes"})
    facts = post.do(actions.record_call, "sari", told.uid, told)
    with post.database.read() as conn:
        row = conn.execute(actions.Call.__table__.select().where(actions.Call.id == facts["call"])).one()
    assert json.loads(row.answers) == {"trapped": "no", "rising": "yes"}


def test_a_repeat_with_worse_answers_raises_the_incident_and_the_journal_says_why(ask):
    first = ask("call_taker", "POST", "/calls", call_body(type="banjir")).json["incident"]
    whole = opened(ask, type="banjir", incident=first, answers={"depth": "roof"})
    assert (whole["incident"]["id"], whole["incident"]["priority"], whole["incident"]["calls"]) == (first, "P1", 2)
    raised = entry_of(whole, "call.linked")["body"]["raised"]
    assert (raised["from"], raised["to"]) == ("P2", "P1")
    assert raised["because"] == {"id": "air setinggi atap", "en": "water up to the roof"}


def test_a_repeat_with_milder_answers_lowers_nothing(ask):
    first = ask("call_taker", "POST", "/calls", call_body(type="banjir", answers={"trapped": "yes"})).json["incident"]
    whole = opened(ask, type="banjir", incident=first, answers={"depth": "ankle"})
    assert whole["incident"]["priority"] == "P1"
    assert "raised" not in entry_of(whole, "call.linked")["body"]


@on_spatialite
@pytest.mark.parametrize("answers", [{"Trapped": "yes"}, {"trapped": "ya, di atap"}, {"trapped": 1}, "yes"])
def test_free_words_are_no_answers(ask, answers: Any):
    refused = ask("call_taker", "POST", "/calls", call_body(answers=answers))
    assert refused.status_code == 422


@on_spatialite
def test_what_a_village_sees_of_a_call_holds_no_answer(ask):
    told = ask("call_taker", "POST", "/calls", call_body(type="medis", answers={"awake": "no"})).json
    for role in ("village", "agency", "field"):
        seen = ask(role, "GET", f"/incidents/{told['incident']}")
        page = ask(role, "GET", "/journal?after=0&limit=500")
        assert "awake" not in seen.get_data(as_text=True) and "tidak sadar" not in page.get_data(as_text=True), role


def test_the_priority_has_one_source():
    def told(**more: Any) -> intake.Report:
        place = intake.Place("text", text="x")
        return intake.Report(uid(), "normal", "112", place, received_at=None, **more)  # type: ignore[arg-type]

    judged = judge(CARDS["banjir"], {"trapped": "yes"}, "P2")
    assert intake.priority_of(told(), "P2", judged) == ("P1", "ada orang terjebak")
    assert intake.priority_of(told(priority="P3"), "P2", judged) == ("P3", "call_taker")
    assert intake.priority_of(told(), "P2", judge(CARDS["banjir"], {"trapped": "no"}, "P2")) == ("P2", "type")
