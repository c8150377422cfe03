"""Lists of the alert page: alerts old and new, the people of one, those who are missing, the whole as a file."""

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, or_, select

from alerts import queries, rules
from alerts.entries import tell
from alerts.models import Alert, Contact, ContactAddress, Recipient
from incident.errors import NotFound
from incident.models import Unit
from incident.post import Act

_alert, _recipient, _contact = Alert.__table__, Recipient.__table__, Contact.__table__
PHONES = ("sms", "whatsapp")
WORDS = {
    "waiting": "belum dikirim",
    "queued": "antre",
    "sent": "terkirim, belum tentu sampai",
    "keyed": "mengudara, belum ada jawaban",
    "heard": "sampai di alat, belum dilihat",
    "seen": "dilihat orang",
    "read_back": "dibacakan ulang",
    "failed": "gagal",
    "expired": "kedaluwarsa",
    "superseded": "diganti atau dicabut",
}


def alerts(conn: Connection, cursor: int | None, limit: int, is_draft_shown: bool) -> dict[str, Any]:
    """The newest alerts before `cursor`; `counts` are all of an alert's people by state."""
    rows = select(_alert).order_by(_alert.c.id.desc()).limit(limit + 1)
    rows = rows if cursor is None else rows.where(_alert.c.id < cursor)
    rows = rows if is_draft_shown else rows.where(_alert.c.approved_at.is_not(None))
    found = list(conn.execute(rows).mappings())
    shown = found[:limit]
    ids = [row["id"] for row in shown]
    contacts, everybody = queries.standings(conn, ids), _counts(conn, ids)
    cards = [{**queries.alert_card(row, contacts[row["id"]]), "counts": everybody[row["id"]]} for row in shown]
    for card in cards:
        card.pop("gone", None)
    return {"alerts": cards, "cursor": shown[-1]["id"] if len(found) > limit else None}


def _counts(conn: Connection, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    rows = (
        select(_recipient.c.alert_id, _recipient.c.state, func.count().label("many"))
        .where(_recipient.c.alert_id.in_(ids))
        .group_by(_recipient.c.alert_id, _recipient.c.state)
    )
    counts: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for row in conn.execute(rows):
        counts[row.alert_id][row.state] = row.many
    return counts


def recipients(
    conn: Connection, alert_id: int, states: Sequence[str], q: str, cursor: int | None, limit: int
) -> dict[str, Any]:
    """A page of an alert's people by name; `total` is how many fit, `counts` everybody's states."""
    wanted = [_recipient.c.alert_id == alert_id]
    if states:
        wanted.append(_recipient.c.state.in_(states))
    if q:
        like = f"%{q.lower().replace('%', '').replace('_', '')}%"
        wanted.append(or_(func.lower(_contact.c.name).like(like), func.lower(Unit.call_sign).like(like)))
    total = conn.scalar(_people(select(func.count())).where(*wanted))
    rows = queries.recipient_rows().where(*wanted).order_by(_recipient.c.id).limit(limit + 1)
    found = list(conn.execute(rows if cursor is None else rows.where(_recipient.c.id > cursor)).mappings())
    shown = found[:limit]
    return {
        "recipients": queries.listed(conn, shown),
        "cursor": shown[-1]["id"] if len(found) > limit else None,
        "total": total,
        "counts": _counts(conn, [alert_id])[alert_id],
    }


def _people(rows: Any) -> Any:
    joined = _recipient.outerjoin(Unit, Unit.id == _recipient.c.unit_id)
    return rows.select_from(joined.outerjoin(_contact, _contact.c.id == _recipient.c.contact_id))


def show_missing(act: Act, alert_id: int) -> dict[str, Any]:
    """Those of whom no person has it, with the numbers to telephone; that they were shown is journaled."""
    alert = queries.find_alert(act.conn, alert_id)
    if alert is None:
        raise NotFound("Siaran itu tidak ada.")
    done = rules.done_states(alert["priority"])
    rows = queries.recipient_rows().where(_recipient.c.alert_id == alert_id, _recipient.c.state.not_in(done))
    missing = queries.listed(act.conn, list(act.conn.execute(rows.order_by(_recipient.c.id)).mappings()))
    phones = _phones(act.conn, missing)
    shown = [{**one, "phones": phones.get((one["unit_id"], one["contact_id"]), [])} for one in missing]
    tell(act, "alert.missing_shown", alert_id, (), {"many": len(shown)})
    return {"missing": shown, "sentence": alert["text"]}


def _phones(conn: Connection, missing: Sequence[dict[str, Any]]) -> dict[tuple[int | None, int | None], list[str]]:
    table = ContactAddress.__table__
    mine = or_(
        table.c.contact_id.in_([one["contact_id"] for one in missing if one["contact_id"]]),
        table.c.unit_id.in_([one["unit_id"] for one in missing if one["unit_id"]]),
    )
    found: defaultdict[tuple[int | None, int | None], list[str]] = defaultdict(list)
    for row in conn.execute(select(table).where(mine, table.c.channel.in_(PHONES)).order_by(table.c.id)).mappings():
        numbers = found[(row["unit_id"], row["contact_id"])]
        if row["address"] not in numbers:
            numbers.append(row["address"])
    return found


HEAD = ("penerima", "jenis", "jabatan", "kode_wilayah", "keadaan", "dilihat_oleh", "dilihat_lewat", "waktu", "jalan")


def as_csv(conn: Connection, alert_id: int, zone: str) -> str:
    """Everybody of an alert, one a line; times in the site's zone, no address."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEAD)
    rows = queries.recipient_rows().where(_recipient.c.alert_id == alert_id).order_by(_recipient.c.id)
    for row in queries.listed(conn, list(conn.execute(rows).mappings())):
        ways = "; ".join(f"{one['channel']}: {WORDS[one['state']]}" for one in row["deliveries"])
        kind = "satuan" if row["unit_id"] else "kontak"
        at = _local(row["seen_at"], zone)
        place = (row["area_code"] or "", WORDS[row["state"]], row["seen_by"] or "", row["seen_via"] or "", at, ways)
        writer.writerow([_safe(one) for one in (row["call_sign"] or row["name"], kind, row["office"] or "", *place)])
    return out.getvalue()


def _safe(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula is made text (OWASP, CSV injection)."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _local(stamp: str | None, zone: str) -> str:
    return dt.datetime.fromisoformat(stamp).astimezone(ZoneInfo(zone)).isoformat(timespec="seconds") if stamp else ""
