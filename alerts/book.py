"""The verbs of the phone book: contacts, their addresses, groups, a file of many. Entries name nobody."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from alerts import book_queries as book
from alerts.models import Contact, ContactAddress, ContactGroup, GroupMember
from alerts.schemas import ADDRESS_KINDS, OFFICES
from gis.codes import kemendagri
from incident import people
from incident.errors import BadReport, NotFound
from incident.models import Person, Unit
from incident.post import Act

PLAIN = ("name", "kind", "office", "area_code", "agency_code", "person_id", "language", "note")
BLANK = {"kind": "person", "office": "other", "language": "id"}
MOST_REFUSED = 50


def add_contact(act: Act, said: Mapping[str, Any]) -> dict[str, Any]:
    """Put somebody into the phone book."""
    if earlier := act.earlier("contact.added"):
        return earlier.told()
    contact_id = _insert(act, said)
    return act.append("contact.added", {"contact": contact_id}).told()


def _insert(act: Act, said: Mapping[str, Any]) -> int:
    _check(act, said)
    row = {name: said.get(name) for name in PLAIN}
    row |= {name: said.get(name) or word for name, word in BLANK.items()}
    row |= {"made_by": act.by, "made_at": act.now, "changed_at": act.now}
    contact_id: int = act.conn.execute(insert(Contact).returning(Contact.id), row).scalar_one()
    _set_addresses(act, "contact_id", contact_id, said.get("addresses") or ())
    _set_groups(act, contact_id, said.get("group_ids"))
    return contact_id


def change_contact(act: Act, contact_id: int, said: Mapping[str, Any]) -> dict[str, Any]:
    """Everything known of a contact, anew; an address that is sent back masked stays as it was."""
    if earlier := act.earlier("contact.changed"):
        return earlier.told()
    _standing(act, contact_id)
    _check(act, said)
    row = {name: said.get(name) for name in PLAIN} | {"changed_at": act.now}
    act.conn.execute(update(Contact).where(Contact.id == contact_id).values(**row))
    _set_addresses(act, "contact_id", contact_id, said.get("addresses") or ())
    _set_groups(act, contact_id, said.get("group_ids"))
    return act.append("contact.changed", {"contact": contact_id}).told()


def remove_contact(act: Act, contact_id: int) -> dict[str, Any]:
    """Out of the phone book; what they were told stays known, their addresses do not."""
    if earlier := act.earlier("contact.removed"):
        return earlier.told()
    _standing(act, contact_id)
    act.conn.execute(update(Contact).where(Contact.id == contact_id).values(gone_at=act.now))
    act.conn.execute(delete(ContactAddress).where(ContactAddress.contact_id == contact_id))
    act.conn.execute(delete(GroupMember).where(GroupMember.contact_id == contact_id))
    return act.append("contact.removed", {"contact": contact_id}).told()


def unmask(act: Act, contact_id: int) -> dict[str, Any]:
    """The whole addresses of a contact; that somebody saw them is journaled."""
    _standing(act, contact_id)
    act.append("contact.unmasked", {"contact": contact_id})
    return {"addresses": book.addresses(act.conn, [contact_id], is_whole=True)[contact_id]}


def set_unit_addresses(act: Act, unit_id: int, addresses: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Where the team of a unit is reached beside the screen and the radio."""
    if earlier := act.earlier("contact.changed"):
        return earlier.told()
    if not act.conn.scalar(select(Unit.id).where(Unit.id == unit_id)):
        raise NotFound("Satuan itu tidak ada.")
    _set_addresses(act, "unit_id", unit_id, addresses)
    return act.append("contact.changed", {"unit": unit_id}).told()


def _standing(act: Act, contact_id: int) -> None:
    if not act.conn.scalar(select(Contact.id).where(Contact.id == contact_id, Contact.gone_at.is_(None))):
        raise NotFound("Kontak itu tidak ada.")


def _check(act: Act, said: Mapping[str, Any]) -> None:
    people.check_agency(act.conn, said.get("agency_code"))
    person = said.get("person_id")
    if person and not act.conn.scalar(select(Person.id).where(Person.id == person, Person.revoked_at.is_(None))):
        raise BadReport("Orang itu tidak ada.", "person_id")


def _set_addresses(act: Act, column: str, owner: int, given: Iterable[Mapping[str, str]]) -> None:
    """These and no others. One that comes back masked, and one that asked us to stop, stays as it is."""
    table = ContactAddress.__table__
    mine = table.c[column] == owner
    before = list(act.conn.execute(select(table).where(mine).order_by(table.c.id)).mappings())
    masked = {(row["channel"], book.masked(row["channel"], row["address"])): row["address"] for row in before}
    stopped = {(row["channel"], row["address"]): row["stopped_at"] for row in before}
    wanted = [(one["channel"], masked.get((one["channel"], one["address"]), one["address"])) for one in given]
    if faults := [channel for channel, address in wanted if "*" in address and channel != "webhook"]:
        raise BadReport(f"Alamat {', '.join(faults)} masih tersamar; tulis lengkap.", "addresses")
    act.conn.execute(delete(ContactAddress).where(mine))
    blank = {"contact_id": None, "unit_id": None}
    rows = [
        {**blank, column: owner, "channel": channel, "address": address, "stopped_at": stopped.get((channel, address))}
        for channel, address in dict.fromkeys(wanted)
    ]
    if rows:
        act.conn.execute(insert(ContactAddress), rows)


