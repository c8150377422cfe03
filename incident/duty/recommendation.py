"""Units in order for an incident, by what the database knows of each: capability, way, age of position, duty, crew."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from incident import queries
from incident.duty import queries as duty
from incident.duty import ranking
from incident.models import Unit


def recommend(
    conn: Connection, incident: Mapping[Any, Any], wanted: set[str], now: dt.datetime
) -> list[dict[str, Any]]:
    """Units in order for an incident: free and able first, then by the estimated way, with reasons and shortfalls.

    `wanted` are the words for what the incident needs: its type's code, family and other names.
    """
    active, known = queries.active_by_unit(conn), duties(conn, now)
    named = {row["code"]: row for row in duty.capabilities(conn)}
    rows = conn.execute(select(*queries.UNIT_COLUMNS).where(Unit.in_service)).mappings()
    found = []
    for row in rows:
        card = queries.unit_card(row, active[row["id"]])
        codes = able_to(card, wanted, named)
        able = {named[word]["name_id"] if word in named else word for word in codes}
        duty_of = known.get(row["id"], ranking.UNKNOWN)
        found.append(ranking.judged(card, row["position_at"], incident, able, duty_of, now) | {"able": sorted(codes)})
    return ranking.in_order(found)


def able_to(card: Mapping[str, Any], wanted: set[str], named: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The capabilities of a unit that serve one of these words."""
    return {word for word in card["capabilities"] if wanted & {word, *_serves(named.get(word))}}


def _serves(row: Mapping[str, Any] | None) -> list[str]:
    return row["serves"].split() if row else []


def duties(conn: Connection, now: dt.datetime) -> dict[int, ranking.Duty]:
    """What is known of every unit's duty and crew."""
    on, crews = duty.on_shift(conn, now), duty.crew_counts(conn)
    least = {row["code"]: row["least_crew"] for row in duty.kinds(conn)}
    rows = conn.execute(select(Unit.id, Unit.kind))
    return {row.id: ranking.Duty(on.get(row.id), crews.get(row.id, 0), least.get(row.kind, 0)) for row in rows}
