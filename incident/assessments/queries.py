"""Questions about assessed figures: one row, all of an incident, and side by side what its sources say."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from incident.assessments import rules
from incident.assessments.models import Assessment
from incident.post import Post
from incident.queries import iso

_table = Assessment.__table__
_TIMES = ("at", "recorded_at", "official_at", "struck_at")
_PLAIN = [column.name for column in _table.c if column.name not in _TIMES]


def find_assessment(conn: Connection, assessment_id: int) -> RowMapping | None:
    return conn.execute(select(_table).where(_table.c.id == assessment_id)).mappings().first()


def assessments_of(conn: Connection, incident_id: int) -> list[RowMapping]:
    """All figures of an incident, struck ones too, in the order they were written."""
    found = select(_table).where(_table.c.incident_id == incident_id).order_by(_table.c.id)
    return list(conn.execute(found).mappings())


def side_by_side(rows: list[RowMapping]) -> list[dict[str, Any]]:
    """Each matter anybody spoke about, in the table's order: the official figure, each source's last, conflicts."""
    by_what = sorted(rows, key=lambda row: rules.WHATS.index(row["what"]))
    groups = [(what, list(group)) for what, group in groupby(by_what, key=lambda row: row["what"])]
    return [_matter(what, group) for what, group in groups]


def _matter(what: str, rows: list[RowMapping]) -> dict[str, Any]:
    chosen = rules.official(rows)
    return {
        "what": what,
        "official": figure_card(chosen) if chosen else None,
        "sources": [figure_card(row) for row in rules.newest_by_source(rows)],
        "conflict": rules.is_conflict(rows),
        "newer": rules.has_newer(rows),
    }


def figure_card(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A figure as the screens show it."""
    return {**{name: row[name] for name in _PLAIN}, **{name: iso(row[name]) for name in _TIMES}}


def no_cards(conn: Connection, post: Post) -> dict[str, list[dict[str, Any]]]:
    """The board holds no figures: they stand with the whole incident."""
    return {}


def whole_cards(conn: Connection, post: Post, incident_id: int) -> dict[str, list[dict[str, Any]]]:
    """What an incident's page shows of its assessments."""
    return {"assessments": side_by_side(assessments_of(conn, incident_id))}
