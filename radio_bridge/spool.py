"""The radio's own file: what is to be sent, what was heard and is not yet stored, and the state of the link.

It lives beside the main database, so that the radio works while that one is away, and no kill -9 loses or doubles a
message: the state is written before a frame goes on the air, and what was heard before anybody is told.
"""

import contextlib
import dataclasses
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from incident import failpoints
from radio_bridge import radiogram as radiograms
from radio_bridge.link import Outgoing
from radio_bridge.radiogram import Place, Radiogram, Status, schema

try:
    from pysqlite3 import dbapi2 as sqlite
except ImportError:
    import sqlite3 as sqlite

SpoolFault = sqlite.Error
"""What every call of a Spool may raise: the disk is full, or the file is broken."""

FILE = "radio_spool.db"
KEEP_TAKEN_S = 14 * 86_400
"""How long a uid is remembered after it was taken: longer than any message stays valid."""

_SHAPE = """
CREATE TABLE IF NOT EXISTS to_send (
    id INTEGER PRIMARY KEY, uid TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    written_at REAL NOT NULL, taken_at REAL);
CREATE INDEX IF NOT EXISTS to_send_waiting ON to_send (id) WHERE taken_at IS NULL;
CREATE TABLE IF NOT EXISTS happening (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, body TEXT NOT NULL,
    at REAL NOT NULL, parked TEXT);
CREATE TABLE IF NOT EXISTS link (one INTEGER PRIMARY KEY CHECK (one = 1), state TEXT NOT NULL, wall REAL NOT NULL,
    boot TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tally (name TEXT PRIMARY KEY, n INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS card (kind TEXT, name TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, name));
"""


@dataclass(frozen=True)
class Order:
    """Something the link is asked to do. kind: send or acknowledge."""

    id: int
    uid: str
    kind: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Happening:
    """Something the link told, not yet stored where people read it. at: seconds since 1970."""

    id: int
    kind: str
    body: dict[str, Any]
    at: float


@dataclass(frozen=True)
class Note:
    """A happening before it is written."""

    kind: str
    body: Mapping[str, Any]
    at: float


@dataclass(frozen=True)
class Card:
    """A row of the field terminal's own: an alert it shows, a message in its outbox."""

    kind: str
    name: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class KeptLink:
    """The link as it was; wall: seconds since 1970 when it was written, boot: of which run of the machine."""

    state: dict[str, Any]
    wall: float
    boot: str