def _set_groups(act: Act, contact_id: int, group_ids: Iterable[int] | None) -> None:
    """In these groups and no others; None leaves them as they are."""
    if group_ids is None:
        return
    wanted = list(dict.fromkeys(group_ids))
    known = set(act.conn.scalars(select(ContactGroup.id).where(ContactGroup.id.in_(wanted))))
    if set(wanted) - known:
        raise BadReport("Grup itu tidak ada.", "group_ids")
    act.conn.execute(delete(GroupMember).where(GroupMember.contact_id == contact_id))
    if wanted:
        act.conn.execute(insert(GroupMember), [{"group_id": one, "contact_id": contact_id} for one in wanted])


# groups


def set_group(act: Act, group_id: int | None, name: str, contact_ids: list[int], unit_ids: list[int]) -> dict[str, Any]:
    """Make a group, or say anew who is in it."""
    if earlier := act.earlier("group.changed"):
        return earlier.told()
    taken = act.conn.scalar(select(ContactGroup.id).where(func.lower(ContactGroup.name) == name.lower()))
    if taken not in (None, group_id):
        raise BadReport("Sudah ada grup dengan nama itu.", "name")
    if group_id is None:
        row = {"name": name, "made_by": act.by, "made_at": act.now}
        group_id = act.conn.execute(insert(ContactGroup).returning(ContactGroup.id), row).scalar_one()
    elif not act.conn.execute(update(ContactGroup).where(ContactGroup.id == group_id).values(name=name)).rowcount:
        raise NotFound("Grup itu tidak ada.")
    _fill(act, int(group_id), contact_ids, unit_ids)
    facts = {"group": group_id, "name": name, "many": len(contact_ids) + len(unit_ids)}
    return act.append("group.changed", facts).told()


def _fill(act: Act, group_id: int, contact_ids: list[int], unit_ids: list[int]) -> None:
    contacts, units = list(dict.fromkeys(contact_ids)), list(dict.fromkeys(unit_ids))
    there = select(Contact.id).where(Contact.gone_at.is_(None), Contact.id.in_(contacts))
    if set(contacts) - set(act.conn.scalars(there)):
        raise BadReport("Ada kontak yang tidak ada.", "contact_ids")
    if set(units) - set(act.conn.scalars(select(Unit.id).where(Unit.id.in_(units)))):
        raise BadReport("Ada satuan yang tidak ada.", "unit_ids")
    act.conn.execute(delete(GroupMember).where(GroupMember.group_id == group_id))
    rows = [{"group_id": group_id, "contact_id": one, "unit_id": None} for one in contacts]
    rows += [{"group_id": group_id, "contact_id": None, "unit_id": one} for one in units]
    if rows:
        act.conn.execute(insert(GroupMember), rows)


def remove_group(act: Act, group_id: int) -> dict[str, Any]:
    """The group is gone, its members are not."""
    if earlier := act.earlier("group.changed"):
        return earlier.told()
    name = act.conn.scalar(select(ContactGroup.name).where(ContactGroup.id == group_id))
    if name is None:
        raise NotFound("Grup itu tidak ada.")
    act.conn.execute(delete(GroupMember).where(GroupMember.group_id == group_id))
    act.conn.execute(delete(ContactGroup).where(ContactGroup.id == group_id))
    return act.append("group.changed", {"group": group_id, "name": name, "removed": True}).told()


# a file of many

COLUMNS = {
    "name": ("nama", "name"),
    "office": ("jabatan", "office"),
    "area_code": ("kode", "kode_wilayah", "kode_desa", "area_code"),
    "agency_code": ("opd", "instansi", "agency", "agency_code"),
    "note": ("catatan", "note"),
    "group": ("grup", "kelompok", "group"),
    "sms": ("telepon", "hp", "sms", "phone", "no_hp"),
    **{one: (one,) for one in ADDRESS_KINDS if one != "sms"},
}
OFFICE_WORDS = {
    "kades": ("kades", "kepala desa", "lurah", "kepala kelurahan", "village head"),
    "camat": ("camat",),
    "rt": ("rt", "ketua rt", "rw", "ketua rw"),
    "duty": ("petugas", "petugas jaga", "piket", "duty"),
}


