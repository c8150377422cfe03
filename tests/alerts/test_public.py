"""What everybody reads: two people for each answer to a rumour, nothing of a person, a page that stands a rush."""

import datetime as dt
import re
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Request
from sqlalchemy import event
from werkzeug.test import Client

import alerts.actions as alerting
from alerts.cap_feed import Feed, Item, write_rss
from alerts.public import actions, queries, rules
from alerts.public import kept as keeping
from alerts.public.kept import Kept
from alerts.public.rush import Rush
from alerts.public.watch import Watch
from incident import ground, online
from incident.actions import record_call
from incident.errors import NotAllowed, NotFound, WrongState
from tests.alerts.cap_checks import parsed
from tests.factories import on_spatialite, report, uid
from tests.room import Room, open_room

WORDS = {
    "claim": "Bendungan Pandanduri jebol",
    "fact": "Bendungan utuh; pintu dibuka sesuai jadwal.",
    "evidence": "Diperiksa petugas di bendungan pukul 14.10.",
}


@pytest.fixture
def site(app: Any) -> Room:
    """A room whose page can be asked for."""
    return open_room(app.extensions["posko"])


def written(room: Room, by: str = "dewi", **more: Any) -> int:
    return int(room.do(actions.write_clarification, by=by, **(WORDS | more))["body"]["clarification"])


def card(room: Room, clarification: int) -> Any:
    with room.post.database.read() as conn:
        return queries.find_clarification(conn, clarification)


def approved(room: Room, by: str = "komang", **more: Any) -> int:
    clarification = written(room, **more)
    room.do(actions.approve_clarification, clarification, card(room, clarification)["text_hash"], by=by)
    return clarification


def page(app: Any, path: str = "/info", **headers: str) -> Any:
    for kept in app.extensions["public_kept"].values():
        kept._copy = None  # as if its few seconds were over
    return app.test_client().get(path, headers=headers)