class Spool:
    """One file, one connection, safe to use from the radio's thread and the desk's."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._file = sqlite.connect(str(path), isolation_level=None, check_same_thread=False, timeout=10)
        # FULL: a power cut must not take back what the other side was told
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._file.execute(f"PRAGMA {pragma}")
        self._file.executescript(_SHAPE)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction; a failure inside takes all of it back."""
        with self._lock:
            self._file.execute("BEGIN IMMEDIATE")
            end = "ROLLBACK"
            try:
                yield
                end = "COMMIT"
                failpoints.reach("spool.begun")
            finally:
                self._file.execute(end)
            failpoints.reach("spool.commit")

    def _rows(self, question: str, *values: object) -> list[Any]:
        with self._lock:
            return list(self._file.execute(question, values).fetchall())

    def close(self) -> None:
        with self._lock:
            self._file.close()

    # what is to be sent

    def order(self, outgoing: Outgoing, written_at: float, cards: Iterable[Card] = ()) -> bool:
        """Ask for a message to be sent; `expires_at` is in seconds since 1970 here. False when the uid is known."""
        return self._ask(outgoing.uid, "send", outgoing_body(outgoing), written_at, cards)

    def order_acknowledgement(self, key: str, level: int, written_at: float, cards: Iterable[Card] = ()) -> bool:
        """Ask for alert `key` to be acknowledged at `level`; False when that was asked before."""
        return self._ask(f"ack {key} {level}", "acknowledge", {"key": key, "level": level}, written_at, cards)

    def _ask(self, uid: str, kind: str, body: dict[str, Any], written_at: float, cards: Iterable[Card]) -> bool:
        with self._writing():
            asked = self._file.execute(
                "INSERT INTO to_send (uid, kind, body, written_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (uid, kind, json.dumps(body), written_at),
            )
            self._put(cards)
            if asked.rowcount and kind == "send":
                self._outdate(uid, radiogram_of(body["radiogram"]), written_at)
            return bool(asked.rowcount)

    def _outdate(self, uid: str, newer: Radiogram, at: float) -> None:
        """A newer status of ours closes the older ones that the link has not taken: the urgent overtake on the air."""
        if not isinstance(newer, Status):
            return
        rows = self._rows(
            "SELECT id, uid, body FROM to_send WHERE taken_at IS NULL AND kind = 'send' AND uid != ?", uid
        )
        for order_id, older_uid, body in rows:
            older = radiogram_of(json.loads(body)["radiogram"])
            if isinstance(older, Status) and newer.outdates(older):
                self._note([Note("superseded", {"uid": older_uid}, at)])
                self._take(order_id, at)

    def waiting(self, limit: int = 50) -> list[Order]:
        """Orders the link has not taken yet, the urgent first, then the older."""
        rows = self._rows(
            "SELECT id, uid, kind, body FROM to_send WHERE taken_at IS NULL"
            " ORDER BY coalesce(json_extract(body, '$.priority'), 0), id LIMIT ?",
            limit,
        )
        return [Order(row[0], row[1], row[2], json.loads(row[3])) for row in rows]

    def knows(self, uid: str) -> bool:
        """Whether this uid was ordered before."""
        return bool(self._rows("SELECT 1 FROM to_send WHERE uid = ?", uid))

    # the link

    def keep(
        self,
        state: Mapping[str, Any],
        wall: float,
        boot: str,
        notes: Sequence[Note] = (),
        tallies: Iterable[str] = (),
        taken: int | None = None,
    ) -> None:
        """The link's state, what it told, and the order it took, in one transaction; nothing else is the truth."""
        with self._writing():
            self._file.execute(
                "INSERT INTO link VALUES (1, ?, ?, ?) ON CONFLICT (one) DO UPDATE"
                " SET state = excluded.state, wall = excluded.wall, boot = excluded.boot",
                (json.dumps(state), wall, boot),
            )
            self._note(notes)
            self._count(tallies)
            self._take(taken, wall)

    def note(self, notes: Sequence[Note], tallies: Iterable[str] = (), taken: int | None = None) -> None:
        """Write down what happened where the link's state did not change."""
        with self._writing():
            self._note(notes)
            self._count(tallies)
            self._take(taken, notes[0].at if notes else time.time())

    def link(self) -> KeptLink | None:
        """The link as it was kept last."""
        rows = self._rows("SELECT state, wall, boot FROM link")
        return _link_of(rows[0] if rows else None)

    def ring(self) -> dict[str, Any]:
        """The state of the ring of keys as the link kept it; empty before. The rest, which may be long, is not read."""
        rows = self._rows("SELECT json_extract(state, '$.ring') FROM link")
        return json.loads(rows[0][0]) if rows and rows[0][0] else {}

    def _note(self, notes: Iterable[Note]) -> None:
        rows = [(one.kind, json.dumps(dict(one.body)), one.at) for one in notes]
        self._file.executemany("INSERT INTO happening (kind, body, at) VALUES (?, ?, ?)", rows)

    def _count(self, names: Iterable[str]) -> None:
        once_more = "INSERT INTO tally VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET n = n + 1"
        self._file.executemany(once_more, [(name,) for name in names])

    def _take(self, order_id: int | None, at: float) -> None:
        if order_id is not None:
            self._file.execute("UPDATE to_send SET taken_at = ? WHERE id = ?", (at, order_id))
            self._file.execute("DELETE FROM to_send WHERE taken_at < ?", (at - KEEP_TAKEN_S,))

    # what happened

    def happenings(self, limit: int = 200) -> list[Happening]:
        """What was told and not yet stored, oldest first."""
        rows = self._rows("SELECT id, kind, body, at FROM happening WHERE parked IS NULL ORDER BY id LIMIT ?", limit)
        return [Happening(row[0], row[1], json.loads(row[2]), row[3]) for row in rows]

    def stored(self, ids: Iterable[int], cards: Iterable[Card] = ()) -> None:
        """These happenings stand where people read them now (or in these cards): forget them."""
        with self._writing():
            self._put(cards)
            self._file.executemany("DELETE FROM happening WHERE id = ?", [(one,) for one in ids])

    def park(self, happening_id: int, reason: str) -> None:
        """Set aside what cannot be stored, for a person to look at; the rest goes on."""
        with self._writing():
            self._file.execute("UPDATE happening SET parked = ? WHERE id = ?", (reason, happening_id))

    def parked(self) -> int:
        """How many happenings were set aside."""
        return int(self._rows("SELECT count(*) FROM happening WHERE parked IS NOT NULL")[0][0])

    def tallies(self) -> dict[str, int]:
        """Counters since the file was made: sent, heard, and `rejected.KIND` for each kind of bad frame."""
        return {row[0]: row[1] for row in self._rows("SELECT name, n FROM tally ORDER BY name")}

    # the field terminal's own rows

    def put(self, *cards: Card) -> None:
        """Write cards, whole."""
        with self._writing():
            self._put(cards)

    def _put(self, cards: Iterable[Card]) -> None:
        put = "INSERT INTO card VALUES (?, ?, ?) ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body"
        self._file.executemany(put, [(card.kind, card.name, json.dumps(dict(card.body))) for card in cards])

    def trim(self, kind: str, keep: int, open_states: Sequence[str] = ()) -> int:
        """Forget all cards of a kind but the newest `keep` and those still in an open state; how many went."""
        states = json.dumps(list(open_states))
        with self._writing():
            gone = self._file.execute(
                "DELETE FROM card WHERE kind = ?1 AND coalesce(json_extract(body, '$.state'), '') NOT IN"
                " (SELECT value FROM json_each(?2)) AND rowid NOT IN"
                " (SELECT rowid FROM card WHERE kind = ?1 ORDER BY rowid DESC LIMIT ?3)",
                (kind, states, keep),
            )
            return int(gone.rowcount)

    def card(self, kind: str, name: str) -> dict[str, Any] | None:
        rows = self._rows("SELECT body FROM card WHERE kind = ? AND name = ?", kind, name)
        return json.loads(rows[0][0]) if rows else None

    def cards(self, kind: str) -> list[dict[str, Any]]:
        """All cards of a kind, in the order they were first written."""
        return [json.loads(row[0]) for row in self._rows("SELECT body FROM card WHERE kind = ? ORDER BY rowid", kind)]


