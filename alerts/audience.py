"""Who an alert is for: words of the composer (a group, an agency, the heads of villages) become units and contacts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, or_, select

from alerts.models import Contact, ContactGroup, GroupMember
from gis.database import Database
from gis.queries import Village, villages_in
from incident.errors import BadReport
from incident.models import Person, Unit

_contact = Contact.__table__
_standing = _contact.c.gone_at.is_(None)


class To(NamedTuple):
    """What the composer chose. `village_heads` are area codes: of a village, or of all villages below it."""

    unit_ids: tuple[int, ...] = ()
    group_ids: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    village_heads: tuple[str, ...] = ()
    heads_in_area: bool = False  # the heads of the villages that the drawn area meets
    contact_ids: tuple[int, ...] = ()


class Reached(NamedTuple):
    """Name by name, each once, in order of their ids."""

    unit_ids: tuple[int, ...] = ()
    contact_ids: tuple[int, ...] = ()


def resolve(
    conn: Connection,
    database: Database,
    to: To,
    area: Mapping[str, Any] | None = None,
    area_codes: Sequence[str] = (),
) -> Reached:
    """The units and contacts meant; raises BadReport for one that is not there."""
    _require(conn, to)
    units, contacts = set(to.unit_ids), set(to.contact_ids)
    members = select(GroupMember.unit_id, GroupMember.contact_id).where(GroupMember.group_id.in_(to.group_ids))
    for row in conn.execute(members):
        (units if row.unit_id else contacts).add(row.unit_id or row.contact_id)
    units |= set(conn.scalars(select(Unit.id).where(Unit.agency_code.in_(to.agencies))))
    units |= _units_of_roles(conn, to.roles)
    codes = [*to.village_heads, *(area_codes if to.heads_in_area and area is None else ())]
    if to.heads_in_area and area is not None:
        codes += [one.code for one in villages_met(conn, database, area)]
    contacts |= set(conn.scalars(select(_contact.c.id).where(_standing, or_(*_meant(to, codes)))))
    contacts = _still_there(conn, contacts)
    return Reached(tuple(sorted(units)), tuple(sorted(contacts)))


def _require(conn: Connection, to: To) -> None:
    if missing := _missing(conn, to.unit_ids, select(Unit.id), Unit.id):
        raise BadReport(f"Satuan ini tidak ada: {missing}.", "unit_ids")
    if missing := _missing(conn, to.contact_ids, select(_contact.c.id).where(_standing), _contact.c.id):
        raise BadReport(f"Kontak tidak ada: {missing}.", "contact_ids")
    if missing := _missing(conn, to.group_ids, select(ContactGroup.id), ContactGroup.id):
        raise BadReport(f"Grup tidak ada: {missing}.", "group_ids")


def _missing(conn: Connection, ids: Collection[int], all_ids: Any, column: Any) -> str:
    """Those that are not there, in words; empty where all are."""
    known = set(conn.scalars(all_ids.where(column.in_(ids)))) if ids else set()
    return ", ".join([str(one) for one in ids if one not in known][:20])


def _units_of_roles(conn: Connection, roles: Collection[str]) -> set[int]:
    if not roles:
        return set()
    rows = select(Person.unit_id).where(
        Person.role.in_(roles), Person.revoked_at.is_(None), Person.unit_id.is_not(None)
    )
    return {int(one) for one in conn.scalars(rows) if one}


def _meant(to: To, codes: Iterable[str]) -> list[Any]:
    """The conditions of a contact who is meant: by agency, by role of the person, by office in a village."""
    here = [_contact.c.id == -1]
    if to.agencies:
        here.append(_contact.c.agency_code.in_(to.agencies))
    if to.roles:
        mine = select(Person.id).where(Person.role.in_(to.roles), Person.revoked_at.is_(None))
        here.append(_contact.c.person_id.in_(mine))
    wanted = list(dict.fromkeys(codes))
    villages = [code for code in wanted if code.count(".") == 3]
    if villages:
        here.append((_contact.c.office == "kades") & _contact.c.area_code.in_(villages))
    for code in (one for one in wanted if one.count(".") < 3):
        here.append((_contact.c.office == "kades") & _contact.c.area_code.like(f"{code}.%"))
    return here


def _still_there(conn: Connection, contacts: set[int]) -> set[int]:
    """Members of a group may have left the phone book."""
    if not contacts:
        return contacts
    return set(conn.scalars(select(_contact.c.id).where(_standing, _contact.c.id.in_(contacts))))


def villages_met(conn: Connection, database: Database, area: Mapping[str, Any]) -> list[Village]:
    """The villages that a drawn area (GeoJSON geometry) meets; raises BadReport for one that is none."""
    from shapely.geometry import shape as shape_of

    try:
        drawn = shape_of(area)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise BadReport("Wilayah itu tidak dapat dibaca.", "area") from None
    return villages_in(conn, database, drawn)
