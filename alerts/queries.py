"""Questions the alert room asks: cards for the board, what is due."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from alerts import rules
from alerts.models import Alert, Delivery, Recipient
from incident.models import Incident, Unit
from incident.post import Post
from incident.queries import iso

_alert = Alert.__table__
_recipient = Recipient.__table__
_delivery = Delivery.__table__
_recipient_rows = select(
    _recipient, Unit.call_sign, Unit.agency_code, _alert.c.priority, _alert.c.state.label("alert_state")
)
_recipient_rows = _recipient_rows.join(Unit, Unit.id == _recipient.c.unit_id).join(
    _alert, _alert.c.id == _recipient.c.alert_id
)


def alert_card(row: Mapping[Any, Any]) -> dict[str, Any]:
    """An alert as screens hold it."""
    names = ("id", "incident_id", "revision", "priority", "order", "headline", "text", "place", "lon", "lat")
    card = {
        **{name: row[name] for name in names},
        **{name: row[name] for name in ("state", "exercise", "written_by", "approved_by", "supersedes_id")},
        "audience": row["audience_kind"],
        "needs_second": rules.needs_second(row["order"], row["audience_kind"]),
        "text_hash": row["text_hash"],
        "written_at": iso(row["written_at"]),
        "approved_at": iso(row["approved_at"]),
        "expires_at": iso(row["expires_at"]),
    }
    return card if row["state"] in rules.ON_BOARD else {**card, "gone": True}


def recipient_card(row: Mapping[Any, Any], deliveries: Iterable[Mapping[Any, Any]]) -> dict[str, Any]:
    """What is known of one unit and one alert, and the clock to the next rung."""
    following = rules.rung_of(row["priority"], row["rung"] + 1)
    current = rules.rung_of(row["priority"], row["rung"])
    card = {
        **{name: row[name] for name in ("id", "alert_id", "unit_id", "call_sign", "agency_code", "state", "rung")},
        "channel": current.channels[0] if current else None,
        "next_channel": following.channels[0] if following and row["next_rung_at"] else None,
        "next_rung_at": iso(row["next_rung_at"]),
        "seen_at": iso(row["seen_at"]),
        "seen_by": row["seen_by"],
        "seen_via": row["seen_via"],
        "deliveries": [
            {"channel": one["channel"], "state": one["state"], "changed_at": iso(one["changed_at"])}
            for one in deliveries
        ],
    }
    return card if row["alert_state"] in rules.ON_BOARD else {**card, "gone": True}


def find_alert(conn: Connection, alert_id: int) -> RowMapping | None:
    return conn.execute(select(_alert).where(_alert.c.id == alert_id)).mappings().first()


def cards_on_board(conn: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The cards of those of these alerts that are not over."""
    standing = select(_alert).where(_alert.c.id.in_(ids), _alert.c.state.in_(rules.ON_BOARD)).order_by(_alert.c.id)
    return [alert_card(row) for row in conn.execute(standing).mappings()]


def why_not_moved(conn: Connection, ids: Sequence[int]) -> str | None:
    """What waits for a second person must still be about what they were asked."""
    waiting = [card["headline"] for card in cards_on_board(conn, ids) if card["state"] == "draft"]
    return f"Siaran “{waiting[0]}” masih menunggu persetujuan; setujui atau batalkan dahulu." if waiting else None


def find_recipient(conn: Connection, recipient_id: int) -> RowMapping | None:
    return conn.execute(_recipient_rows.where(_recipient.c.id == recipient_id)).mappings().first()


def find_recipient_of(conn: Connection, alert_id: int, unit_id: int) -> RowMapping | None:
    rows = _recipient_rows.where(_recipient.c.alert_id == alert_id, _recipient.c.unit_id == unit_id)
    return conn.execute(rows).mappings().first()


def find_delivery(conn: Connection, delivery_id: int) -> RowMapping | None:
    return conn.execute(select(_delivery).where(_delivery.c.id == delivery_id)).mappings().first()


def recipients_of(conn: Connection, alert_id: int) -> list[RowMapping]:
    rows = _recipient_rows.where(_recipient.c.alert_id == alert_id).order_by(_recipient.c.id)
    return list(conn.execute(rows).mappings())


