"""The command post in one hand: settings, database, clock, and the way to do a verb."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID, uuid5

import structlog
from sqlalchemy import Connection

from gis.database import Database
from incident import failpoints, journal
from incident.config import Settings
from incident.errors import WrongState

P = ParamSpec("P")
T = TypeVar("T")


def utc_now() -> dt.datetime:
    """This moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(slots=True)
class Act:
    """One verb being done: its transaction, when, by whom, and the sender's key (`uid`)."""

    conn: Connection
    post: "Post"
    now: dt.datetime
    by: str
    uid: str | None

    def earlier(self, kind: str, incident_id: int | None = None) -> journal.Line | None:
        """What the same submission already wrote, if it came before; raises WrongState when the key meant another."""
        line = journal.find_by_uid(self.conn, self.uid)
        if line is None:
            return None
        same = line.kind == kind and line.by == self.by and incident_id in (None, line.incident_id)
        if not same:
            raise WrongState(
                "Kunci (uid) ini sudah dipakai untuk hal lain; kirim dengan kunci baru.", "uid", allowed=[]
            )
        return line

    def append(self, kind: str, body: dict[str, Any], incident_id: int | None = None) -> journal.Line:
        """Write one entry; the first entry of a verb carries its uid, later ones none."""
        line = journal.append(self.conn, self.now, kind, self.by, body, incident_id, self.uid)
        self.uid = None
        return line


class Post:
    """Everything an action needs that is not in its arguments."""

    def __init__(self, settings: Settings, database: Database, clock: Callable[[], dt.datetime] = utc_now):
        self.settings = settings
        self.database = database
        self.clock = clock
        self.types: dict[str, Any] = {}  # word -> type, filled by queries.find_type
        self.log = structlog.get_logger()

    def do(
        self, action: Callable[Concatenate[Act, P], T], by: str, uid: str | None, *args: P.args, **fields: P.kwargs
    ) -> T:
        """Do one verb in the writer lane; returns its answer after the commit."""

        def attempt(conn: Connection) -> T:
            failpoints.reach("begun")
            return action(Act(conn, self, self.clock(), by, uid), *args, **fields)

        answer = self.database.write(attempt)
        failpoints.reach("commit")
        return answer


SPACE = UUID("6f0e3c0e-5112-4f0e-9b1d-112112112112")


def uid_from(*words: object) -> str:
    """A key made of what a thing is, so that doing it twice writes it once."""
    return str(uuid5(SPACE, "\x1f".join(str(word) for word in words)))
