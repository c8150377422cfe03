"""The API of the phone book. Addresses are masked; who sees one whole is journaled."""

from typing import Any

from flask import Response

from alerts import book, book_queries
from alerts import schemas as a
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.routes import s_id

api = Door("contacts", __name__, url_prefix="/api/v1", description="Contacts, their addresses, groups")


@api.get("/contacts")
@rule(api, "contact.read")
@api.response(200, s.Anything)
@api.arguments(a.ContactsQuery, location="query")
def list_contacts(given: dict[str, Any]) -> Response:
    """A page of the phone book."""
    with post().database.read() as conn:
        return answer(book_queries.contacts(conn, given))


@api.post("/contacts")
@rule(api, "contact.manage", 409)
@api.response(201, s.EntryOut)
@api.arguments(a.ContactIn)
def add_contact(given: dict[str, Any]) -> Response:
    """Put somebody into the phone book."""
    return answer(post().do(book.add_contact, me().name, str(given.pop("uid")), given), 201)


@api.post("/contacts/<int:contact_id>")
@rule(api, "contact.manage", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(a.ContactIn)
def change_contact(given: dict[str, Any], contact_id: int) -> Response:
    """Everything known of a contact, anew; a masked address stays as it was."""
    return answer(post().do(book.change_contact, me().name, str(given.pop("uid")), s_id(contact_id), given))


@api.post("/contacts/<int:contact_id>/remove")
@rule(api, "contact.manage", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(s.UidIn)
def remove_contact(given: dict[str, Any], contact_id: int) -> Response:
    """Out of the phone book; what they were told stays known."""
    return answer(post().do(book.remove_contact, me().name, str(given["uid"]), s_id(contact_id)))


@api.post("/contacts/<int:contact_id>/unmask")
@rule(api, "contact.unmask", 404, 409)
@api.response(200, s.Anything)
@api.arguments(s.UidIn)
def unmask(given: dict[str, Any], contact_id: int) -> Response:
    """The whole addresses of a contact; that you saw them is journaled."""
    return answer(post().do(book.unmask, me().name, str(given["uid"]), s_id(contact_id)))


@api.post("/contacts/import")
@rule(api, "contact.manage", 409)
@api.response(200, s.Anything)
@api.arguments(a.ContactsFileIn)
def import_contacts(given: dict[str, Any]) -> Response:
    """Contacts of a CSV file; `is_trial` says what would happen."""
    uid = None if given["is_trial"] else str(given["uid"])
    return answer(post().do(book.import_contacts, me().name, uid, given["csv"], given["is_trial"]))


@api.get("/units/<int:unit_id>/addresses")
@rule(api, "contact.read", 404)
@api.response(200, s.Anything)
def list_unit_addresses(unit_id: int) -> Response:
    """Where the team of a unit is reached beside screen and radio, masked."""
    with post().database.read() as conn:
        return answer({"addresses": book_queries.unit_addresses(conn, s_id(unit_id))})


@api.put("/units/<int:unit_id>/addresses")
@rule(api, "contact.manage", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(a.UnitAddressesIn)
def set_unit_addresses(given: dict[str, Any], unit_id: int) -> Response:
    """Say anew where the team of a unit is reached."""
    uid = str(given["uid"])
    return answer(post().do(book.set_unit_addresses, me().name, uid, s_id(unit_id), given["addresses"]))


@api.get("/groups")
@rule(api, "contact.read")
@api.response(200, s.Anything)
def list_groups() -> Response:
    """Every group, and who is in it."""
    with post().database.read() as conn:
        return answer({"groups": book_queries.groups(conn)})


@api.post("/groups")
@rule(api, "contact.manage", 409)
@api.response(201, s.EntryOut)
@api.arguments(a.GroupIn)
def add_group(given: dict[str, Any]) -> Response:
    """Make a group of contacts and units."""
    return answer(post().do(book.set_group, me().name, str(given.pop("uid")), None, **given), 201)


@api.post("/groups/<int:group_id>")
@rule(api, "contact.manage", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(a.GroupIn)
def change_group(given: dict[str, Any], group_id: int) -> Response:
    """Say anew what a group is called and who is in it."""
    return answer(post().do(book.set_group, me().name, str(given.pop("uid")), s_id(group_id), **given))


@api.post("/groups/<int:group_id>/remove")
@rule(api, "contact.manage", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(s.UidIn)
def remove_group(given: dict[str, Any], group_id: int) -> Response:
    """The group goes, its members stay."""
    return answer(post().do(book.remove_group, me().name, str(given["uid"]), s_id(group_id)))