def recipient_cards(conn: Connection, ids: Iterable[int]) -> list[dict[str, Any]]:
    """The cards of these recipients, whole."""
    wanted = list(ids)
    rows = list(conn.execute(_recipient_rows.where(_recipient.c.id.in_(wanted)).order_by(_recipient.c.id)).mappings())
    return _with_deliveries(conn, rows)


def _with_deliveries(conn: Connection, rows: list[RowMapping]) -> list[dict[str, Any]]:
    ids = [row["id"] for row in rows]
    found = conn.execute(select(_delivery).where(_delivery.c.recipient_id.in_(ids)).order_by(_delivery.c.id)).mappings()
    groups: defaultdict[int, list[RowMapping]] = defaultdict(list)
    for one in found:
        groups[one["recipient_id"]].append(one)
    return [recipient_card(row, groups[row["id"]]) for row in rows]


def board_cards(conn: Connection, post: Post) -> dict[str, list[dict[str, Any]]]:
    """The room's part of a snapshot: alerts that are not over, and who has them."""
    alerts = select(_alert).where(_alert.c.state.in_(rules.ON_BOARD)).order_by(_alert.c.id)
    rows = list(
        conn.execute(_recipient_rows.where(_alert.c.state.in_(rules.ON_BOARD)).order_by(_recipient.c.id)).mappings()
    )
    return {
        "alerts": [alert_card(row) for row in conn.execute(alerts).mappings()],
        "recipients": _with_deliveries(conn, rows),
    }


def incident_cards(conn: Connection, post: Post, incident_id: int) -> dict[str, list[dict[str, Any]]]:
    """All alerts of an incident, also those that are over."""
    alerts = select(_alert).where(_alert.c.incident_id == incident_id).order_by(_alert.c.id)
    rows = list(conn.execute(_recipient_rows.where(_alert.c.incident_id == incident_id)).mappings())
    return {
        "alerts": [alert_card(row) for row in conn.execute(alerts).mappings()],
        "recipients": _with_deliveries(conn, rows),
    }


def active_of_incident(conn: Connection, incident_id: int) -> list[int]:
    """Alerts of an incident that are not over."""
    rows = select(_alert.c.id).where(_alert.c.incident_id == incident_id, _alert.c.state.in_(rules.ON_BOARD))
    return list(conn.scalars(rows))


def due_deliveries(conn: Connection, now: dt.datetime, limit: int = 500) -> list[RowMapping]:
    """Deliveries that wait to be handed to their channel, of alerts that still stand."""
    rows = (
        select(_delivery, _recipient.c.alert_id, _recipient.c.unit_id)
        .join(_recipient, _recipient.c.id == _delivery.c.recipient_id)
        .join(_alert, _alert.c.id == _recipient.c.alert_id)
        .where(_delivery.c.state == "waiting", _delivery.c.due_at <= now, _alert.c.state == "active")
        .order_by(_alert.c.priority, _alert.c.id, _delivery.c.channel, _delivery.c.id)  # one broadcast for all
        .limit(limit)
    )
    return list(conn.execute(rows).mappings())


def due_to_climb(conn: Connection, now: dt.datetime) -> dict[int, list[int]]:
    """alert -> recipients whose time on the rung is over while no person has seen it."""
    rows = (
        select(_recipient.c.alert_id, _recipient.c.id)
        .join(_alert, _alert.c.id == _recipient.c.alert_id)
        .where(_recipient.c.next_rung_at <= now, _alert.c.state == "active", _alert.c.expires_at > now)
        .order_by(_alert.c.priority, _recipient.c.id)
    )
    due: dict[int, list[int]] = defaultdict(list)
    for row in conn.execute(rows):
        due[row.alert_id].append(row.id)
    return due


def expired_alerts(conn: Connection, now: dt.datetime) -> list[int]:
    """Alerts whose time is over and which nobody has ended yet."""
    return list(conn.scalars(select(_alert.c.id).where(_alert.c.state.in_(rules.ON_BOARD), _alert.c.expires_at <= now)))


def find_place(conn: Connection, incident_id: int) -> RowMapping | None:
    """Where an incident is and of what type, for an alert about it."""
    columns = (Incident.place, Incident.lon, Incident.lat, Incident.type, Incident.id)
    return conn.execute(select(*columns).where(Incident.id == incident_id)).mappings().first()
