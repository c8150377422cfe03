"""Questions the alert room asks: cards for the board, what is due."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.engine import RowMapping

from alerts import rules
from alerts.audience import Reached
from alerts.channels import INSIDE, get_channel
from alerts.models import Alert, ChannelHealth, Contact, ContactAddress, Delivery, Recipient
from incident.models import Incident, Unit
from incident.post import Post
from incident.queries import iso

_alert = Alert.__table__
_recipient = Recipient.__table__
_delivery = Delivery.__table__
_contact = Contact.__table__
_address = ContactAddress.__table__
_recipient_rows = (
    select(
        _recipient,
        Unit.call_sign,
        func.coalesce(Unit.agency_code, _contact.c.agency_code).label("agency_code"),
        _contact.c.name,
        _contact.c.office,
        _contact.c.area_code,
        _contact.c.kind.label("contact_kind"),
        _alert.c.priority,
        _alert.c.state.label("alert_state"),
    )
    .outerjoin(Unit, Unit.id == _recipient.c.unit_id)
    .outerjoin(_contact, _contact.c.id == _recipient.c.contact_id)
    .join(_alert, _alert.c.id == _recipient.c.alert_id)
)
_CAP = ("event", "category", "urgency", "severity", "certainty", "instruction", "sender_name", "area_words")


class Standing(NamedTuple):
    """An alert's contacts together: by state, by rung (of whom a person is missing), and the clock that ends first."""

    counts: dict[str, int]
    rungs: dict[str, int]
    waits: int  # how many wait for a rung
    next_rung_at: dt.datetime | None
    next_channel: str | None


NOBODY = Standing({}, {}, 0, None, None)


def alert_card(row: Mapping[Any, Any], standing: Standing = NOBODY) -> dict[str, Any]:
    """An alert as screens hold it; `standing` are its contacts. The area's outline is asked for apart."""
    names = ("id", "incident_id", "revision", "priority", "order", "headline", "text", "place", "lon", "lat")
    card = {
        **{name: row[name] for name in names},
        **{name: row[name] for name in ("state", "exercise", "written_by", "approved_by", "supersedes_id")},
        **{name: row[name] for name in (*_CAP, "template", "language", "retraction", "cancelled_by")},
        "audience": row["audience_kind"],
        "needs_second": rules.needs_second(row["order"], row["audience_kind"]),
        "text_hash": row["text_hash"],
        "written_at": iso(row["written_at"]),
        "approved_at": iso(row["approved_at"]),
        "expires_at": iso(row["expires_at"]),
        "ended_at": iso(row["ended_at"]),
        "contacts": standing.counts,
        "rungs": standing.rungs,
        "waits": standing.waits,
        "next_rung_at": iso(standing.next_rung_at),
        "next_channel": standing.next_channel,
    }
    return card if row["state"] in rules.ON_BOARD else {**card, "gone": True}


def counted_card(conn: Connection, row: Mapping[Any, Any]) -> dict[str, Any]:
    """The card with what is known of its contacts."""
    return alert_card(row, standings(conn, [row["id"]])[row["id"]])


def whole_alert(conn: Connection, row: Mapping[Any, Any]) -> dict[str, Any]:
    """The card and what is too large for one: the area, its codes, the English words, who it was written to."""
    parts = {name: orjson.loads(row[name]) if row[name] else None for name in ("area", "area_codes", "english")}
    to = orjson.loads(row["audience"]) if row["audience"] else None
    return {**counted_card(conn, row), **parts, "to": to}


def standings(conn: Connection, alert_ids: Collection[int]) -> Mapping[int, Standing]:
    """alert -> what is known of its contacts, from one index; an alert without any is NOBODY."""
    alike = (_recipient.c.alert_id, _recipient.c.state, _recipient.c.rung, _recipient.c.next_channel)
    clock = func.min(_recipient.c.next_rung_at).label("at")
    rows = (
        select(*alike, func.count().label("many"), func.count(_recipient.c.next_rung_at).label("waits"), clock)
        .where(_recipient.c.alert_id.in_(alert_ids), _recipient.c.contact_id.is_not(None))
        .group_by(*alike)
        .order_by(*alike)
    )
    groups: defaultdict[int, list[RowMapping]] = defaultdict(list)
    for row in conn.execute(rows).mappings():
        groups[row["alert_id"]].append(row)
    return defaultdict(lambda: NOBODY, {one: _standing(some) for one, some in groups.items()})


