"""A browser that is closed and still hears: its subscription as an address of the unit or the person it belongs to."""

from typing import Any

from sqlalchemy import Connection, delete, insert, select

from alerts.models import Contact, ContactAddress
from alerts.secrets import Unreadable, find_settings
from incident.errors import NotFound, WrongState
from incident.people import Someone
from incident.post import Act, Post

NAME = "web_push"
NOBODY = "Nama ini tidak terikat pada satuan dan tidak ada di buku telepon; minta pengelola menambahkannya."
OFF = "Siaran ke peramban belum diatur di sini."


def set_browser(act: Act, someone: Someone, address: str | None) -> dict[str, Any]:
    """The one browser of a unit or person that hears, or none; raises NotFound, and WrongState while it is off."""
    if earlier := act.earlier("contact.changed"):
        return earlier.told()
    owner = find_owner(act.conn, someone)
    if owner is None:
        raise NotFound(NOBODY)
    if address and public_key(act.conn, act.post) is None:
        raise WrongState(OFF, allowed=[])
    act.conn.execute(_mine(owner, delete(ContactAddress)))
    if address:
        act.conn.execute(insert(ContactAddress), {**owner, "channel": NAME, "address": address})
    return act.append("contact.changed", {key.removesuffix("_id"): value for key, value in owner.items()}).told()


def _mine(owner: dict[str, int], statement: Any) -> Any:
    [(column, value)] = owner.items()
    return statement.where(getattr(ContactAddress, column) == value, ContactAddress.channel == NAME)


def find_owner(conn: Connection, someone: Someone) -> dict[str, int] | None:
    """Whose address it is: the unit's of a field team, else the person's own line in the phone book."""
    if someone.unit_id is not None:
        return {"unit_id": someone.unit_id}
    mine = select(Contact.id).where(Contact.person_id == someone.id, Contact.gone_at.is_(None))
    contact_id = conn.scalar(mine.order_by(Contact.id).limit(1))
    return None if contact_id is None else {"contact_id": contact_id}


def has_browser(conn: Connection, owner: dict[str, int]) -> bool:
    """Whether one hears already."""
    return conn.scalar(_mine(owner, select(ContactAddress.id)).limit(1)) is not None


def public_key(conn: Connection, post: Post) -> str | None:
    """Our public point as base64url; None while the channel is off, unreadable or not of this post."""
    try:
        settings: Any = find_settings(conn, post, NAME)
    except Unreadable:
        return None
    if settings is None:
        return None
    from alerts.channels.web_push import key_of, padless, public_point, unpadded

    return padless(public_point(key_of(unpadded(settings.private_key.get_secret_value()) or b"")))
