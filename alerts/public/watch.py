"""Notices when something changed that the public page says, by a look at the newest entries of the journal."""

import threading
from typing import Any

from sqlalchemy import func, select

from incident import journal
from incident.models import Entry
from incident.post import Post

SAID = (
    "alert.written",
    "alert.approved",
    "alert.cancelled",
    "alert.superseded",
    "alert.expired",
    "alert.ended",
    "cap.published",
    "cap.unsigned",
    "clarification.approved",
    "clarification.withdrawn",
    "opening.changed",
    "facility.added",
    "facility.changed",
    "facility.closed",
    "facility.imported",
)
"""The kinds of entries after which the page may read otherwise; no call, no unit, no acknowledgement is among them."""


class Watch:
    """`stamp()` is another whenever the page may be: after one of these entries, and each minute, which it shows."""

    def __init__(self, post: Post):
        self._post = post
        self._seen = self._changed_at = 0
        self._looking = threading.Lock()

    def stamp(self) -> tuple[Any, ...]:
        """(the newest entry that matters, the minute)."""
        with self._post.database.read() as conn:
            head = journal.head(conn)
            with self._looking:
                if head != self._seen:
                    # a journal that is shorter than it was is another one: a restored copy
                    after = self._seen if head > self._seen else 0
                    newest = select(func.max(Entry.seq)).where(Entry.seq > after, Entry.seq <= head)
                    found = conn.scalar(newest.where(Entry.kind.in_(SAID)))
                    self._changed_at = int(found) if found else (self._changed_at if after else 0)
                    self._seen = head
                return self._changed_at, self._post.clock().replace(second=0, microsecond=0)