def _standing(rows: Sequence[Mapping[Any, Any]]) -> Standing:
    counts: Counter[str] = Counter()
    rungs: Counter[str] = Counter()
    for row in rows:
        counts[row["state"]] += row["many"]
        if row["state"] not in (*rules.BY_A_PERSON, "expired", "superseded"):
            rungs[str(max(0, row["rung"]))] += row["many"]
    waiting = [row for row in rows if row["waits"] and row["rung"] >= 0]  # below: those who are about to begin
    first: Mapping[Any, Any] = min(waiting, key=lambda row: row["at"], default={})
    waits = sum(row["waits"] for row in waiting)
    return Standing(dict(counts), dict(rungs), waits, first.get("at"), first.get("next_channel"))


def recipient_card(row: Mapping[Any, Any], deliveries: Iterable[Mapping[Any, Any]]) -> dict[str, Any]:
    """What is known of one unit and one alert, and the clock to the next rung."""
    card = {
        **{name: row[name] for name in ("id", "alert_id", "unit_id", "call_sign", "agency_code", "state", "rung")},
        "channel": row["channel"],
        "next_channel": row["next_channel"] if row["next_rung_at"] else None,
        "next_rung_at": iso(row["next_rung_at"]),
        "seen_at": iso(row["seen_at"]),
        "seen_by": row["seen_by"],
        "seen_via": row["seen_via"],
        "runner": row["runner_task_id"],
        "deliveries": [
            {"channel": one["channel"], "state": one["state"], "changed_at": iso(one["changed_at"])}
            for one in deliveries
        ],
    }
    return card if row["alert_state"] in rules.ON_BOARD else {**card, "gone": True}


def listed_recipient(row: Mapping[Any, Any], deliveries: Iterable[Mapping[Any, Any]]) -> dict[str, Any]:
    """A unit or contact of an alert for the page of the alert: by name, with why a way failed, never an address."""
    ways = list(deliveries)
    whys = {one["channel"]: one["reason"] for one in ways if one["reason"]}
    mine = {name: row[name] for name in ("contact_id", "name", "office", "area_code", "contact_kind", "read_back")}
    return {**recipient_card(row, ways), **mine, "reasons": whys}


def recipient_rows() -> Any:
    """Recipients with what is known of their unit or contact, to be narrowed."""
    return _recipient_rows


def listed(conn: Connection, rows: list[RowMapping]) -> list[dict[str, Any]]:
    """Recipients as the page lists them."""
    groups = _deliveries_of(conn, [row["id"] for row in rows]) if rows else {}
    shown = [listed_recipient(row, groups.get(row["id"], ())) for row in rows]
    return [{name: value for name, value in one.items() if name != "gone"} for one in shown]


def find_alert(conn: Connection, alert_id: int) -> RowMapping | None:
    return conn.execute(select(_alert).where(_alert.c.id == alert_id)).mappings().first()