def text_of(given: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", given.get_data(as_text=True)))


# clarifications


def test_a_clarification_is_public_only_after_a_second_person(app: Any, site: Room):
    clarification = written(site)
    assert WORDS["claim"] not in text_of(page(app))
    with pytest.raises(NotAllowed, match="orang kedua"):
        site.do(actions.approve_clarification, clarification, card(site, clarification)["text_hash"], by="dewi")
    site.do(actions.approve_clarification, clarification, card(site, clarification)["text_hash"], by="komang")
    shown = text_of(page(app))
    assert all(words in shown for words in WORDS.values())


def test_the_public_learns_the_role_of_who_approved_and_no_name(app: Any, site: Room):
    approved(site)
    shown = text_of(page(app))
    assert "disetujui koordinator" in shown and "komang" not in shown and "dewi" not in shown


def test_an_approval_holds_for_the_words_that_were_read(room: Room):
    clarification = written(room)
    with pytest.raises(WrongState, match="baca"):
        room.do(actions.approve_clarification, clarification, "0" * 64, by="komang")
    assert card(room, clarification)["state"] == "draft"


def test_every_word_is_in_the_hash():
    words = [f"word {n}" for n in range(len(actions.WORDS))]
    changed = {rules.text_hash([*words[:n], "x", *words[n + 1 :]]) for n in range(len(words))}
    assert len(changed | {rules.text_hash(words)}) == len(words) + 1
    assert rules.text_hash(["ab", "c"]) != rules.text_hash(["a", "bc"])


def test_it_is_approved_once_and_never_after_it_was_dropped(room: Room):
    clarification = approved(room)
    read = card(room, clarification)["text_hash"]
    with pytest.raises(WrongState) as refused:
        room.do(actions.approve_clarification, clarification, read, by="ayu")
    assert refused.value.more["allowed"] == ["withdraw"]
    dropped = written(room)
    room.do(actions.withdraw_clarification, dropped, "Salah tulis", by="dewi")
    with pytest.raises(WrongState):
        room.do(actions.approve_clarification, dropped, card(room, dropped)["text_hash"], by="komang")


def test_the_second_click_does_nothing_new(room: Room):
    key = uid()
    first = room.post.do(actions.write_clarification, "dewi", key, **WORDS)
    assert room.post.do(actions.write_clarification, "dewi", key, **WORDS) == first
    clarification = first["body"]["clarification"]
    key, read = uid(), card(room, clarification)["text_hash"]
    once = room.post.do(actions.approve_clarification, "komang", key, clarification, read)
    assert room.post.do(actions.approve_clarification, "komang", key, clarification, read) == once


def test_a_replacement_takes_the_place_of_the_older_in_the_same_moment(app: Any, site: Room):
    older = approved(site)
    newer = written(site, fact="Pintu darurat dibuka pukul 15.00.", replaces_id=older)
    assert card(site, older)["state"] == "published"
    site.do(actions.approve_clarification, newer, card(site, newer)["text_hash"], by="komang")
    shown = text_of(page(app))
    assert "Pintu darurat" in shown and WORDS["fact"] not in shown
    assert card(site, older)["state"] == "replaced"


def test_a_replacement_of_what_left_meanwhile_still_goes_out(room: Room):
    older = approved(room)
    newer = written(room, replaces_id=older)
    room.do(actions.withdraw_clarification, older, "Sudah selesai", by="dewi")
    room.do(actions.approve_clarification, newer, card(room, newer)["text_hash"], by="komang")
    assert (card(room, older)["state"], card(room, newer)["state"]) == ("withdrawn", "published")
    with pytest.raises(WrongState):
        written(room, replaces_id=older)
    with pytest.raises(NotFound):
        written(room, replaces_id=9_999)


def test_what_was_withdrawn_or_is_two_weeks_old_leaves_the_page(room: Room):
    first, second = approved(room), approved(room)
    room.do(actions.withdraw_clarification, first, "Keliru", by="dewi")
    with room.post.database.read() as conn:
        now = room.post.clock()
        assert [one["id"] for one in queries.published(conn, now)] == [second]
        assert queries.published(conn, now + dt.timedelta(days=rules.SHOWN_DAYS)) == []


@pytest.mark.parametrize("role", ["call_taker", "field", "agency", "village", "leader", None])
def test_who_may_not_write_is_refused(ask: Any, role: str | None):
    body = {"uid": uid(), **WORDS}
    assert ask(role, "POST", "/clarifications", body).status_code == (403 if role else 401)
    assert ask(role, "GET", "/clarifications").status_code == (403 if role else 401)
    assert ask(role, "GET", "//info/edit").status_code in (401, 403)


def test_a_dispatcher_writes_and_only_a_coordinator_approves(ask: Any):
    made = ask("dispatcher", "POST", "/clarifications", {"uid": uid(), **WORDS})
    assert made.status_code == 201
    (told,) = ask("dispatcher", "GET", "/clarifications").get_json()["clarifications"]
    body = {"uid": uid(), "text_hash": told["text_hash"]}
    assert ask("dispatcher", "POST", f"/clarifications/{told['id']}/approve", body).status_code == 403
    assert ask("coordinator", "POST", f"/clarifications/{told['id']}/approve", body).status_code == 200
    again = ask("coordinator", "POST", f"/clarifications/{told['id']}/approve", body | {"uid": uid()})
    assert again.status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [{"claim": ""}, {"fact": "x" * 2001}, {"evidence": None}, {"link": "javascript:alert(1)"}, {"replaces_id": "a"}],
)
def test_words_that_cannot_stand_are_refused_by_name(ask: Any, wrong: dict[str, Any]):
    told = ask("dispatcher", "POST", "/clarifications", {"uid": uid(), **WORDS, **wrong})
    assert told.status_code == 422
    assert told.get_json()["field"] == next(iter(wrong))


# posts and shelters


