"""The figures of a period against numpy on the raw rows, who sees which, and the same numbers in every form."""

import csv
import datetime as dt
import io
import json
import zipfile

import numpy as np
import pytest
from sqlalchemy import text, update

from incident import rules as house
from incident.figures import raw, report, rules, sheets
from incident.figures.raw import Wanted
from incident.models import Call, Incident
from tests.factories import call_body, on_spatialite, uid
from tests.incident.figures_rows import START, fill

PERIOD = "from=2026-10-01&to=2026-10-31"
WANTED = Wanted(START - dt.timedelta(days=1), START + dt.timedelta(days=40))


def figures(ask, query=PERIOD, role="leader"):
    answer = ask(role, "GET", f"/figures?{query}")
    assert answer.status_code == 200, answer.json
    return answer.json


def seconds(rows, start, end):
    """Of raw rows as the driver gives them: the good intervals."""
    both = [(row[start], row[end]) for row in rows if row[start] is not None and row[end] is not None]
    return [gap for one, other in both if (gap := (other - one).total_seconds()) >= 0]


def same(told, intervals):
    assert told["n"] == len(intervals)
    for percent, name in ((50, "p50_s"), (90, "p90_s")):
        wanted = float(np.percentile(intervals, percent, method="inverted_cdf")) if intervals else None
        assert told[name] == (wanted if wanted is None else pytest.approx(wanted, abs=1e-6))


@pytest.fixture
def a_month(app, cast):
    fill(app.extensions["posko"], cast.units.values(), 240)
    return app.extensions["posko"]


def raw_rows(post, words):
    """Rows of plain SQL, their times read as times."""
    read = lambda value: dt.datetime.fromisoformat(value) if isinstance(value, str) and value[4:5] == "-" else value  # noqa: E731
    with post.database.read() as conn:
        return [{name: read(value) for name, value in row.items()} for row in conn.execute(text(words)).mappings()]


CALLS = "SELECT rang_at, answered_at, classified_at, recorded_at FROM call WHERE source = 'live' AND channel <> 'drill'"
SENT = (
    "SELECT a.incident_id, a.assigned_at, a.en_route_at, a.on_scene_at, i.type, u.agency_code, c.rang_at, c.answered_at"
    " FROM assignment a JOIN incident i ON i.id = a.incident_id JOIN call c ON c.id = i.id"
    " JOIN unit u ON u.id = a.unit_id WHERE c.source = 'live' AND c.channel <> 'drill'"
)


def test_answer_and_classify_are_numpys_on_the_raw_calls(ask, a_month):
    told = figures(ask)["total"]
    rows = raw_rows(a_month, CALLS)
    same(told["answer"], seconds(rows, "rang_at", "answered_at"))
    same(told["classify"], seconds(rows, "answered_at", "classified_at"))
    same(told["take"], seconds(rows, "answered_at", "recorded_at"))
    answers = seconds(rows, "rang_at", "answered_at")
    assert told["answer"]["within"][0]["count"] == sum(one <= 10 for one in answers)


def test_turnout_and_travel_are_those_of_each_assignment(ask, a_month):
    told = figures(ask)["total"]
    rows = raw_rows(a_month, SENT)
    same(told["turnout"], seconds(rows, "assigned_at", "en_route_at"))
    same(told["travel"], seconds(rows, "en_route_at", "on_scene_at"))
    assert told["turnout"]["excluded"]["negative"] > 0


def test_process_and_total_are_those_of_the_first_unit(ask, a_month):
    told = figures(ask)["total"]
    firsts = {}
    for row in raw_rows(a_month, SENT):
        one = firsts.setdefault(row["incident_id"], {**row, "on_scene_at": None})
        one["assigned_at"] = min(one["assigned_at"], row["assigned_at"])
        arrivals = [at for at in (one["on_scene_at"], row["on_scene_at"]) if at]
        one["on_scene_at"] = min(arrivals, default=None)
        one["start"] = row["rang_at"] or row["answered_at"]
    same(told["process"], seconds(firsts.values(), "answered_at", "assigned_at"))
    same(told["total"], seconds(firsts.values(), "start", "on_scene_at"))


def test_each_group_holds_its_own_raw_rows(ask, a_month):
    for by in rules.BY:
        told = figures(ask, f"{PERIOD}&by={by}")
        assert told["groups"] and told["by"] == by
        for code in ("answer", "take", "turnout", "travel"):
            parts = [one["measures"][code] for one in told["groups"]]
            if by == "agency" and code in ("answer", "take"):
                continue  # a call of two agencies counts in both
            whole = told["total"][code]
            assert sum(part["n"] for part in parts) == whole["n"], (by, code)
            assert sum(part["left_out"] for part in parts) == whole["left_out"], (by, code)


def test_turnout_of_an_agency_is_that_of_its_own_units(ask, a_month):
    told = figures(ask, f"{PERIOD}&by=agency")
    for group in told["groups"]:
        if group["key"]:
            rows = [row for row in raw_rows(a_month, SENT) if row["agency_code"] == group["key"]]
            same(group["measures"]["turnout"], seconds(rows, "assigned_at", "en_route_at"))