def cards_on_board(conn: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The cards of those of these alerts that are not over."""
    return _alert_cards(conn, _alert.c.id.in_(ids), _alert.c.state.in_(rules.ON_BOARD))


def _alert_cards(conn: Connection, *wanted: Any) -> list[dict[str, Any]]:
    rows = list(conn.execute(select(_alert).where(*wanted).order_by(_alert.c.id)).mappings())
    contacts = standings(conn, [row["id"] for row in rows])
    return [alert_card(row, contacts[row["id"]]) for row in rows]


def why_not_moved(conn: Connection, ids: Sequence[int]) -> str | None:
    """What waits for a second person must still be about what they were asked."""
    waiting = [card["headline"] for card in cards_on_board(conn, ids) if card["state"] == "draft"]
    return f"Siaran “{waiting[0]}” masih menunggu persetujuan; setujui atau batalkan dahulu." if waiting else None


def find_recipient(conn: Connection, recipient_id: int) -> RowMapping | None:
    return conn.execute(_recipient_rows.where(_recipient.c.id == recipient_id)).mappings().first()


def find_recipients(conn: Connection, ids: Collection[int]) -> list[RowMapping]:
    rows = _recipient_rows.where(_recipient.c.id.in_(ids)).order_by(_recipient.c.id)
    return list(conn.execute(rows).mappings())


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
    rows = _recipient_rows.where(_recipient.c.id.in_(list(ids))).order_by(_recipient.c.id)
    return _with_deliveries(conn, list(conn.execute(rows).mappings()))


def unit_cards(conn: Connection, alert_id: int, touched: Collection[int] | None) -> list[dict[str, Any]]:
    """The cards of an alert's units among `touched` recipients (None: all); contacts are only counted."""
    if touched is not None and not touched:
        return []
    rows = _recipient_rows.where(_recipient.c.alert_id == alert_id, _recipient.c.unit_id.is_not(None))
    if touched is not None and len(touched) <= 500:
        rows = rows.where(_recipient.c.id.in_(touched))
    found = list(conn.execute(rows.order_by(_recipient.c.id)).mappings())
    wanted = None if touched is None else set(touched)
    return _with_deliveries(conn, [row for row in found if wanted is None or row["id"] in wanted])


def _deliveries_of(conn: Connection, ids: Collection[int]) -> Mapping[int, list[RowMapping]]:
    found = conn.execute(select(_delivery).where(_delivery.c.recipient_id.in_(ids)).order_by(_delivery.c.id)).mappings()
    groups: defaultdict[int, list[RowMapping]] = defaultdict(list)
    for one in found:
        groups[one["recipient_id"]].append(one)
    return groups


def _with_deliveries(conn: Connection, rows: list[RowMapping]) -> list[dict[str, Any]]:
    groups = _deliveries_of(conn, [row["id"] for row in rows]) if rows else {}
    return [recipient_card(row, groups.get(row["id"], ())) for row in rows]


def board_cards(conn: Connection, post: Post) -> dict[str, list[dict[str, Any]]]:
    """The room's part of a snapshot: alerts that are not over, and which units have them."""
    standing = _alert.c.state.in_(rules.ON_BOARD)
    rows = _recipient_rows.where(standing, _recipient.c.unit_id.is_not(None)).order_by(_recipient.c.id)
    return {
        "alerts": _alert_cards(conn, standing),
        "recipients": _with_deliveries(conn, list(conn.execute(rows).mappings())),
    }


def incident_cards(conn: Connection, post: Post, incident_id: int) -> dict[str, list[dict[str, Any]]]:
    """All alerts of an incident, also those that are over."""
    mine = _alert.c.incident_id == incident_id
    rows = _recipient_rows.where(mine, _recipient.c.unit_id.is_not(None))
    return {
        "alerts": _alert_cards(conn, mine),
        "recipients": _with_deliveries(conn, list(conn.execute(rows).mappings())),
    }


def active_of_incident(conn: Connection, incident_id: int) -> list[int]:
    """Alerts of an incident that are not over."""
    rows = select(_alert.c.id).where(_alert.c.incident_id == incident_id, _alert.c.state.in_(rules.ON_BOARD))
    return list(conn.scalars(rows))


def due_deliveries(conn: Connection, now: dt.datetime, limit: int = 500) -> list[RowMapping]:
    """Deliveries that wait to be handed to their inside channel, of alerts that still stand."""
    rows = (
        select(_delivery, _recipient.c.alert_id, _recipient.c.unit_id, _recipient.c.contact_id)
        .join(_recipient, _recipient.c.id == _delivery.c.recipient_id)
        .join(_alert, _alert.c.id == _recipient.c.alert_id)
        .where(_delivery.c.channel.in_(INSIDE), _delivery.c.state == "waiting", _delivery.c.due_at <= now)
        .where(_alert.c.state == "active")
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


# who is reached by what


def addresses_of(conn: Connection, column: str, ids: Collection[int] | None = None) -> dict[int, dict[str, str]]:
    """contact (or unit) -> kind of address -> the first address; those who asked us to stop are left out.

    column: "contact_id" | "unit_id"; ids: None for all of them.
    """
    owner = _address.c[column]
    rows = select(owner.label("owner"), _address.c.channel, _address.c.address)
    rows = rows.where(owner.is_not(None), _address.c.stopped_at.is_(None)).order_by(_address.c.id.desc())
    if ids is not None and len(ids) <= 500:
        rows = rows.where(owner.in_(ids))
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for row in conn.execute(rows):
        found[row.owner][row.channel] = row.address
    return found


def channel_states(conn: Connection) -> dict[str, str]:
    """channel -> ok | warn | down | off; an outside one that was never switched on is off."""
    known = {row.name: row.state for row in conn.execute(select(ChannelHealth.name, ChannelHealth.state))}
    outside = {name: known.get(name, "off") for name in rules.CHANNELS if name not in INSIDE}
    return {**outside, **{name: _inside_state(conn, name) for name in INSIDE}}


def _inside_state(conn: Connection, name: str) -> str:
    """What the lamp of an inside channel says; the radio is believed before it ever ran, others are off until then."""
    channel = get_channel(name)
    lamp = channel.health(conn)[0] if hasattr(channel, "health") else "ok"
    return {"off": "down", "unknown": "ok" if name == "radio" else "off"}.get(lamp, lamp)


def find_ways(conn: Connection, ids: Collection[int]) -> list[RowMapping]:
    """Deliveries, each with its alert and recipient."""
    rows = select(_delivery, _recipient.c.alert_id, _recipient.c.unit_id, _recipient.c.contact_id)
    rows = rows.join(_recipient, _recipient.c.id == _delivery.c.recipient_id).where(_delivery.c.id.in_(ids))
    return list(conn.execute(rows.order_by(_delivery.c.id)).mappings())


def ways_of(conn: Connection, recipient_ids: Collection[int]) -> list[RowMapping]:
    """The deliveries to these recipients."""
    rows = select(_delivery).where(_delivery.c.recipient_id.in_(recipient_ids)).order_by(_delivery.c.id)
    return list(conn.execute(rows).mappings())


def ways_out(conn: Connection, alert_id: int, channels: Collection[str]) -> list[RowMapping]:
    """The deliveries of an alert by these channels that left us or may have: tried once, the answer was lost."""
    tried = and_(_delivery.c.attempts > 0, _delivery.c.state != "failed")
    rows = (
        select(_delivery)
        .join(_recipient, _recipient.c.id == _delivery.c.recipient_id)
        .where(_recipient.c.alert_id == alert_id, _delivery.c.channel.in_(channels))
        .where(or_(_delivery.c.sent_at.is_not(None), _delivery.c.claimed_until.is_not(None), tried))
        .order_by(_delivery.c.id)
    )
    return list(conn.execute(rows).mappings())


def reached_of(conn: Connection, alert_id: int) -> Reached:
    """Who an alert was frozen for."""
    rows = conn.execute(
        select(_recipient.c.unit_id, _recipient.c.contact_id).where(_recipient.c.alert_id == alert_id)
    ).all()
    return Reached(
        tuple(sorted(row.unit_id for row in rows if row.unit_id)),
        tuple(sorted(row.contact_id for row in rows if row.contact_id)),
    )


def find_way(conn: Connection, *wanted: Any) -> RowMapping | None:
    """The newest delivery that fits, with its alert and recipient."""
    rows = (
        select(_delivery, _recipient.c.alert_id, _recipient.c.unit_id, _recipient.c.contact_id)
        .join(_recipient, _recipient.c.id == _delivery.c.recipient_id)
        .join(_alert, _alert.c.id == _recipient.c.alert_id)
        .where(*wanted)
        .order_by(_delivery.c.id.desc())
        .limit(1)
    )
    return conn.execute(rows).mappings().first()
