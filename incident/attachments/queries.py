"""Questions about attachments: of an incident, of a call, one; and whether any row tells of a file."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, exists, func, or_, select
from sqlalchemy.engine import RowMapping

from gis.coordinates import Position, distance_m
from incident import rules as roles
from incident.attachments import rules
from incident.attachments.models import Attachment
from incident.models import Call
from incident.queries import find_incident, iso

Row = Mapping[Any, Any]
_table = Attachment.__table__
_call = Call.__table__
_PLAIN = ("id", "call_id", "kind", "type", "bytes", "width", "height", "seconds", "name", "words", "sent_by")


def find_attachment(conn: Connection, attachment_id: int) -> RowMapping | None:
    """The row with the incident it belongs to now (`of_incident`): a call's goes where the call goes."""
    return conn.execute(_rows().where(_table.c.id == attachment_id)).mappings().first()


def _rows() -> Any:
    belongs_to = func.coalesce(_table.c.incident_id, _call.c.incident_id).label("of_incident")
    return select(*_table.c, belongs_to).outerjoin_from(_table, _call, _call.c.id == _table.c.call_id)


def of_incident(conn: Connection, incident_id: int) -> list[RowMapping]:
    """Every attachment of an incident and of its calls, the oldest first."""
    mine = or_(_table.c.incident_id == incident_id, _call.c.incident_id == incident_id)
    return list(conn.execute(_rows().where(mine).order_by(_table.c.id)).mappings())


def of_call(conn: Connection, call_id: int) -> list[RowMapping]:
    return list(conn.execute(_rows().where(_table.c.call_id == call_id).order_by(_table.c.id)).mappings())


def count(conn: Connection, **of: int) -> int:
    """How many an incident (`incident_id=`) or a call (`call_id=`) has; struck ones count."""
    mine = [_table.c[name] == value for name, value in of.items()]
    return int(conn.scalar(select(func.count()).select_from(_table).where(*mine)) or 0)


def call_of(conn: Connection, call_id: int | None, call_uid: str | None) -> RowMapping | None:
    """A call by its number, or by the key its sender gave it."""
    which = _call.c.id == call_id if call_id is not None else _call.c.uid == call_uid
    return conn.execute(select(_call.c.id, _call.c.incident_id).where(which)).mappings().first()


def is_known(conn: Connection, digest: str) -> bool:
    """Whether any row, struck or not, tells of this file."""
    mine = or_(_table.c.digest == digest, _table.c.thumb_digest == digest)
    return bool(conn.scalar(select(exists().where(mine))))


# as screens hold it


def may_see(role: str, row: Row) -> bool:
    """What came with a call is for those who read calls."""
    return row["call_id"] is None or roles.may(role, "call.read")


def may_open(role: str, name: str, row: Row) -> bool:
    """A struck one opens for its sender and for supervisors alone."""
    return row["struck_at"] is None or row["sent_by"] == name or role in rules.SUPERVISORS


def cards(conn: Connection, rows: list[RowMapping], role: str, name: str) -> list[dict[str, Any]]:
    """The attachments this person may see, each with what they may do with it."""
    return [card(conn, row, role, name) for row in rows if may_see(role, row)]


def card(conn: Connection, row: Row, role: str, name: str) -> dict[str, Any]:
    opens = may_open(role, name, row)
    return {
        **{one: row[one] for one in _PLAIN},
        "incident_id": row["of_incident"],
        "sent_at": iso(row["sent_at"]),
        "taken_at": iso(row["taken_at"]),
        "file": f"/attachments/{row['id']}" if opens else None,
        "thumb": f"/attachments/{row['id']}/thumb" if opens and row["thumb_digest"] else None,
        "struck": _struck(row),
        "offer": offer(conn, row),
    }


def _struck(row: Row) -> dict[str, Any] | None:
    if row["struck_at"] is None:
        return None
    return {"by": row["struck_by"], "at": iso(row["struck_at"]), "why": row["struck_why"]}


def offer(conn: Connection, row: Row) -> dict[str, Any] | None:
    """What the camera said and nobody took or left yet: `{lon, lat, distance_m}`, `{at}`, or None."""
    if row["struck_at"] is not None:
        return None
    told: dict[str, Any] = {}
    if row["camera_lon"] is not None and row["position_said"] is None and row["of_incident"] is not None:
        lon, lat = row["camera_lon"], row["camera_lat"]
        told |= {"lon": lon, "lat": lat, "distance_m": _distance(conn, row["of_incident"], Position(lon, lat))}
    if row["camera_at"] is not None and row["time_said"] is None:
        told["at"] = iso(row["camera_at"])
    return told or None


def _distance(conn: Connection, incident_id: int, where: Position) -> float | None:
    """Metres from the incident; None while that has no point."""
    incident = find_incident(conn, incident_id)
    if incident is None or incident["lon"] is None:
        return None
    return round(distance_m(Position(incident["lon"], incident["lat"]), where))
