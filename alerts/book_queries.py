"""Questions to the phone book: cards with masked addresses, groups, who is who."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, or_, select

from alerts.models import Contact, ContactAddress, ContactGroup, GroupMember
from gis.codes import full_name
from gis.models import Area
from gis.queries import names_above
from incident.errors import NotFound
from incident.models import Agency, Unit
from incident.queries import find_unit

_contact = Contact.__table__
_address = ContactAddress.__table__
_standing = _contact.c.gone_at.is_(None)


def masked(channel: str, address: str) -> str:
    """`0812****321`, `s****@desa.id`; of an address of a machine the first letters."""
    if "@" in address and channel == "email":
        name, _, host = address.partition("@")
        return f"{name[:1]}****@{host}"
    if channel in ("web_push", "webhook"):
        return f"{address[:24]}****"
    return f"{address[:4]}****{address[-3:]}" if len(address) > 8 else f"{address[:1]}****"


def contacts(conn: Connection, given: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the phone book, by id. given: q, office, area, agency, group, cursor, limit."""
    wanted = _wanted(given)
    total = conn.scalar(select(func.count()).select_from(_contact).where(*wanted))
    rows = select(_contact).where(*wanted).order_by(_contact.c.id).limit(given["limit"] + 1)
    rows = rows.where(_contact.c.id > given["cursor"]) if given.get("cursor") else rows
    found = list(conn.execute(rows).mappings())
    shown = found[: given["limit"]]
    return {
        "contacts": cards(conn, shown),
        "cursor": shown[-1]["id"] if len(found) > given["limit"] else None,
        "total": total,
    }


def _wanted(given: Mapping[str, Any]) -> list[Any]:
    wanted: list[Any] = [_standing]
    if q := (given.get("q") or "").lower().replace("%", "").replace("_", ""):
        like = f"%{q}%"
        words = (_contact.c.name, _contact.c.note, _contact.c.area_code, _contact.c.agency_code, _contact.c.office)
        wanted.append(or_(*(func.lower(one).like(like) for one in words)))
    if given.get("office"):
        wanted.append(_contact.c.office == given["office"])
    if area := given.get("area"):
        wanted.append(or_(_contact.c.area_code == area, _contact.c.area_code.like(f"{area}.%")))
    if given.get("agency"):
        wanted.append(_contact.c.agency_code == given["agency"])
    if given.get("group"):
        mine = select(GroupMember.contact_id).where(GroupMember.group_id == given["group"])
        wanted.append(_contact.c.id.in_(mine))
    return wanted


def cards(conn: Connection, rows: Sequence[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    """Contacts as a page shows them; `area` is the full name of where."""
    ids = [row["id"] for row in rows]
    of, groups, names = addresses(conn, ids), _groups_of(conn, ids), _area_names(conn, rows)
    plain = ("id", "name", "kind", "office", "area_code", "agency_code", "person_id", "language", "note")
    return [
        {
            **{name: row[name] for name in plain},
            "area": names.get(row["area_code"] or ""),
            "addresses": of[row["id"]],
            "group_ids": groups[row["id"]],
        }
        for row in rows
    ]


def addresses(conn: Connection, ids: Collection[int], is_whole: bool = False) -> dict[int, list[dict[str, Any]]]:
    """contact -> its addresses: `masked`, and `address` where somebody may see them whole."""
    rows = select(_address).where(_address.c.contact_id.in_(ids)).order_by(_address.c.id)
    found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in conn.execute(rows).mappings():
        one = {"id": row["id"], "channel": row["channel"], "masked": masked(row["channel"], row["address"])}
        whole = {"address": row["address"]} if is_whole else {}
        found[row["contact_id"]].append({**one, **whole, "is_stopped": row["stopped_at"] is not None})
    return found


def unit_addresses(conn: Connection, unit_id: int) -> list[dict[str, Any]]:
    """Where a unit's team is reached, masked; raises NotFound for a unit nobody has."""
    if find_unit(conn, unit_id) is None:
        raise NotFound("Satuan itu tidak ada.")
    rows = select(_address).where(_address.c.unit_id == unit_id).order_by(_address.c.id)
    return [
        {"id": row["id"], "channel": row["channel"], "masked": masked(row["channel"], row["address"])}
        for row in conn.execute(rows).mappings()
    ]


def _groups_of(conn: Connection, ids: Collection[int]) -> dict[int, list[int]]:
    rows = select(GroupMember.contact_id, GroupMember.group_id).where(GroupMember.contact_id.in_(ids))
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row in conn.execute(rows.order_by(GroupMember.group_id)):
        found[row.contact_id].append(row.group_id)
    return found


def _area_names(conn: Connection, rows: Sequence[Mapping[Any, Any]]) -> dict[str, str]:
    codes = list(dict.fromkeys(row["area_code"] for row in rows if row["area_code"]))
    if not codes:
        return {}
    plain = {row.code: row.name for row in conn.execute(select(Area.code, Area.name).where(Area.code.in_(codes)))}
    above = names_above(conn, codes)
    return {code: full_name(code, name, above) for code, name in plain.items()}


def groups(conn: Connection) -> list[dict[str, Any]]:
    """Every group with its members by name; `count` is how many."""
    rows = (
        select(GroupMember.group_id, GroupMember.contact_id, _contact.c.name, GroupMember.unit_id, Unit.call_sign)
        .outerjoin(_contact, _contact.c.id == GroupMember.contact_id)
        .outerjoin(Unit, Unit.id == GroupMember.unit_id)
        .order_by(_contact.c.name, Unit.call_sign)
    )
    members: defaultdict[int, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: {"contacts": [], "units": []})
    for row in conn.execute(rows):
        if row.contact_id:
            members[row.group_id]["contacts"].append({"id": row.contact_id, "name": row.name})
        else:
            members[row.group_id]["units"].append({"id": row.unit_id, "call_sign": row.call_sign})
    found = conn.execute(select(ContactGroup.id, ContactGroup.name).order_by(ContactGroup.name)).all()
    return [
        {
            "id": row.id,
            "name": row.name,
            **members[row.id],
            **{f"{kind}_ids": [one["id"] for one in members[row.id][f"{kind}s"]] for kind in ("contact", "unit")},
            "count": sum(map(len, members[row.id].values())),
        }
        for row in found
    ]


def by_name(conn: Connection) -> dict[tuple[str, str, str | None], int]:
    """(name, office, area) -> contact, of those who are in the book."""
    rows = select(_contact.c.id, _contact.c.name, _contact.c.office, _contact.c.area_code).where(_standing)
    return {(row.name.lower(), row.office, row.area_code): row.id for row in conn.execute(rows)}


def group_ids(conn: Connection) -> dict[str, int]:
    return {row.name.lower(): row.id for row in conn.execute(select(ContactGroup.name, ContactGroup.id))}


def agency_codes(conn: Connection) -> set[str]:
    return set(conn.scalars(select(Agency.code)))
