"""What a page says of the declared status before its picture has come: never NORMAL while a decree stands."""

from flask_babel import lazy_gettext

from incident.desk.incoming_queries import find_standing_status
from incident.post import Post

STATUS_WORDS = {
    "siaga_darurat": lazy_gettext("SIAGA DARURAT"),
    "tanggap_darurat": lazy_gettext("TANGGAP DARURAT"),
    "transisi": lazy_gettext("TRANSISI DARURAT"),
}


def declared_words(post: Post) -> str | None:
    """The status that stands, in the words of the page's language; None while all is normal."""
    with post.database.read() as conn:
        standing = find_standing_status(conn)
    return str(STATUS_WORDS[standing["kind"]]) if standing else None