def import_contacts(act: Act, text: str, is_trial: bool) -> dict[str, Any]:
    """Contacts of a CSV file: who is there already gets what is new, a bad line is named and left."""
    if earlier := act.earlier("contact.imported"):
        return dict(earlier.body)
    rows, refused = read_file(text)
    agencies = book.agency_codes(act.conn)
    known, groups = book.by_name(act.conn), book.group_ids(act.conn)
    added = changed = 0
    for line, row in rows:
        if row["agency_code"] not in (None, *agencies):
            refused.append({"line": line, "sentence": f"OPD {row['agency_code']} tidak dikenal"})
            continue
        key = (row["name"].lower(), row["office"], row["area_code"])
        added, changed = (added, changed + 1) if key in known else (added + 1, changed)
        if not is_trial:
            known[key] = _take(act, row, known.get(key), groups)
        else:
            known.setdefault(key, 0)
    refused.sort(key=lambda one: one["line"])
    told = {"added": added, "changed": changed, "faults": refused[:MOST_REFUSED], "fault_count": len(refused)}
    if not is_trial:
        act.append("contact.imported", told)
    return {**told, "is_trial": is_trial}


def _take(act: Act, row: Mapping[str, Any], contact_id: int | None, groups: dict[str, int]) -> int:
    if contact_id is None:
        contact_id = _insert(act, {**row, "kind": "person"})
    else:
        facts = {name: row[name] for name in ("agency_code", "note") if row[name]}
        act.conn.execute(update(Contact).where(Contact.id == contact_id).values(changed_at=act.now, **facts))
        kept = book.addresses(act.conn, [contact_id], is_whole=True)[contact_id]
        new = {one["channel"] for one in row["addresses"]}
        _set_addresses(
            act, "contact_id", contact_id, [*row["addresses"], *(one for one in kept if one["channel"] not in new)]
        )
    if row["group"]:
        _join(act, contact_id, row["group"], groups)
    return contact_id


def _join(act: Act, contact_id: int, name: str, groups: dict[str, int]) -> None:
    if name.lower() not in groups:
        made = {"name": name, "made_by": act.by, "made_at": act.now}
        group_id: int = act.conn.execute(insert(ContactGroup).returning(ContactGroup.id), made).scalar_one()
        groups[name.lower()] = group_id
    mine = (GroupMember.group_id == groups[name.lower()], GroupMember.contact_id == contact_id)
    if not act.conn.scalar(select(GroupMember.id).where(*mine)):
        act.conn.execute(insert(GroupMember), {"group_id": groups[name.lower()], "contact_id": contact_id})


def read_file(text: str) -> tuple[list[tuple[int, dict[str, Any]]], list[dict[str, Any]]]:
    """([(line, contact)], [{line, sentence}]) of a CSV with a line of names, parted by comma, semicolon or tab."""
    head = text.lstrip("\ufeff").split("\n", 1)[0]
    mark = max(",;\t", key=head.count)
    lines = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=mark)
    columns = {at: _column(name) for at, name in enumerate(next(lines, []))}
    if "name" not in columns.values():
        raise BadReport("Baris pertama harus berisi nama kolom, paling sedikit “nama”.", "csv")
    rows, refused = [], []
    for cells in lines:
        said = {name: cell.strip() for at, cell in enumerate(cells) if (name := columns.get(at)) and cell.strip()}
        if not said:
            continue
        row = _contact_of(said)
        if isinstance(row, str):
            refused.append({"line": lines.line_num, "sentence": row})
        else:
            rows.append((lines.line_num, row))
    return rows, refused


def _column(name: str) -> str | None:
    word = name.strip().lower().replace(" ", "_")
    return next((column for column, names in COLUMNS.items() if word in names), None)


def _contact_of(said: Mapping[str, str]) -> dict[str, Any] | str:
    """The contact of a line, or why it is none; a sentence quotes no address."""
    if not said.get("name"):
        return "tanpa nama"
    code = kemendagri(said["area_code"]) if said.get("area_code") else None
    if said.get("area_code") and code is None:
        return "kode wilayah bukan kode Kemendagri"
    if too_long := [
        name for name, most in (("name", 120), ("note", 200), ("group", 80)) if len(said.get(name, "")) > most
    ]:
        return f"{too_long[0]} terlalu panjang"
    addresses = [{"channel": one, "address": said[one][:1000]} for one in ADDRESS_KINDS if said.get(one)]
    return {
        "name": said["name"],
        "office": office_of(said.get("office", "")),
        "area_code": code,
        "agency_code": said.get("agency_code"),
        "note": said.get("note"),
        "group": said.get("group"),
        "addresses": addresses,
    }


def office_of(words: str) -> str:
    """ "Kepala Desa" is kades; what is not in the table is `other`."""
    word = words.strip().lower()
    return next((one for one in OFFICES if word in OFFICE_WORDS.get(one, ())), "other")
