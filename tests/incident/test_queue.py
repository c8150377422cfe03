"""A queue longer than a screen: its head, its pages, its filters, and who sees what of it, on both databases."""

import datetime as dt
import itertools
import random

import pytest
from sqlalchemy import insert, text

from gis.database import point_columns
from incident import board, lens, queue, rules
from incident.errors import BadReport
from incident.models import Assignment, Incident
from tests.cast import assemble
from tests.factories import call_body, on_spatialite, uid

NOW = dt.datetime.now(dt.UTC)
LEADER = lens.Viewer("leader")


def put(post, count, **same):
    """Open incidents of every priority and state, many of them opened in the same second."""
    chance = random.Random(count)
    rows = [
        {
            "type": chance.choice(("banjir", "kebakaran")),
            "priority": chance.choice(rules.PRIORITIES),
            "state": chance.choice(rules.OPEN_STATES),
            "place": chance.choice(("Pringgabaya", "Keruak")),
            "area_code": chance.choice(("52.03.01.2001", "52.03.02.2004")),
            "calls": 1,
            "opened_at": NOW - dt.timedelta(seconds=chance.randrange(40) * 600, microseconds=chance.randrange(2)),
            "changed_at": NOW,
            **point_columns(116.5, -8.5),
            **same,
        }
        for _ in range(count)
    ]
    post.database.write(lambda conn: conn.execute(insert(Incident), rows))


def whole(post, viewer=LEADER):
    return board.snapshot(post, viewer, 1_000_000)["incidents"]


def in_order(cards):
    return sorted(cards, key=lambda one: (one["priority"], one["state"] == "controlled", one["opened_at"], one["id"]))


def pages(post, viewer, limit, **wanted):
    after, found = queue.FRONT, []
    while after is not None:
        page = board.more(post, viewer, after, limit, queue.Filter(**wanted))
        found.append(page["incidents"])
        assert len(page["incidents"]) <= limit
        after = page["until"] and queue.read_place(page["until"])
    return [card for cards in found for card in in_order(cards)]


def test_a_snapshot_holds_the_worst_and_longest_waiting_and_tells_how_many_there_are(post):
    put(post, queue.MOST + 150)
    seen = board.snapshot(post, LEADER)
    assert len(seen["incidents"]) == queue.MOST
    assert in_order(seen["incidents"]) == in_order(whole(post))[: queue.MOST]
    assert seen["queue"]["open"] == queue.MOST + 150
    assert queue.read_place(seen["queue"]["until"]).id == in_order(seen["incidents"])[-1]["id"]


def test_a_usual_day_is_there_in_full(post):
    put(post, queue.MOST)
    seen = board.snapshot(post, LEADER)
    assert (len(seen["incidents"]), seen["queue"]) == (queue.MOST, {"open": queue.MOST, "until": None})


def test_an_empty_room_has_an_empty_queue(post):
    assert board.snapshot(post, LEADER)["queue"] == {"open": 0, "until": None}
    assert board.more(post, LEADER, queue.FRONT, 10)["incidents"] == []


@pytest.mark.parametrize("limit", [1, 7, 40, 500])
def test_page_by_page_the_whole_queue_comes_once_and_in_order(post, limit):
    put(post, 90)
    assert pages(post, LEADER, limit) == in_order(whole(post))


def test_what_a_unit_is_at_work_on_is_in_every_head_however_mild(ask, app, cast):
    mild = ask("call_taker", "POST", "/calls", call_body(priority="P4")).json["incident"]
    assert (
        ask(
            "dispatcher", "POST", f"/incidents/{mild}/assignments", {"uid": uid(), "unit_id": cast.units["TRC-1"]}
        ).status_code
        == 201
    )
    post = app.extensions["posko"]
    put(post, 30, priority="P1")
    seen = board.snapshot(post, LEADER, 5)
    assert len(seen["incidents"]) == 6
    assert [card["id"] for card in seen["incidents"] if card["unit_ids"]] == [mild]


FILTERS = {
    "waiting": lambda card: card["state"] != "controlled",
    "obstructed": lambda card: card["state"] == "obstructed",
    "late": lambda card: (
        card["state"] not in ("controlled", "obstructed")
        and (NOW - dt.datetime.fromisoformat(card["opened_at"])).total_seconds() > rules.TARGETS_S[card["priority"]][0]
    ),
}


@pytest.mark.parametrize("show", FILTERS)
def test_a_chip_narrows_the_pages_as_the_screen_would(post, show):
    put(post, 80)
    post.clock = lambda: NOW  # of the rows: what is late is late by the same clock
    wanted = [card for card in in_order(whole(post)) if FILTERS[show](card)]
    assert 0 < len(wanted) < 80
    assert pages(post, LEADER, 9, show=show) == wanted


