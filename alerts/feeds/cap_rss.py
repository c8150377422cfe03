"""Any source that speaks CAP, RSS or Atom: the addresses are the room's own choice. Pure.

An address may answer a CAP message or an index. An item of an index with a link to a CAP message on the same host is
followed; whatever the link answers must be CAP.
"""

from functools import partial

from alerts.feeds import _cap
from alerts.feeds.rss import read_items
from alerts.feeds.shape import MOST_ITEMS, N_, Feed, Reading, Target, Wanted, host_of, link_of
from alerts.xml_in import BadBulletin

NAME = "cap_rss"


def targets(wanted: Wanted) -> list[Target]:
    """Each chosen address, with nothing but its own host allowed."""
    return [Target(url, (host_of(url),)) for url in wanted.addresses if url.startswith("https://") and host_of(url)]


def read(data: bytes) -> Reading:
    """The message itself, or the addresses of an index; raises BadBulletin where it is neither."""
    try:
        return _cap.read(NAME, data)
    except BadBulletin as fault:
        try:
            items = read_items(data)
        except BadBulletin:
            raise fault from None
    links = [link for one in items if (link := link_of(one.link) or _of_this_site(one.link))]
    return Reading([], [], list(dict.fromkeys(links))[:MOST_ITEMS])


def _of_this_site(link: str) -> str:
    """A link from the root of the index's own site: a Posko without a public address writes them so."""
    return link[:500] if link.startswith("/") and link.isprintable() else ""


FEED = Feed(
    name=NAME,
    words=N_("Sumber CAP atau RSS lain"),
    credit=N_("Sumber yang dipilih ruang ini"),
    credit_url="",
    interval_s=300.0,
    targets=targets,
    read=read,
    read_link=partial(_cap.read, NAME),
    needs="addresses",
)
