"""Shift handover: the list lists itself, the next shift signs what it read, once; what nobody signed is red."""

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident import journal
from incident import rules as room_rules
from incident.handover import rules
from incident.handover.models import RoomShift
from tests.cast import NAMES
from tests.factories import call_body, on_spatialite, uid

LATER = "2190-01-01T07:00:00Z"
OBSTACLE = {"reason": "access", "text": "Jembatan putus", "unblock_by": "PUPR", "next_word_at": LATER}
AT = dt.datetime(2026, 11, 22, 7, 0, tzinfo=dt.UTC)


def start(ask: Any, role: str = "dispatcher", **said: Any) -> Any:
    return ask(role, "POST", "/shifts", {"uid": uid(), "name": "Siang", "ends_at": LATER, **said})


def leave(ask: Any, shift: int, role: str = "dispatcher", words: str = "Pompa 2 rusak", **said: Any) -> Any:
    return ask(role, "POST", f"/shifts/{shift}/leave", {"uid": uid(), "words": words, **said})


def sign(ask: Any, shift: int, digest: str, role: str = "coordinator", **said: Any) -> Any:
    body = {"uid": uid(), "hash": digest, "name": "Malam", "ends_at": LATER, **said}
    return ask(role, "POST", f"/shifts/{shift}/sign", body)


def shifts(ask: Any, role: str = "leader") -> Any:
    return ask(role, "GET", "/shifts").json


def items(ask: Any) -> dict[str, list[Any]]:
    return {group["kind"]: group["rows"] for group in shifts(ask)["items"]}


@pytest.fixture
def shift(ask: Any) -> int:
    return int(start(ask).json["body"]["shift"])


@pytest.fixture
def left(ask: Any, shift: int) -> tuple[int, str]:
    return shift, leave(ask, shift).json["body"]["hash"]


# the life of a shift


def test_a_shift_is_started_left_and_signed_and_the_next_one_runs(ask, left):
    shift, digest = left
    assert [card["state"] for card in ask("leader", "GET", "/board").json["shifts"]] == ["left"]
    signed = sign(ask, shift, digest, remark="Diterima")
    assert signed.status_code == 200, signed.json
    found = ask("leader", "GET", f"/shifts/{shift}").json
    assert (found["state"], found["signed_by"], found["remark"]) == ("signed", NAMES["coordinator"], "Diterima")
    assert found["fits"] and found["handed"]["words"] == "Pompa 2 rusak" and found["hash"] == digest
    (card,) = ask("leader", "GET", "/board").json["shifts"]
    assert (card["id"], card["name"], card["state"]) == (found["next_id"], "Malam", "running")
    assert card["led_by"] == NAMES["coordinator"]
    assert [one["id"] for one in shifts(ask)["signed"]] == [shift]


def test_nobody_signs_what_they_left_themselves(ask, left):
    shift, digest = left
    refused = sign(ask, shift, digest, role="dispatcher")
    assert refused.status_code == 403 and "tidak menandatangani sendiri" in refused.json["detail"]
    assert shifts(ask)["standing"]["state"] == "left"


def test_a_shift_is_signed_once_and_a_second_click_does_nothing(ask, left):
    shift, digest = left
    body = {"uid": uid(), "hash": digest, "name": "Malam", "ends_at": LATER}
    first, again = (ask("coordinator", "POST", f"/shifts/{shift}/sign", body) for _ in range(2))
    assert first.status_code == again.status_code == 200 and first.json == again.json
    late = sign(ask, shift, digest, role="admin")
    assert late.status_code == 409 and NAMES["coordinator"] in late.json["detail"]
    assert leave(ask, shift).status_code == 409


def test_who_signs_an_older_list_is_told_to_read_again(ask, left):
    shift, digest = left
    anew = leave(ask, shift, words="Pompa 2 rusak, juga pompa 3")
    assert anew.status_code == 200 and anew.json["body"]["hash"] != digest
    stale = sign(ask, shift, digest)
    assert stale.status_code == 409 and stale.json["field"] == "hash"
    assert sign(ask, shift, anew.json["body"]["hash"]).status_code == 200


def test_a_shift_that_did_not_leave_cannot_be_signed_and_only_one_stands(ask, shift):
    refused = sign(ask, shift, "0" * 64)
    assert refused.status_code == 409 and refused.json["allowed"] == ["leave"]
    second = start(ask, role="coordinator")
    assert second.status_code == 409 and "Siang" in second.json["detail"]


@on_spatialite
def test_what_a_shift_lacks_is_named(ask, left):
    shift, digest = left
    for said, name in (
        ({"name": ""}, "name"),
        ({"ends_at": "2020-01-01T00:00:00Z"}, "ends_at"),
        ({"hash": ""}, "hash"),
    ):
        refused = sign(ask, shift, digest, **said)
        assert (refused.status_code, refused.json["field"]) == (422, name)
    assert leave(ask, 99).status_code == sign(ask, 99, digest).status_code == 404
    assert ask("coordinator", "POST", f"/shifts/{shift}/leave", {"uid": uid()}).json["field"] == "words"