def test_narrowing_and_grouping_say_the_same(ask, a_month):
    by_type = {one["key"]: one["measures"] for one in figures(ask)["groups"]}
    for kind in ("banjir", "kebakaran"):
        assert figures(ask, f"{PERIOD}&type={kind}")["total"] == by_type[kind]
    district = figures(ask, f"{PERIOD}&by=district")
    part = next(one for one in district["groups"] if one["key"] == "52.03.01")
    assert figures(ask, f"{PERIOD}&area=52.03.01")["total"] == part["measures"]


def test_everything_is_counted_or_left_out_with_a_reason(ask, a_month):
    told = figures(ask)["total"]
    for code in ("answer", "process", "total"):
        assert told[code]["n"] + told[code]["left_out"] == 240
    assert set(told["answer"]["excluded"]) == {"exercise", "paper", "missing"}
    assert told["turnout"]["excluded"]["cancelled"] > 0
    assert told["process"]["excluded"]["no_unit"] > 0
    assert told["total"]["excluded"]["running"] > 0


def test_a_period_holds_its_first_and_last_local_day_and_no_other(ask, app, cast):
    post = app.extensions["posko"]
    fill(post, cast.units.values(), 3)
    moments = {
        1: "2026-10-04T15:59:59",
        2: "2026-10-04T16:00:00",
        3: "2026-10-05T16:00:00",
    }  # WITA: 23.59.59, 00.00, 00.00

    def move(conn):
        for number, words in moments.items():
            at = dt.datetime.fromisoformat(words).replace(tzinfo=dt.UTC)
            conn.execute(update(Call).where(Call.id == number).values(received_at=at))
            conn.execute(update(Incident).where(Incident.id == number).values(opened_at=at))

    post.database.write(move)
    told = figures(ask, "from=2026-10-05&to=2026-10-05")["total"]
    assert (told["answer"]["n"] + told["answer"]["left_out"], told["process"]["n"] + told["process"]["left_out"]) == (
        1,
        1,
    )


def test_an_empty_period_has_no_figures_and_says_so(ask, a_month):
    told = figures(ask, "from=2020-01-01&to=2020-01-31")
    assert told["groups"] == [] and told["total"]["answer"]["n"] == 0
    assert told["total"]["answer"]["p90_s"] is None


# corrections and live work


def begin(ask, **said):
    rang = said.pop("rang_at", "2026-11-01T02:00:00Z")
    times = {"rang_at": rang, "answered_at": "2026-11-01T02:00:20Z"}
    answer = ask("call_taker", "POST", "/calls", call_body(times=times, received_at=times["answered_at"], **said))
    assert answer.status_code == 201, answer.json
    return answer.json


def test_a_corrected_time_is_the_one_that_is_measured(ask):
    made = begin(ask)
    since = "from=2026-11-01&to=2026-11-01"
    assert figures(ask, since)["total"]["answer"]["p50_s"] == 20
    body = {"uid": uid(), "which": "t1", "at": "2026-11-01T02:00:05Z", "why": "jam meja salah", "confirmed": True}
    answer = ask("dispatcher", "POST", f"/incidents/{made['incident']}/times", body)
    assert answer.status_code in (200, 201), answer.json
    told = figures(ask, since)["total"]["answer"]
    assert (told["n"], told["p50_s"]) == (1, 5)


def test_a_paper_form_is_left_out_and_counted(ask):
    begin(ask)
    post_paper = call_body(
        source="paper", received_at="2026-11-01T03:00:00Z", times={"written_at": "2026-11-01T03:10:00Z"}
    )
    answer = ask("call_taker", "POST", "/calls", post_paper)
    assert answer.status_code == 201, answer.json
    told = figures(ask, "from=2026-11-01&to=2026-11-01")["total"]["answer"]
    assert (told["n"], told["excluded"]) == (1, {"paper": 1})


@pytest.mark.usefixtures("by_day")
def test_calls_that_nobody_answered_are_counted_and_are_no_prank(ask):
    today = figures(ask, "")["to"]
    for kind in ("prank", "prank", "ghost"):
        assert ask("call_taker", "POST", "/calls", {"uid": uid(), "class": kind, "channel": "112"}).status_code == 201
    for _ in range(2):
        ring = ask("call_taker", "POST", "/calls/ringing", {"uid": uid(), "phone": f"0812345678{_}1"}).json["ring"]
        ask("call_taker", "POST", f"/calls/ringing/{ring}/dropped", {"uid": uid()})
    told = figures(ask, f"from={today}&to={today}")
    assert told["calls"]["shares"]["prank"]["of_all"] == 40.0
    assert (told["calls"]["rung"]["dropped"], told["calls"]["unanswered"]) == (2, 2)
    assert told["total"]["answer"]["excluded"]["unanswered"] == 2


def test_played_calls_are_counted_apart_in_a_real_room(ask):
    made = begin(ask, channel="drill")
    assert made["incident"]
    told = figures(ask, "from=2026-11-01&to=2026-11-01")
    assert told["calls"]["exercise"] == 1 and told["calls"]["classes"]["normal"] == 0
    assert told["total"]["answer"]["excluded"] == {"exercise": 1}


