"""Pushes the journal to the open screens. The socket is a hint and a fast path; the journal is the truth.

Each web process tails the journal for its own screens: no broker. Screens that see the same share a room,
so an entry is filtered and encoded once per room, not once per screen.
"""

import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
from flask import request
from flask_socketio import ConnectionRefusedError, SocketIO, join_room

from incident import failpoints, hints, journal, lens
from incident.people import COOKIE, Register, Someone
from incident.post import Post
from incident.watch import Watch

HEARTBEAT_S = 2.0
LOOK_S = 1.0
WATCH_S = 3.0
BATCH = 500
MAX_WAITING = 300  # packets


class Json:
    """orjson in the shape python-socketio asks for."""

    @staticmethod
    def dumps(thing: Any, **_: Any) -> str:
        return orjson.dumps(thing).decode()

    @staticmethod
    def loads(words: str | bytes, **_: Any) -> Any:
        return orjson.loads(words)


class Live:
    """The open screens of this process and the tail that feeds them."""

    def __init__(self, socketio: SocketIO, post: Post, register: Register):
        self.socketio, self.post, self.register = socketio, post, register
        self.boot = uuid4().hex
        self.seq = 0
        self.rooms: dict[str, lens.Viewer] = {}
        self.screens: dict[str, tuple[str, str]] = {}  # sid -> (key hash, room)
        self._fresh: list[journal.Line] = []
        self._unsaid = False  # whether the other processes must still be told of what we committed
        self._mouth: hints.Mouth | None = None
        self._wake = threading.Event()
        self._stopped = False
        self.watch = Watch(post)
        socketio.on_event("connect", self._connect)
        socketio.on_event("disconnect", self._disconnect)

    # screens come and go

    def _connect(self, auth: Any = None) -> None:
        someone = self._who(auth)
        if someone is None:
            raise ConnectionRefusedError("not logged in")
        viewer = someone.viewer
        sid = request.sid  # type: ignore[attr-defined]
        self.rooms[viewer.room] = viewer
        self.screens[sid] = (someone.key_hash, viewer.room)
        join_room(viewer.room)
        self.socketio.emit("heartbeat", self._beat(), to=sid)

    def _who(self, auth: Any) -> Someone | None:
        """By token, or by cookie from a page of ours (a browser always names its origin)."""
        if isinstance(auth, dict) and isinstance(auth.get("token"), str):
            return self.register.by_token(auth["token"])
        key = request.cookies.get(COOKIE)
        if not key or not request.headers.get("Origin"):
            return None
        return self.register.by_session(key)

    def _disconnect(self, *_: Any) -> None:
        sid = request.sid  # type: ignore[attr-defined]
        room = self.screens.pop(sid, ("", ""))[1]
        if room and all(other != room for _, other in self.screens.values()):
            self.rooms.pop(room, None)

    # the three loops

    def start(self) -> None:
        """Start the tail, the heartbeat and the guard in the background."""
        with self.post.database.read() as conn:
            self.seq = journal.head(conn)
        self._mouth = hints.Mouth(self.post.settings.data, besides=hints.name_of("web"))  # we know already
        self.post.database.lane.after_commit.append(self._committed)
        for loop in (self._listen, self._tail, self._heart, self._guard, self._look):
            self.socketio.start_background_task(self._forever, loop)

    def stop(self) -> None:
        """Let the loops end by themselves within a second."""
        self._stopped = True
        self._wake.set()
        if self._mouth:
            self._mouth.close()

    def _forever(self, step: Callable[[], None]) -> None:
        """The edge of a loop: a failure (the database is away) is said and the loop goes on."""
        while not self._stopped:
            try:
                step()
            except Exception as failure:  # noqa: BLE001 - an edge: the heartbeat stops and the log says why
                self.post.log.error("live.failed", loop=step.__name__, failure=type(failure).__name__)
                self.socketio.sleep(LOOK_S)

    def _committed(self, lines: list[journal.Line]) -> None:
        """Called by the writer lane after each commit of this process."""
        if lines:
            self._fresh.extend(lines)
            self._unsaid = True
            self._wake.set()

    def _listen(self) -> None:
        ear = hints.listen(self.post.settings.data, "web")
        try:
            while not self._stopped:
                if ear.wait(LOOK_S):
                    self._wake.set()
        finally:
            ear.close()

    def _tail(self) -> None:
        self._wake.wait(LOOK_S)
        self._wake.clear()
        if self._unsaid and self._mouth:
            self._unsaid = False
            self._mouth.tell()
        while lines := self._next():
            self._tell(lines)
            if len(lines) < BATCH and not self._fresh:
                return  # whoever wrote meanwhile has woken us again

    def _next(self) -> list[journal.Line]:
        """The entries after the last one told: from memory when they follow on, else from the journal."""
        fresh, self._fresh = self._fresh, []
        if fresh and fresh[0].seq == self.seq + 1 and fresh[-1].seq == self.seq + len(fresh):
            return fresh
        with self.post.database.read() as conn:
            return journal.after(conn, self.seq, BATCH)

    def _tell(self, lines: list[journal.Line]) -> None:
        entries = [line.told() for line in lines]
        self.seq = lines[-1].seq
        if any(line.kind == "person.revoked" for line in lines):
            self.register.forget()
        for room, viewer in list(self.rooms.items()):
            told = [lens.told(viewer, entry) for entry in entries]
            self.socketio.emit("entries", {"entries": told, "head": self.seq}, to=room)
        failpoints.reach("told")

    def _look(self) -> None:
        self.socketio.sleep(WATCH_S)
        self.watch.look()

    def _beat(self) -> dict[str, Any]:
        return {"head": self.seq, "at": journal.stamp(self.post.clock()), "boot": self.boot}

    def _heart(self) -> None:
        self.socketio.sleep(HEARTBEAT_S)
        with self.post.database.read() as conn:
            head = journal.head(conn)
        self.socketio.emit("heartbeat", {**self._beat(), "head": max(head, self.seq)})

    def _waiting_for(self, sid: str) -> int:
        """Packets a screen has not read yet: a stalled one would fill the memory, and catches up from the journal."""
        server = self.socketio.server
        socket = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, "/"))
        return int(socket.queue.qsize()) if socket else 0

    def _guard(self) -> None:
        """Close the screens of sessions and tokens that no longer stand, and those that do not read."""
        started = time.monotonic()
        hashes = {key_hash for key_hash, _ in self.screens.values()}
        valid = self.register.still_valid(list(hashes)) if hashes else set()
        for sid, (key_hash, _) in list(self.screens.items()):
            if key_hash not in valid and key_hash in hashes or self._waiting_for(sid) > MAX_WAITING:
                self.socketio.server.disconnect(sid)
        self.socketio.sleep(max(0.05, LOOK_S - (time.monotonic() - started)))