@on_spatialite
@pytest.mark.parametrize("role", sorted(room_rules.ROLES))
def test_only_the_room_hands_over_and_only_the_room_reads_it(ask, shift, role):
    status = leave(ask, shift, role=role).status_code
    assert status == (200 if role in ("admin", "coordinator", "dispatcher") else 403)
    reads = role in ("admin", "coordinator", "dispatcher", "call_taker", "leader")
    for path in ("/shifts", f"/shifts/{shift}", "/decisions", "/decisions.csv"):
        assert ask(role, "GET", path).status_code == (200 if reads else 403), path
    if "board.read" in room_rules.ROLE_VERBS[role]:
        assert bool(ask(role, "GET", "/board").json["shifts"]) == reads


# what lists itself


def test_everything_open_lists_itself_without_a_word_of_a_caller(ask, app, cast):
    first = ask("call_taker", "POST", "/calls", call_body(priority="P1")).json["incident"]
    second = ask("call_taker", "POST", "/calls", call_body(priority="P3")).json["incident"]
    ask("dispatcher", "POST", f"/incidents/{second}/obstruct", {"uid": uid(), **OBSTACLE})
    ring = ask("call_taker", "POST", "/calls/ringing", {"uid": uid(), "phone": "081999888777", "line": "112-1"}).json[
        "ring"
    ]
    ask("call_taker", "POST", f"/calls/ringing/{ring}/missed", {"uid": uid()})
    ask("dispatcher", "POST", "/tasks", {"uid": uid(), "words": "Hubungi PLN", "due_at": "2020-01-01T00:00:00Z"})
    ask("dispatcher", "POST", "/tasks", {"uid": uid(), "words": "Belum waktunya", "due_at": LATER})
    ask("coordinator", "POST", "/decisions", {"uid": uid(), "words": "Buka dapur umum", "owner": "Dinsos"})
    body = {"uid": uid(), "unit_id": cast.units["TRC-1"]}
    made = ask("dispatcher", "POST", f"/incidents/{first}/assignments", body).json["body"]["assignment"]
    ask("dispatcher", "POST", f"/assignments/{made}/mayday", {"uid": uid()})
    said = {"uid": uid(), "order": "go", "text": "Ke Pringgabaya", "priority": "P1", "unit_ids": [cast.units["TRC-1"]]}
    ask("dispatcher", "POST", "/alerts", {**said, "expires_in_min": 60})
    found = items(ask)
    assert [row["id"] for row in found["urgent"]] == [first] and [row["id"] for row in found["obstructed"]] == [second]
    assert [row["words"] for row in found["task"]] == ["Hubungi PLN"]
    assert [row["words"] for row in found["mayday"]] == ["TRC-1"] and found["mayday"][0]["number"] == "LT-0001"
    assert [row["line"] for row in found["call_back"]] == ["112-1"]
    assert [row["words"] for row in found["decision"]] == ["Buka dapur umum"]
    assert [row["to"] for row in found["alert"]] == ["TRC-1"]
    for secret in ("Sri", "081234567", "081999888", "pinggang"):
        assert secret not in str(found), secret


def test_a_unit_two_hours_on_scene_is_on_the_list_and_one_of_an_hour_is_not(ask, app, cast):
    incident = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    body = {"uid": uid(), "unit_id": cast.units["TRC-1"]}
    made = ask("dispatcher", "POST", f"/incidents/{incident}/assignments", body).json["body"]["assignment"]
    assert ask("dispatcher", "POST", f"/assignments/{made}/arrive", {"uid": uid()}).status_code == 200
    post = app.extensions["posko"]
    real = post.clock
    post.clock = lambda: real() + dt.timedelta(hours=1)
    assert "on_scene" not in items(ask)
    post.clock = lambda: real() + dt.timedelta(hours=2, minutes=1)
    assert [row["words"] for row in items(ask)["on_scene"]] == ["TRC-1"]


@on_spatialite
def test_what_was_signed_stays_as_it_was_when_the_room_goes_on(ask, left):
    shift, digest = left
    sign(ask, shift, digest)
    ask("call_taker", "POST", "/calls", call_body(priority="P1"))
    assert "urgent" in items(ask)
    assert "urgent" not in str(ask("leader", "GET", f"/shifts/{shift}").json["handed"]["items"])


def test_a_list_that_was_tampered_with_says_so(ask, app, left):
    shift, digest = left
    sign(ask, shift, digest)
    table = RoomShift.__table__
    app.extensions["posko"].database.write(
        lambda conn: conn.execute(table.update().where(table.c.id == shift).values(frozen='{"items":[]}'))
    )
    assert ask("leader", "GET", f"/shifts/{shift}").json["fits"] is False