def test_a_place_is_on_the_page_from_the_moment_somebody_says_so(app: Any, site: Room):
    facility = site.facility(name="Lapangan Tugu", capacity=400)
    assert "Lapangan Tugu" not in text_of(page(app))
    site.do(actions.change_opening, facility, "open", "24 jam", "Bawa selimut", "Bring a blanket", by="dewi")
    assert all(words in text_of(page(app)) for words in ("Lapangan Tugu", "Buka", "24 jam", "Bawa selimut", "muat 400"))
    english = text_of(page(app, "/info?lang=en"))
    assert "Bring a blanket" in english and "room for 400 people" in english
    site.do(actions.change_opening, facility, "full", by="dewi")
    assert "Penuh" in text_of(page(app)) and "24 jam" not in text_of(page(app))
    site.do(actions.change_opening, facility, "open", shown=False, by="dewi")
    assert "Lapangan Tugu" not in text_of(page(app))


def test_a_facility_that_left_the_map_leaves_the_page_too(app: Any, site: Room):
    facility = site.facility(name="Lapangan Tugu")
    site.do(actions.change_opening, facility, "open", by="dewi")
    site.do(ground.close_facility, facility, None, by="komang")
    assert "Lapangan Tugu" not in text_of(page(app))
    with pytest.raises(NotFound):
        site.do(actions.change_opening, facility, "open", by="dewi")


def test_the_open_ones_come_first(room: Room):
    states = {"A": "closed", "B": "full", "C": "open"}
    for name, state in states.items():
        room.do(actions.change_opening, room.facility(name=name, lon=116.5 + ord(name) / 1e4), state, by="dewi")
    with room.post.database.read() as conn:
        assert [one["name"] for one in queries.shown_openings(conn)] == ["C", "B", "A"]


def test_staff_see_every_place_and_change_it_by_the_api(ask: Any, app: Any, cast: Any):
    body = {"uid": uid(), "kind": "shelter", "name": "SMAN 1 Selong", "lon": 116.53, "lat": -8.65}
    facility = ask("dispatcher", "POST", "/facilities", body).get_json()["body"]["facility"]
    (one,) = ask("dispatcher", "GET", "/openings").get_json()["openings"]
    assert (one["id"], one["state"]) == (facility, None)
    said = {"uid": uid(), "state": "open", "hours": "07.00-21.00"}
    assert ask("dispatcher", "POST", f"/openings/{facility}", said).status_code == 200
    assert ask("dispatcher", "POST", f"/openings/{facility}", {"uid": uid(), "state": "maybe"}).status_code == 422
    assert ask("call_taker", "POST", f"/openings/{facility}", said).status_code == 403
    assert ask("dispatcher", "POST", "/openings/999", said | {"uid": uid()}).status_code == 404


# alerts


def public_alert(room: Room, **more: Any) -> int:
    alert = room.alert(audience="public", order="evacuate", text="Air naik di Pringgabaya.\nKe bukit.", **more)
    room.do(alerting.approve_alert, alert, by="komang")
    room.relay()
    return alert


def test_an_alert_is_on_the_page_from_its_approval_to_its_end_and_its_withdrawal_is_told(app: Any, site: Room):
    draft = site.alert(audience="public", order="evacuate", text="Air naik di Pringgabaya.\nKe bukit.")
    assert "Pringgabaya" not in text_of(page(app))
    site.do(alerting.approve_alert, draft, by="komang")
    site.relay()
    shown = text_of(page(app))
    assert "Air naik di Pringgabaya." in shown and "Mengungsi sekarang" in shown
    site.do(alerting.cancel_alert, draft, by="dewi")
    site.relay()
    shown = text_of(page(app))
    assert "Tidak ada peringatan yang berlaku" in shown and "Sudah dicabut" in shown and "DICABUT" in shown


def test_an_alert_leaves_the_page_when_its_time_is_over_before_anybody_ends_it(app: Any, site: Room):
    public_alert(site, expires_in_min=5)
    site.clock.on(301)
    assert "Pringgabaya" not in text_of(page(app))


def test_an_alert_to_units_is_nobody_elses(app: Any, site: Room):
    site.alert(text="Rahasia satuan")
    site.relay()
    assert "Rahasia satuan" not in text_of(page(app))


