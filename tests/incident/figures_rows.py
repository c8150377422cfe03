"""Raw rows for the tests of the figures: a regency's calls, incidents and units with clocks of all kinds."""

import datetime as dt
import random

from sqlalchemy import insert

from incident.models import Assignment, Call, Incident

START = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
TYPES = ("banjir", "kebakaran", "medis", "laka", "pohon")
AREAS = ("52.03.01.2001", "52.03.01.2002", "52.03.04.1001", "52.03", None)
STATES = ("responding", "closed", "closed", "closed")
CHUNK = 2_000


def fill(post, units, count, seed=1, days=30, first=1):
    """Write incidents with a call each and up to two assignments; some of their times are missing, a few are wrong."""
    chance = random.Random(seed)
    for start in range(first, first + count, CHUNK):
        numbers = range(start, min(start + CHUNK, first + count))
        rows = [_rows(chance, number, list(units), days) for number in numbers]
        post.database.write(lambda conn, rows=rows: _write(conn, rows))


def _write(conn, rows):
    conn.execute(insert(Incident.__table__), [one[0] for one in rows])
    conn.execute(insert(Call.__table__), [one[1] for one in rows])
    sent = [assignment for one in rows for assignment in one[2]]
    if sent:
        conn.execute(insert(Assignment.__table__), sent)


def _rows(chance, number, units, days):
    opened = START + dt.timedelta(seconds=chance.uniform(0, days * 86400))
    later = lambda low, high: opened + dt.timedelta(seconds=chance.uniform(low, high))  # noqa: E731
    perhaps = lambda at, share=0.9: at if chance.random() < share else None  # noqa: E731
    place = {
        "type": chance.choice(TYPES),
        "priority": chance.choice(("P1", "P2", "P3")),
        "area_code": chance.choice(AREAS),
    }
    incident = {
        "id": number,
        "state": chance.choice(STATES),
        "place": "Pringgabaya",
        "calls": 1,
        **place,
        "opened_at": opened,
        "changed_at": opened,
    }
    call = {
        "id": number,
        "uid": f"figures-{number}",
        "class": "normal",
        "channel": chance.choice(("112", "112", "drill")),
        "incident_id": number,
        "received_at": opened,
        "recorded_at": later(20, 90),
        "taken_by": "sari",
        **place,
        "rang_at": perhaps(later(-30, -1)),
        "answered_at": perhaps(opened),
        "classified_at": perhaps(later(-5, 60)),
        "source": chance.choice(("live", "live", "live", "paper")),
        "written_at": None,
    }
    sent = [
        _sent(chance, number, unit, later, perhaps) for unit in chance.sample(units, chance.randrange(len(units) + 1))
    ]
    return incident, call, sent


def _sent(chance, number, unit, later, perhaps):
    assigned = later(30, 200)
    state = chance.choice(("cleared", "cleared", "on_scene", "cancelled"))
    return {
        "incident_id": number,
        "unit_id": unit,
        "state": state,
        "state_since": assigned,
        "assigned_at": assigned,
        "en_route_at": perhaps(later(150, 500)),
        "on_scene_at": perhaps(later(400, 2000)),
    }
