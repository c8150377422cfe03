"""A screen without a face: it follows the journal as docs/live.md tells every screen to, and keeps its own picture."""

import contextlib
import threading
import time
from typing import Any

from incident.bench import wire

COLLECTIONS = ("incidents", "units", "assignments", "alerts", "recipients", "lamps", "tasks")
"""What is compared; what else an entry carries is not kept."""
SILENCE_S = 5.0
Cards = dict[str, dict[Any, dict[str, Any]]]


class Picture:
    """A snapshot and the entries after it. Pure."""

    def __init__(self, snapshot: dict[str, Any]):
        self.seq = int(snapshot["seq"])
        self.cards: Cards = {name: {card["id"]: card for card in snapshot.get(name, [])} for name in COLLECTIONS}

    def apply(self, entries: list[dict[str, Any]]) -> bool:
        """Apply what follows on; False when something is missing in between."""
        for entry in entries:
            if entry["seq"] > self.seq + 1:
                return False
            if entry["seq"] == self.seq + 1:
                self._apply_one(entry)
        return True

    def _apply_one(self, entry: dict[str, Any]) -> None:
        for name, cards in entry["body"].get("cards", {}).items():
            for card in cards if name in COLLECTIONS else ():
                self._put(name, card)
        self.seq = entry["seq"]

    def _put(self, name: str, card: dict[str, Any]) -> None:
        if not card.get("gone"):
            self.cards[name][card["id"]] = card
            return
        self.cards[name].pop(card["id"], None)
        if name == "alerts":
            kept = {key: one for key, one in self.cards["recipients"].items() if one["alert_id"] != card["id"]}
            self.cards["recipients"] = kept

    def differences(self, fresh: "Picture") -> list[str]:
        """A sentence for each collection in which this picture is not the fresh one."""
        said = [] if self.seq == fresh.seq else [f"it stands at {self.seq}, the server at {fresh.seq}"]
        for name in COLLECTIONS:
            mine, theirs = self.cards[name], fresh.cards[name]
            wrong = sorted(str(key) for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key))
            if wrong:
                said.append(f"{len(wrong)} {name} differ, the first is {wrong[0]}")
        return said


class Screen(threading.Thread):
    """Connects, catches up from its cursor, follows; after every failure again, for as long as it lives."""

    def __init__(self, port: int, token: str, name: str):
        super().__init__(name=name, daemon=True)
        self.port, self.token = port, token
        self.picture: Picture | None = None
        self.connections = self.catch_ups = self.snapshots = 0
        self._line = wire.Line(port, SILENCE_S)
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(OSError):
                self._follow()
            self._stopped.wait(0.05)
        self._line.close()

    def stop(self) -> None:
        self._stopped.set()

    def _follow(self) -> None:
        """Socket first, then what was missed: nothing can fall between the two."""
        with contextlib.closing(wire.join(self.port, SILENCE_S)) as joined:
            frames = wire.Frames()
            joined.sendall(wire.upgrade(self.port))
            while not self._stopped.is_set():
                received = joined.recv(262_144)
                if not received:
                    raise wire.BadAnswer("The server hung up.")
                for text in frames.feed(received):
                    if reply := self._take(text):
                        joined.sendall(reply)

    def _take(self, text: bytes) -> bytes | None:
        if text[:1] == b"0":
            return wire.hello(self.token)
        if text[:1] == b"2":
            return wire.frame("3")
        if text[:2] == b"40":
            self.connections += 1
            self._catch_up()
        if heard := wire.event(text):
            self._hear(*heard)
        return None

    def _hear(self, name: str, content: Any) -> None:
        """Entries that do not follow on, or a heartbeat ahead of us: fetch what is missing."""
        follows = name != "entries" or (self.picture is not None and self.picture.apply(content["entries"]))
        if not follows or self.picture is None or content["head"] > self.picture.seq:
            self._catch_up()

    def _catch_up(self) -> None:
        if self.picture is None:
            self._snap()
        while self._page():
            self.catch_ups += 1

    def _page(self) -> bool:
        """Fetch one page of the journal; answers whether more waits."""
        assert self.picture is not None
        status, answer = self._line.ask("GET", f"/api/v1/journal?after={self.picture.seq}&limit=500", self.token)
        if status == 410:
            self._snap()
            return True
        _require(status)
        if not self.picture.apply(answer["entries"]):
            raise wire.BadAnswer("The journal itself has a gap.")
        return bool(answer["entries"]) and answer["head"] > self.picture.seq

    def _snap(self) -> None:
        status, answer = self._line.ask("GET", "/api/v1/board?most=1000000", self.token)
        _require(status)
        self.picture = Picture(answer)
        self.snapshots += 1


def _require(status: int) -> None:
    if status != 200:
        raise wire.BadAnswer(f"The server answered {status}.")


def wait_for_head(screens: list[Screen], head: int, timeout_s: float) -> bool:
    """Whether every screen reaches the number in time."""
    ends = time.monotonic() + timeout_s
    while time.monotonic() < ends:
        if all(one.picture and one.picture.seq >= head for one in screens):
            return True
        time.sleep(0.02)
    return False