def test_the_words_of_a_callers_place_stay_in_the_house(app: Any, site: Room):
    incident = site.open(place={"text": "depan rumah Bu Sri", "lon": 116.61234, "lat": -8.51234})
    public_alert(site, incident_id=incident)
    told = page(app).get_data(as_text=True) + page(app, "/info/rss.xml").get_data(as_text=True)
    assert "Bu Sri" not in told and "116.612" not in told


def test_the_words_of_an_alert_are_words_and_nothing_else(app: Any, site: Room):
    approved(site, claim="<script>alert(1)</script>", link="https://x.example/?a=1&b=2")
    shown = page(app).get_data(as_text=True)
    assert "<script" not in shown and "&lt;script&gt;" in shown


def test_the_english_page_says_the_same_in_english(app: Any, site: Room):
    public_alert(site)
    approved(site, claim_en="The dam broke", fact_en="The dam is whole.", evidence_en="Checked at the dam.")
    english = text_of(page(app, "/info?lang=en"))
    assert all(one in english for one in ("Evacuate now", "The dam is whole.", "approved by the coordinator", "WITA"))
    assert '<html lang="en">' in page(app, "/info?lang=en").get_data(as_text=True)
    assert '<html lang="id">' in page(app, "/info?lang=xx").get_data(as_text=True)


@on_spatialite
def test_an_exercise_says_so_first_and_last(app: Any, site: Room):
    site.post.settings.exercise = True
    shown = page(app).get_data(as_text=True)
    assert shown.count("Ini bukan kejadian sebenarnya") == 2 and 'content="noindex"' in shown
    public_alert(site)
    assert "LATIHAN" in text_of(page(app))
    site.post.settings.exercise = False
    assert "Pringgabaya" not in text_of(page(app)), "an exercise's alert is on no real page"


# the feed, and the rush


def test_the_rss_tells_alerts_and_clarifications(app: Any, site: Room):
    public_alert(site)
    approved(site)
    root = parsed(page(app, "/info/rss.xml").data)
    assert sorted(one.text for one in root.findall(".//item/category")) == ["alert", "clarification"]
    assert WORDS["claim"] in [one.text for one in root.findall(".//item/title")]
    assert all(one.text for one in root.findall(".//item/guid"))
    english = parsed(page(app, "/info/rss.xml?lang=en").data)
    assert english.findtext(".//language") == "en"


def test_a_line_of_one_site_is_never_taken_for_that_of_another():
    """A province gathers the feeds of its regencies; each of them has an alert 1, and a new database has one again."""
    began = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
    items = [Item("alert 1", "Banjir", "Banjir.", began + dt.timedelta(days=day), "/info", "alert") for day in (0, 1)]
    feeds = [Feed(f"posko.{code} rss id", "t", "a", "", "/info/rss.xml", began) for code in ("52.01", "52.03")]
    marks = [guid.text for feed in feeds for guid in parsed(write_rss(feed, items, "id")).iter("guid")]
    assert len(set(marks)) == 4


@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_who_reads_the_rss_learns_that_an_alert_was_withdrawn(app: Any, site: Room, query: str):
    def told() -> dict[str, tuple[str, str]]:
        root = parsed(page(app, f"/info/rss.xml{query}").data)
        lines = root.findall(".//item")
        keys = {one.findtext("guid") for one in lines}
        assert len(keys) == len(lines) and all(one.findtext("description") for one in lines)
        return {one.findtext("category"): (one.findtext("guid"), one.findtext("title")) for one in lines}

    alert = public_alert(site)
    assert list(before := told()) == ["alert"]
    site.do(alerting.cancel_alert, alert, by="dewi")
    site.relay()
    assert list(after := told()) == ["cancel"]
    assert after["cancel"][0] != before["alert"][0], "a reader shows a key it knows only once"
    assert ("WITHDRAWN" if query else "DICABUT") in after["cancel"][1].upper()
    site.clock.on(25 * 3600)
    assert told() == {}


