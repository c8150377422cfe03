"""Carries the journal to those who act on it: each room reads every entry once, in order, exactly once.

A listener only writes rows, in one transaction with the reader's position. One that fails three times
parks the entry, says so in the journal and lights a lamp; the rest goes on.
"""

from collections.abc import Callable, Mapping
from importlib import import_module

from sqlalchemy import func, insert, select, update

from gis.database import is_unreachable
from incident import actions, failpoints, hints, journal, pulse
from incident.journal import Line
from incident.models import Parked, Reader
from incident.post import Act, Post

READERS = {"alerts": "alerts.listeners:LISTENERS", "public": "alerts.public.publishing:LISTENERS"}
STEPS = (
    "alerts.sender:step",
    "alerts.rounds:step",
    "incident.ground:step",
    "alerts.bulletins.rounds:step",
    "incident.desk.arrivals:step",
    "incident.duty.rounds:step",
    "incident.attachments.sweeping:step",
    "radio_bridge.net.roll_call:step",
    "incident.finding.index:step",  # last: to be found a moment later is the least of it
)
TRIES = 3
LOOK_S = 0.5
Listener = Callable[[Act, Line], None]


def load(path: str) -> object:
    """What stands at `module:name`."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


class RoomReader:
    """One room's place in the journal."""

    def __init__(self, post: Post, name: str, listeners: Mapping[str, tuple[Listener, ...]]):
        self.post, self.name, self.listeners = post, name, listeners
        self.failures = 0

    def step(self) -> bool:
        """Apply what is new; answers whether there was anything."""
        with self.post.database.read() as conn:
            seq = conn.scalar(select(Reader.seq).where(Reader.name == self.name)) or 0
            lines = journal.after(conn, seq, 200)
        done = seq
        for line in lines:
            if line.kind in self.listeners:
                self._apply(line)
            done = line.seq
        if lines and lines[-1].kind not in self.listeners:
            self.post.do(self._advance, "relay", None, done)
        return bool(lines)

    def _apply(self, line: Line) -> None:
        """Apply one entry, three times if need be, then park it."""
        for _ in range(TRIES):
            try:
                return self.post.do(self._listen, "relay", None, line)
            except Exception as failure:  # the edge of the relay: parked below, with a row, an entry and a lamp
                if is_unreachable(failure):
                    raise
                reason = f"{type(failure).__name__} in {line.kind}"
                self.post.log.error("relay.failed", reader=self.name, seq=line.seq, failure=type(failure).__name__)
        self.post.do(self._park, "relay", None, line, reason)

    def _listen(self, act: Act, line: Line) -> None:
        failpoints.reach("relay.picked")
        if self._advance(act, line.seq):
            for listener in self.listeners[line.kind]:
                listener(act, line)

    def _advance(self, act: Act, seq: int) -> bool:
        """Move on to `seq`; False when another relay (an old one still ending) was there already."""
        at = act.conn.scalar(select(Reader.seq).where(Reader.name == self.name))
        if at is None:
            act.conn.execute(insert(Reader), {"name": self.name, "seq": seq})
        elif at < seq:
            act.conn.execute(update(Reader).where(Reader.name == self.name).values(seq=seq))
        return at is None or at < seq

    def _park(self, act: Act, line: Line, reason: str) -> None:
        if not self._advance(act, line.seq):
            return
        row = {"reader": self.name, "seq": line.seq, "reason": reason, "parked_at": act.now}
        act.conn.execute(insert(Parked), row)
        act.append("reader.parked", {"reader": self.name, "parked_seq": line.seq, "reason": reason}, line.incident_id)
        count = act.conn.scalar(select(func.count()).select_from(Parked).where(Parked.settled_at.is_(None)))
        actions.set_lamp(act, "relay", "warn", f"{count} entri diparkir")


class Relay:
    """The relay process: all readers and all loops that work off rows."""

    def __init__(self, post: Post):
        self.post = post
        self.readers = [RoomReader(post, name, load(path)) for name, path in READERS.items()]  # type: ignore[arg-type]
        self.steps: list[Callable[[Post], bool]] = [load(path) for path in STEPS]  # type: ignore[misc]

    def step(self) -> bool:
        """One round of everything; answers whether anything was done."""
        moved = [reader.step() for reader in self.readers]
        return any(moved + [step(self.post) for step in self.steps])

    def run(self, stopped: Callable[[], bool]) -> None:
        """Work until told to stop; a hint wakes it, half a second does too."""
        ear, mouth = hints.listen(self.post.settings.data, "relay"), hints.Mouth(self.post.settings.data)
        self.post.database.lane.after_commit.append(lambda lines: mouth.tell() if lines else None)
        try:
            while not stopped():
                pulse.beat(self.post.settings.data, "relay")
                if not self._try():
                    ear.wait(LOOK_S)
        finally:
            ear.close()
            mouth.close()

    def _try(self) -> bool:
        try:
            return self.step()
        except Exception as failure:  # noqa: BLE001 - an edge: the log says what is wrong
            self.post.log.error("relay.failed", failure=type(failure).__name__)
            return False
