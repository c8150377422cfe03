"""Turns a CAP message into a bulletin. Pure.

An update takes the place of the messages it refers to and a cancel ends them; `sent` is the revision.
"""

from shapely.geometry import mapping

from alerts.cap_in import CapAlert, CapInfo, read_cap
from alerts.feeds.shape import KEY, TITLE, Bulletin, Reading, digest, link_of, words_of
from alerts.xml_in import BadBulletin

_KINDS = (
    ("tsunami", "tsunami"),
    ("gempa", "quake"),
    ("earthquake", "quake"),
    ("gunung", "volcano"),
    ("volcan", "volcano"),
    ("banjir", "flood"),
    ("flood", "flood"),
    ("siklon", "cyclone"),
    ("cyclone", "cyclone"),
    ("longsor", "landslide"),
    ("landslide", "landslide"),
    ("kebakaran", "fire"),
    ("fire", "fire"),
)


def read(source: str, data: bytes) -> Reading:
    """The bulletin of one CAP message; none for exercises, tests and drafts. Raises BadBulletin."""
    told = read_cap(data)
    if not told.is_real:
        return Reading([], [], [])
    return Reading([bulletin(source, told)], list(told.faults), [])


def bulletin(source: str, told: CapAlert) -> Bulletin:
    """One real CAP message as a bulletin, in Indonesian where it speaks it; raises BadBulletin."""
    info, over = told.info(), told.message_type == "Cancel"
    if info is None and not over:
        raise BadBulletin("Pesan CAP tanpa bagian info.")
    shape = told.shape(info)
    where = shape.representative_point() if shape is not None and not shape.is_empty else None
    return Bulletin(
        source=source,
        key=_key(told.sender, told.identifier),
        follows=tuple(_key(one.sender, one.identifier) for one in told.references),
        revision=int(told.sent_at.timestamp()),
        kind=_kind(info),
        title=words_of(info.headline or info.event, TITLE) if info else "Dicabut oleh sumbernya",
        at=(info.onset_at or info.effective_at or told.sent_at) if info else told.sent_at,
        digest=digest([told.identifier, told.sent_at.isoformat(), told.message_type]),
        words=_words(info),
        lon=round(where.x, 5) if where else None,
        lat=round(where.y, 5) if where else None,
        area=mapping(shape) if where and shape is not None else None,
        severity=info.severity.lower() if info and info.severity != "Unknown" else None,
        expires_at=told.expires_at,
        url=link_of(info.web) if info else None,
        facts=_facts(info),
        is_over=over,
    )


def _key(sender: str, identifier: str) -> str:
    return f"{sender},{identifier}"[:KEY]


def _kind(info: CapInfo | None) -> str:
    said = info.event.lower() if info else ""
    found = next((kind for word, kind in _KINDS if word in said), None)
    return found or ("weather" if info and "Met" in info.categories or said else "other")


def _words(info: CapInfo | None) -> str:
    return words_of(" ".join(one for one in (info.description, info.instruction) if one)) if info else ""


def _facts(info: CapInfo | None) -> dict[str, str]:
    if info is None:
        return {}
    said = {"event": info.event, "areas": ", ".join(one.words for one in info.areas if one.words)}
    said |= {"urgency": info.urgency.lower(), "certainty": info.certainty.lower(), "sender": info.sender_name}
    return {name: words_of(value, 300) for name, value in said.items() if value}