@on_spatialite
def test_the_hash_that_was_signed_stands_in_the_journal(ask, app, left):
    shift, digest = left
    sign(ask, shift, digest)
    with app.extensions["posko"].database.read() as conn:
        lines = {line.kind: line.body for line in journal.after(conn, 0, 1000)}
    assert lines["shift.left"]["hash"] == lines["shift.signed"]["hash"] == digest
    assert "Pompa" not in str(lines["shift.left"])


# on paper and as a text


@on_spatialite
def test_the_text_for_whatsapp_says_everything_and_no_phone_number(ask, app, shift):
    ask("call_taker", "POST", "/calls", call_body(priority="P1"))
    words = "Hubungi Pak Made 0812-3456-7890 atau +62 813 1111 2222, mulai 08.11.2026 jam 07.00"
    digest = leave(ask, shift, words=words).json["body"]["hash"]
    text = ask("leader", "GET", f"/shifts/{shift}/text").get_data(as_text=True)
    assert "SERAH TERIMA PIKET" in text and "BELUM DITANDATANGANI" in text and digest[:12] in text
    assert "LT-0001" in text and "Banjir" in text and "08.11.2026 jam 07.00" in text
    assert not re.search(r"3456-?7890|1111 ?2222|081234567321|Sri", text), text
    sign(ask, shift, digest)
    after = ask("leader", "GET", f"/shifts/{shift}/text").get_data(as_text=True)
    assert "BELUM" not in after and NAMES["coordinator"] in after


@on_spatialite
def test_an_exercise_begins_and_ends_the_text(ask, app, left):
    post = app.extensions["posko"]
    post.settings = post.settings.model_copy(update={"exercise": True})
    lines = ask("leader", "GET", f"/shifts/{left[0]}/text").get_data(as_text=True).split("\n")
    assert (lines[0], lines[-1]) == ("LATIHAN", "LATIHAN")


@on_spatialite
def test_a_shift_that_did_not_leave_has_no_sheet(ask, shift):
    assert ask("leader", "GET", f"/shifts/{shift}/text").status_code == 409
    assert ask("leader", "GET", f"//handover/{shift}").status_code == 409
    assert ask("leader", "GET", "//handover/99").status_code == 404


@on_spatialite
def test_the_pages_open_and_show_what_was_handed_over(ask, left):
    ask("call_taker", "POST", "/calls", call_body(priority="P1"))
    again = leave(ask, left[0], words="Pompa <b>2</b> rusak").json["body"]["hash"]
    sheet = ask("leader", "GET", f"//handover/{left[0]}").get_data(as_text=True)
    assert "LT-0001" in sheet and "Pompa &lt;b&gt;2" in sheet and again in sheet
    assert ask("leader", "GET", "//handover").status_code == 200
    assert ask("village", "GET", "//handover").status_code == 403


# the rules


def test_an_unsigned_shift_is_red_a_quarter_of_an_hour_after_it_left_or_should_have():
    ends = AT + dt.timedelta(hours=8)
    assert rules.red_at("running", ends, None) == ends + dt.timedelta(minutes=15)
    assert rules.red_at("left", ends, AT) == AT + dt.timedelta(minutes=15)


def test_every_verb_against_every_state_of_a_shift_and_a_decision():
    for life, states, verbs in (
        (rules.SHIFT_LIFE, rules.SHIFT_STATES, rules.SHIFT_VERBS),
        (rules.DECISION_LIFE, rules.DECISION_STATES, rules.DECISION_VERBS),
    ):
        assert {state for state, _ in life} <= set(states) and {verb for _, verb in life} == set(verbs)
        assert set(life.values()) <= set(states)
    assert room_rules.allowed_verbs(rules.SHIFT_LIFE, "signed") == []
    assert room_rules.allowed_verbs(rules.DECISION_LIFE, "struck") == []


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=4))
def test_the_same_facts_have_the_same_hash_in_any_order(facts):
    turned = dict(reversed(facts.items()))
    facts, turned = (
        {key: value for key, value in one.items() if not isinstance(value, int) or abs(value) < 2**53}
        for one in (facts, turned)
    )
    assert rules.frozen(facts) == rules.frozen(turned)
    assert rules.frozen({**facts, "more": 1}) != rules.frozen(facts)


@given(
    st.from_regex(r"(08|\+62 8|62-8)[0-9]{2}[ -]?[0-9]{4}[ -]?[0-9]{3,4}", fullmatch=True),
    st.sampled_from(["", "ke ", "di 3 rumah: "]),
)
def test_no_phone_number_leaves_in_a_text(number, before):
    said = rules.without_numbers(f"{before}{number} ya")
    digits = re.sub(r"\D", "", number)
    assert digits not in re.sub(r"\D", "", said) and said.startswith(before) and said.endswith(" ya")


@pytest.mark.parametrize(
    "words", ["08.11.2026", "jam 07.00", "RT 02/RW 01", "200 jiwa", "LT-0142", "2026-11-22", "52.03.01.2001"]
)
def test_dates_times_and_counts_stay(words):
    assert rules.without_numbers(words) == words