# who sees what


@on_spatialite
@pytest.mark.parametrize("role", house.ROLES)
def test_those_who_lead_see_the_figures_and_nobody_else(ask, role):
    may = role in ("admin", "coordinator", "dispatcher", "leader", "agency")
    assert house.may(role, "figures.read") == may
    for path in ("/figures", "/figures.csv", "//figures"):
        assert ask(role, "GET", path).status_code == (200 if may else 403)


@on_spatialite
def test_nobody_without_a_log_in_sees_them(ask):
    assert ask(None, "GET", "/figures").status_code == 401


def test_an_agency_sees_its_own_whatever_it_asks_for(ask, a_month):
    own = figures(ask, f"{PERIOD}&agency=PSC119", role="agency")
    assert own["filters"]["agency"] == "BPBD" and own["calls"]["rung"] is None
    assert own["total"] == figures(ask, f"{PERIOD}&agency=BPBD")["total"]
    rows = [row for row in raw_rows(a_month, SENT) if row["agency_code"] == "BPBD"]
    same(own["total"]["turnout"], seconds(rows, "assigned_at", "en_route_at"))


@on_spatialite
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-10-31&to=2026-10-01", "from"),
        ("from=2020-01-01&to=2026-10-01", "from"),
        ("from=kemarin", "from"),
        ("by=shoe_size", "by"),
        ("area=52.3", "area"),
        ("priority=P9", "priority"),
    ],
)
def test_a_wrong_question_is_refused_with_its_field(ask, query, field):
    answer = ask("leader", "GET", f"/figures?{query}")
    assert answer.status_code == 422
    assert field in json.dumps(answer.json)


# files


def test_csv_and_xlsx_hold_the_numbers_of_the_screen(ask, a_month):
    query = f"{PERIOD}&by=agency"
    told = figures(ask, query)
    table = csv.DictReader(io.StringIO(ask("leader", "GET", f"/figures.csv?{query}").data.decode("utf-8-sig")))
    lines = {(line["key"], line["measure"]): line for line in table}
    assert len(lines) == len(rules.MEASURES) * (1 + len(told["groups"])) or "" in {one["key"] for one in told["groups"]}
    for group in [one for one in told["groups"] if one["key"]]:
        for code, figure in group["measures"].items():
            line = lines[(group["key"], code)]
            assert int(line["n"]) == figure["n"] and int(line["left_out"]) == figure["left_out"]
            assert (float(line["p90_s"]) if line["p90_s"] else None) == figure["p90_s"]
            assert sum(int(line[reason]) for reason in rules.REASONS) == figure["left_out"]
    answer = ask("leader", "GET", f"/figures.xlsx?{query}")
    assert answer.headers["Content-Disposition"].endswith('-agency.xlsx"')
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    p90 = told["total"]["travel"]["p90_s"]
    assert f"<v>{p90:.16G}</v>" in sheet and "<f>" not in sheet


@pytest.mark.parametrize("name", ["=1+1", "+62812", "-2", "@SUM(A1)", "\t=1", " =1"])
def test_a_name_that_looks_like_a_formula_is_not_one(name):
    assert sheets.safe(name) == "'" + name
    assert sheets.safe("Damkar") == "Damkar" and sheets.safe(-2) == -2


@on_spatialite
def test_a_formula_in_the_name_of_a_group_reaches_no_spreadsheet(ask, app, cast, a_month):
    with app.test_request_context():
        with a_month.database.read() as conn:
            made = report.report(conn, a_month, report.asked(a_month, {"since": START.date(), "until": START.date()}))
        made["groups"] = [{"key": "=2", "name": "=cmd|' /C calc'!A0", "measures": made["total"]}]
        assert b"\r\n=cmd" not in sheets.as_csv(made) and b"'=cmd" in sheets.as_csv(made)
        with zipfile.ZipFile(io.BytesIO(sheets.as_xlsx(made))) as book:
            assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


@on_spatialite
def test_another_form_is_not_there(ask):
    assert ask("leader", "GET", "/figures.pdf").status_code == 404


def test_no_word_of_a_caller_stands_in_figures(ask):
    begin(ask, caller={"name": "Bu Rahasia", "phone": "081299990000"}, narrative="Rahasia sekali")
    query = "from=2026-11-01&to=2026-11-01"
    for path in ("/figures", "/figures.csv"):
        said = ask("leader", "GET", f"{path}?{query}").get_data(as_text=True)
        assert "Rahasia" not in said and "081299990000" not in said


def test_a_merged_incident_is_measured_once(app, ask, cast, a_month):
    before = figures(ask)["total"]["process"]
    a_month.database.write(lambda conn: conn.execute(update(Incident).where(Incident.id == 7).values(merged_into=8)))
    after = figures(ask)["total"]["process"]
    assert after["n"] + after["left_out"] == before["n"] + before["left_out"] - 1


def test_cases_of_a_period_are_read_in_one_pass(a_month):
    with a_month.database.read() as conn:
        kinds = [case.of for case in raw.cases(conn, WANTED)]
    assert kinds.count("call") == 240 and kinds.count("incident") == 240