def test_the_page_is_for_every_cache_and_for_nobody_by_name(app: Any, cast: Any):
    given = page(app, **cast.headers("coordinator"))
    assert "public" in given.headers["Cache-Control"] and "max-age=5" in given.headers["Cache-Control"]
    assert "Set-Cookie" not in given.headers and "Posko-Person" not in given.headers
    again = app.test_client().get("/info", headers={"If-None-Match": given.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_it_is_packed_for_those_who_read_gzip(app: Any, site: Room):
    import gzip

    plain, packed = page(app), page(app, **{"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) < len(plain.data)
    assert gzip.decompress(packed.data).startswith(b"<!doctype html>")
    assert plain.headers["ETag"] != packed.headers["ETag"]


@on_spatialite
def test_a_thousand_readers_cost_the_database_what_one_does(app: Any, site: Room, monkeypatch: pytest.MonkeyPatch):
    """They come within six seconds, however long this machine needs for them."""
    monkeypatch.setattr(keeping, "time", clock := SimpleNamespace(now=0.0, time=time.time))
    clock.monotonic = lambda: clock.now
    public_alert(site)
    page(app)
    asked: list[str] = []
    engine = site.post.database.readers
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    for _ in range(1_000):
        clock.now += 0.006
        assert app.test_client().get("/info").status_code == 200
    assert len(asked) < 60, "made at most a few times while a thousand asked"


def test_many_at_once_make_it_once_and_nobody_waits_for_it():
    made, begun, go_on = [], threading.Event(), threading.Event()

    def slow() -> bytes:
        made.append(1)
        if len(made) > 1:
            begun.set()
            assert go_on.wait(60)
        return b"page %d" % len(made)

    kept = Kept(slow, "text/html", fresh_s=0)
    assert kept._current().plain == b"page 1"
    maker = threading.Thread(target=kept._current)
    maker.start()
    assert begun.wait(60)
    assert {kept._current().plain for _ in range(50)} == {b"page 1"}, "the old one, at once"
    go_on.set()
    maker.join()
    assert len(made) == 2


def test_the_last_page_is_given_while_the_database_is_away():
    from gis.database import UNREACHABLE

    away = False

    def make() -> bytes:
        if away:
            raise UNREACHABLE[0]("", None, Exception("away"))
        return b"page"

    kept = Kept(make, "text/html", fresh_s=0)
    first = kept._current()
    away = True
    assert (kept._current().plain, kept._current().tag) == (b"page", first.tag)
    with pytest.raises(UNREACHABLE):
        Kept(make, "text/html", fresh_s=0)._current()


def test_the_same_words_keep_their_tag_and_their_time():
    said = [b"a", b"a", b"b"]
    kept = Kept(lambda: said.pop(0), "text/html", fresh_s=0)
    one, two, three = kept._current(), kept._current(), kept._current()
    assert (one.tag, one.changed_at) == (two.tag, two.changed_at)
    assert three.tag != one.tag and three.changed_at >= one.changed_at


# nothing is made that need not be


def test_what_is_made_of_the_same_is_not_made_again():
    made, of = [], [1]
    kept = Kept(lambda: made.append(1) or b"page", "text/html", fresh_s=0, stamp=lambda: of[0])
    for _ in range(5):
        kept._current()
    assert len(made) == 1
    of[0] = 2
    kept._current()
    assert len(made) == 2


def test_the_page_is_made_again_only_after_what_it_says(room: Room, monkeypatch: Any):
    now = room.post.clock().replace(second=1)
    monkeypatch.setattr(room.post, "clock", lambda: now)
    watch = Watch(room.post)
    before = watch.stamp()
    room.post.do(record_call, "sari", None, report(room.post))
    assert watch.stamp() == before, "a call is not on the page"
    approved(room)
    after = watch.stamp()
    assert after != before and watch.stamp() == after
    monkeypatch.setattr(room.post, "clock", lambda: now + dt.timedelta(minutes=1))
    assert watch.stamp() != after, "the minute stands on the page"


@pytest.mark.parametrize("asked_first", [{}, {"Accept-Encoding": "gzip"}])
def test_what_a_person_was_answered_is_never_handed_to_everybody(app: Any, cast: Any, asked_first: dict[str, str]):
    inner = "https://peta.dinas.intern"
    more = {"name": "Peta dalam", "url": inner + "/{z}/{x}/{y}.png", "attribution": "Dinas"}
    app.extensions["posko"].do(online.switch, "komang", None, "intranet", True, **more)
    for by_name in (cast.headers("coordinator"), {"Cookie": "a=b"}):
        given = page(app, **asked_first, **by_name)
        assert inner not in given.headers["Content-Security-Policy"], "a cache in front keeps it for everybody"
    anyone = app.test_client().get("/info", headers=asked_first)
    assert inner not in anyone.headers["Content-Security-Policy"]
    assert inner in app.test_client().get("/", headers=cast.headers("coordinator")).headers["Content-Security-Policy"]


@pytest.mark.parametrize("by_name", [{"Cookie": "posko=a"}, {"Authorization": "Bearer a"}])
def test_no_head_is_learned_from_an_answer_to_somebody(by_name: dict[str, str]):
    kept = Kept(lambda: b"page", "text/html")

    def application(environ: Any, start: Any) -> Any:
        answer = kept.answer(Request(environ))
        answer.headers["For"] = environ.get("HTTP_COOKIE", "") + environ.get("HTTP_AUTHORIZATION", "")
        return answer(environ, start)

    client = Client(Rush(application, {("/info", ""): kept}), use_cookies=False)
    assert [client.get("/info", headers=by_name).headers["For"] for _ in range(2)] == [*by_name.values()] * 2
    assert client.get("/info").headers["For"] == ""
    assert client.get("/info", headers=by_name).headers["For"] == "", "learned from nobody, and given to everybody"


def test_a_cache_in_front_shows_no_alert_for_a_day_while_we_are_away(app: Any, site: Room):
    found = re.search(r"stale-if-error=(\d+)", page(app).headers["Cache-Control"])
    assert found and int(found[1]) <= 300


HEADERS = ("Content-Type", "Content-Encoding", "ETag", "Cache-Control", "Vary", "Last-Modified", "Content-Length")
SAFETY = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy")


@pytest.mark.parametrize("path", ["/info", "/info?lang=id", "/info?lang=en", "/info/rss.xml", "/cap"])
@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_in_a_rush_the_same_is_given_as_by_the_application(app: Any, site: Room, path: str, coding: str):
    public_alert(site)
    asked = {"Accept-Encoding": coding}
    first = app.test_client().get(path, headers=asked)
    asking: list[Any] = []
    app.before_request_funcs.setdefault(None, []).insert(0, lambda: asking.append(1))
    quick = app.test_client().get(path, headers=asked)
    known = app.test_client().get(path, headers={**asked, "If-None-Match": f"W/{first.headers['ETag']}"})
    assert asking == [], "the application was not asked"
    assert quick.data == first.data
    assert {name: quick.headers.get(name) for name in (*HEADERS, *SAFETY)} == {
        name: first.headers.get(name) for name in (*HEADERS, *SAFETY)
    }
    assert (known.status_code, known.data) == (304, b"") and known.headers["ETag"] == first.headers["ETag"]
    assert known.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    assert "Content-Encoding" not in known.headers


@on_spatialite
def test_what_is_out_of_the_ordinary_goes_to_the_application(app: Any, site: Room):
    first = app.test_client().get("/info")
    asking: list[Any] = []
    app.before_request_funcs.setdefault(None, []).insert(0, lambda: asking.append(1))
    for method, path, headers in (
        ("HEAD", "/info", {}),
        ("GET", "/info?lang=en&x=1", {}),
        ("GET", "/info", {"Range": "bytes=0-3"}),
        ("POST", "/info", {}),
        ("GET", "/info/edit", {}),
    ):
        app.test_client().open(path, method=method, headers=headers)
    assert len(asking) == 5
    for kept in app.extensions["public_kept"].values():
        kept._copy = None
    assert app.test_client().get("/info").status_code == first.status_code == 200 and len(asking) == 6
    assert (
        app.test_client().get("/info", headers={"Accept-Encoding": "gzip;q=0"}).headers.get("Content-Encoding") is None
    )