def peek_link(path: Path) -> KeptLink | None:
    """The link that another process keeps in the spool at `path`; None where no radio ran yet. Makes no file.

    Raises SpoolFault.
    """
    with _peeking(path) as ask:
        return _link_of(next(iter(ask("SELECT state, wall, boot FROM link")), None))


def peek_counts(path: Path) -> dict[str, Any]:
    """{tallies, waiting, happenings, parked, port} of another process's spool, as peek_link() reads it."""
    with _peeking(path) as ask:
        port = ask("SELECT body FROM card WHERE kind = 'shown' AND name = 'port'")
        return {
            "tallies": dict(ask("SELECT name, n FROM tally ORDER BY name")),
            "waiting": _sole(ask("SELECT count(*) FROM to_send WHERE taken_at IS NULL")),
            "happenings": _sole(ask("SELECT count(*) FROM happening WHERE parked IS NULL")),
            "parked": _sole(ask("SELECT count(*) FROM happening WHERE parked IS NOT NULL")),
            "port": json.loads(port[0][0]) if port else None,
        }


def peek_cards(path: Path, kind: str) -> dict[str, dict[str, Any]]:
    """name -> card of a kind in another process's spool, as peek_link() reads it."""
    with _peeking(path) as ask:
        return {row[0]: json.loads(row[1]) for row in ask(f"SELECT name, body FROM card WHERE kind = '{kind}'")}


def _sole(rows: list[Any]) -> int:
    return int(rows[0][0]) if rows else 0


@contextlib.contextmanager
def _peeking(path: Path) -> Iterator[Callable[[str], list[Any]]]:
    """A way to ask a spool that belongs to another process; no rows where there is no file."""
    if not path.exists():
        yield lambda question: []
        return
    with contextlib.closing(sqlite.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=1)) as file:
        file.execute("PRAGMA query_only = 1")
        yield lambda question: list(file.execute(question).fetchall())


def _link_of(row: Any) -> KeptLink | None:
    return KeptLink(json.loads(row[0]), row[1], row[2]) if row else None


def outgoing_body(outgoing: Outgoing) -> dict[str, Any]:
    """An order as JSON-able values."""
    to = outgoing.to if isinstance(outgoing.to, int) else list(outgoing.to)
    return {
        "uid": outgoing.uid,
        "radiogram": radiogram_body(outgoing.radiogram),
        "to": to,
        "priority": outgoing.priority,
        "expires_at": outgoing.expires_at,
    }


def outgoing_of(body: Mapping[str, Any]) -> Outgoing:
    """The order that outgoing_body() wrote."""
    to = body["to"] if isinstance(body["to"], int) else tuple(body["to"])
    return Outgoing(body["uid"], radiogram_of(body["radiogram"]), to, body["priority"], body["expires_at"])


def radiogram_body(radiogram: Radiogram) -> dict[str, Any]:
    """A radiogram as JSON-able values, with its kind under "is"."""
    return {"is": type(radiogram).__name__, **dataclasses.asdict(radiogram)}


def radiogram_of(body: Mapping[str, Any]) -> Radiogram:
    """The radiogram that radiogram_body() wrote."""
    fields = {name: _whole(name, value) for name, value in body.items() if name != "is"}
    kinds = {kind.__name__: kind for kind in schema.TYPE_NUMBERS}
    radiogram: Radiogram = kinds[body["is"]](**fields)
    return radiogram


def _whole(name: str, value: Any) -> Any:
    """JSON knows neither places, levels nor tuples."""
    if name == "place" and value is not None:
        return Place(**value)
    if name == "level":
        return radiograms.Level(value)
    return tuple(value) if isinstance(value, list) else value