def test_words_find_the_place_the_type_in_both_languages_and_the_number(post):
    put(post, 60)
    cards = in_order(whole(post))
    assert pages(post, LEADER, 50, q="KERUAK") == [card for card in cards if card["place"] == "Keruak"]
    fires = [card for card in cards if card["type"] == "kebakaran"]
    assert pages(post, LEADER, 50, q="kebakaran") == pages(post, LEADER, 50, q="fire") == fires
    assert [card["id"] for card in pages(post, LEADER, 50, q=cards[7]["number"])] == [cards[7]["id"]]
    both = pages(post, LEADER, 50, q="fire keruak", priority="P1")
    assert both == [card for card in fires if card["place"] == "Keruak" and card["priority"] == "P1"]
    assert pages(post, LEADER, 50, q="100%_tidak ada") == []


def test_who_sees_only_their_own_gets_all_of_it_and_pages_of_it_alone(post):
    put(post, queue.MOST + 60)
    village = lens.Viewer("village", area_code="52.03.02")
    seen = board.snapshot(post, village, 5)
    mine = [card for card in whole(post) if card["area_code"].startswith("52.03.02")]
    assert seen["incidents"] == mine
    assert seen["queue"] == {"open": len(mine), "until": None}
    assert pages(post, village, 50) == in_order(mine)
    for nobody in (lens.Viewer("village"), lens.Viewer("field"), lens.Viewer("agency", agency_code="PLN")):
        assert board.snapshot(post, nobody, 5)["incidents"] == pages(post, nobody, 50) == []


def test_an_assignment_that_ended_puts_nothing_into_the_head(post):
    unit = assemble(post).units["TRC-1"]
    put(post, 20, priority="P1", state="new")
    put(post, 1, priority="P4", state="responding")
    mild = whole(post)[-1]["id"]
    row = {"incident_id": mild, "unit_id": unit, "state": "cleared", "state_since": NOW}
    post.database.write(lambda conn: conn.execute(insert(Assignment), [{**row, "assigned_at": NOW}]))
    assert mild not in [card["id"] for card in board.snapshot(post, LEADER, 5)["incidents"]]


@pytest.mark.parametrize("words", ["", "x", "P1", "P9~0~2026-11-22T03:00:00Z~1", "P1~0~2026-99-22T03:00:00Z~1", "P1~2"])
def test_a_place_that_no_answer_wrote_is_refused_by_name(words):
    with pytest.raises(BadReport) as refused:
        queue.read_place(words)
    assert refused.value.field == "after"


def test_a_place_reads_back_as_it_was_written():
    for place in (queue.FRONT, queue.Place("P2", True, NOW, 10**15)):
        assert queue.read_place(str(place)) == place


def test_over_http_a_board_goes_on_where_it_ended(ask, app):
    put(app.extensions["posko"], 40)
    seen = ask("leader", "GET", "/board?most=10").json
    page = ask("leader", "GET", f"/queue?after={seen['queue']['until']}&limit=500").json
    assert {card["id"] for card in seen["incidents"] + page["incidents"]} == {
        card["id"] for card in ask("leader", "GET", "/board").json["incidents"]
    }
    assert (page["after"], page["until"], page["seq"]) == (seen["queue"]["until"], None, seen["seq"])
    for bad, field in (("after=x", "after"), ("limit=0", "limit"), ("show=all", "show"), ("priority=P9", "priority")):
        refused = ask("leader", "GET", f"/queue?{bad}")
        assert (refused.status_code, refused.json["field"]) == (422, field), bad
    assert ask("leader", "GET", "/board?most=-1").status_code == 422
    assert ask(None, "GET", "/queue").status_code == 401


def test_one_incident_says_at_which_entry_it_was_read(ask):
    number = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    head = ask("leader", "GET", "/journal?after=0").json["head"]
    assert ask("leader", "GET", f"/incidents/{number}").json["seq"] == head


@on_spatialite
def test_the_head_of_a_long_queue_costs_a_glance(post, monkeypatch):
    """However long the queue is, its order is read along the index, and no more rows than the head holds."""
    put(post, queue.MOST + 700)
    asked, rows_of = [], queue._rows
    monkeypatch.setattr(queue, "_rows", lambda conn, ids: asked.append(len(ids)) or rows_of(conn, ids))
    monkeypatch.setattr(queue, "_whole", lambda *_: pytest.fail("the whole queue was read"))
    board.snapshot(post, LEADER)
    assert asked == [queue.MOST]
    with post.database.read() as conn:
        for priority, is_settled in itertools.product(rules.PRIORITIES, (False, True)):
            group = queue._group(priority, is_settled, queue.FRONT).limit(queue.MOST)
            words = group.compile(conn, compile_kwargs={"literal_binds": True})
            plan = str([row.detail for row in conn.execute(text(f"EXPLAIN QUERY PLAN {words}"))])
            assert "INDEX" in plan and "SCAN" not in plan, (priority, is_settled, plan)
