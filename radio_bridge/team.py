"""A field team's end of the air without a face: what it has heard, what a person has seen, what waits to go home."""

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from radio_bridge import radiogram
from radio_bridge.cost import cost_on_air
from radio_bridge.devices import Device
from radio_bridge.link import LinkConfig, Outgoing
from radio_bridge.personal import check_words
from radio_bridge.radiogram import Alert, Cancel, Level, Place, Position, Radiogram, Status, Text, saying
from radio_bridge.rig import CENTRE, Bell, PortState, Rig
from radio_bridge.spool import Card, Happening, Spool, SpoolFault, radiogram_of

STATUS_KEYS = (2, 3, 4, 7, 9)
MAYDAY = 0
STATUS_VALID_S = 1800.0
TEXT_VALID_S = 7200.0

FULL = "Tidak dapat menyimpan: kartu memori penuh atau rusak."

# state of an outbox card -> words; only ever further down the list
OUTBOX_WORDS = {
    "waiting": "menunggu",
    "keyed": "di udara",
    "delivered": "diterima pusat",
    "expired": "kedaluwarsa",
    "refused": "tidak dapat dikirim",
    "failed": "tidak ada jawaban",
    "superseded": "diganti yang baru",
}
# state of an alert card -> words
ALERT_WORDS = {
    "new": "BARU",
    "acknowledged": "dilihat, memberi tahu pusat",
    "confirmed": "dilihat, pusat tahu",
    "replaced": "diganti yang baru",
    "cancelled": "DIBATALKAN",
}
log = structlog.get_logger()
Told = Callable[[dict[str, Any]], None]
Changes = tuple[list[Card], list[dict[str, Any]]]
"""The cards to write, and the events to tell once they are written."""


class FieldStation:
    """One team's terminal without a face: the rig, its spool, and the cards a person reads."""

    def __init__(
        self, device: Device, config: LinkConfig, spool: Spool, told: Told, wall: Callable[[], float] = time.time
    ):
        """told: called from the station's own thread with each event, a dict with "event"."""
        self._device, self._spool, self._told, self._wall = device, spool, told, wall
        self.config = config
        self._bell = Bell()
        self._stopping = threading.Event()
        self.rig = Rig(device, config, spool, told=self._bell.ring, wall=wall)
        self._port_told: PortState | None = None
        self._is_full = False
        self._clerk = threading.Thread(target=self._run, name="clerk", daemon=True)

    def start(self) -> None:
        """Begin to listen; what was known before a restart is told again, marked `again`."""
        for card in self.alerts():
            self._told({"event": "alert", "again": True, **card})
        self._rig_thread = self.rig.start()
        self._clerk.start()

    def stop(self) -> None:
        """Leave the air; the outbox stays."""
        self.rig.stop()
        self._rig_thread.join(5)
        self._stopping.set()
        self._bell.ring()
        self._clerk.join(5)
        if hasattr(self._device, "end"):
            self._device.end()

    # what a person does

    def acknowledge(self, key: str) -> bool:
        """As a person: I have seen this alert. False when there is no such alert or it was acknowledged before."""
        card = self._spool.card("alert", key)
        if card is None or card["state"] != "new":
            return False
        seen = Card("alert", key, {**card, "state": "acknowledged", "seen_at": self._wall()})
        self._spool.order_acknowledgement(key, int(Level.SEEN), self._wall(), [seen])
        self.rig.wake()
        return True

    def report(self, digit: int) -> str:
        """Tell the centre our status digit; its uid in the outbox."""
        priority = 0 if digit == MAYDAY else 2
        words = radiogram.STATUSES[digit]
        return self._send(Status(digit), f"{digit} {words}", "status", priority, STATUS_VALID_S)

    def say(self, text: str) -> str:
        """Send words home, in parts if need be; CannotSend when they are too long even so or name somebody."""
        words = Text(" ".join(text.split()))
        check_words(words.text)
        measure(words.text, self.config)
        return self._send(words, words.text, "text", 3, TEXT_VALID_S)

    def move(self, lon: float, lat: float) -> str:
        """Tell the centre where we are, WGS 84 degrees."""
        words = Position(Place(lon, lat))
        return self._send(words, saying.say(words), "position", 3, STATUS_VALID_S)

    def _send(self, words: Radiogram, text: str, kind: str, priority: int, valid_s: float) -> str:
        self.config.frames(words)
        uid, now = str(uuid.uuid4()), self._wall()
        card = {"uid": uid, "kind": kind, "text": text, "state": "waiting", "at": now}
        order = Outgoing(uid, words, (CENTRE,), priority, now + valid_s)
        self._spool.order(order, now, [Card("outbox", uid, card)])
        self.rig.wake()
        return uid

    # what a person reads

    def alerts(self) -> list[dict[str, Any]]:
        """Every alert card, oldest first."""
        return self._spool.cards("alert")

    def texts(self) -> list[dict[str, Any]]:
        """Words from the centre, oldest first."""
        return self._spool.cards("text")

    def outbox(self) -> list[dict[str, Any]]:
        """Our reports and words with their state, oldest first."""
        return self._spool.cards("outbox")

    def newest_unseen(self) -> dict[str, Any] | None:
        """The most urgent alert no person here has acknowledged; the newest among equals."""
        waiting = [card for card in self.alerts() if card["state"] == "new"]
        return min(waiting, key=lambda card: (card["priority"], -card["received_at"]), default=None)

    # what the rig tells

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._catch_up_safely()
            self._bell.wait(1.0)
        self._catch_up_safely()
        self._bell.close()

    def _catch_up_safely(self) -> None:
        """A memory card that is full must not end this thread: what was heard is shown once it can be kept again."""
        try:
            self._catch_up()
            self._is_full = False
        except SpoolFault as fault:
            if not self._is_full:
                log.error("field.spool", fault=str(fault))
                self._told({"event": "error", "words": FULL})
            self._is_full = True

    def _catch_up(self) -> None:
        if self.rig.port != self._port_told:
            self._port_told = self.rig.port
            words = "tersambung" if self.rig.port.is_open else "port hilang"
            self._told({"event": "port", "open": self.rig.port.is_open, "words": words, "at": self.rig.port.since})
        for happening in self._spool.happenings():
            cards, events = self._read(happening)
            self._spool.stored([happening.id], cards)
            for event in events:
                self._told(event)

    def _read(self, happening: Happening) -> Changes:
        """The cards a happening changes and what to tell; unknown kinds change nothing."""
        body = happening.body
        if happening.kind == "received":
            return self._received(radiogram_of(body["radiogram"]), body, happening.at)
        if happening.kind == "confirmed":
            return self._alert_becomes(body["key"], "confirmed", Level(body["level"]) >= Level.SEEN)
        if happening.kind == "acked":
            return self._outbox_becomes(body["uid"], "delivered")
        if happening.kind in ("keyed", "expired", "failed", "superseded"):
            return self._outbox_becomes(body["uid"], happening.kind)
        if happening.kind == "incomplete":
            return [], [{"event": "incomplete", "words": _lacking(body), "at": happening.at}]
        if happening.kind == "refused":
            return self._refused(body)
        return [], []

    def _received(self, words: Radiogram, body: Mapping[str, Any], at: float) -> Changes:
        if isinstance(words, Alert):
            card = alert_card(words, body["key"], body["source"], at)
            over = self._over(body["source"], words.ref, words.revision, "replaced")
            return [*over, Card("alert", body["key"], card)], [{"event": "alert", "again": False, **card}]
        if isinstance(words, Cancel):
            # the cancel is acknowledged like an alert, by a card of its own
            card = cancel_card(words, body["key"], body["source"], at)
            over = self._over(body["source"], words.ref, words.revision, "cancelled")
            return [*over, Card("alert", body["key"], card)], [{"event": "cancel", "again": False, **card}]
        if isinstance(words, Text):
            card = {"text": words.text, "exercise": words.exercise, "at": at}
            return [Card("text", f"{body['source']}.{body['counter']}", card)], [{"event": "text", **card}]
        return [], [{"event": type(words).__name__.lower(), "words": saying.say(words), "at": at}]

    def _over(self, source: int, ref: int, revision: int, state: str) -> list[Card]:
        older = (card for card in self.alerts() if (card["source"], card["ref"]) == (source, ref))
        return [Card("alert", card["key"], {**card, "state": state}) for card in older if card["revision"] < revision]

    def _alert_becomes(self, key: str, state: str, by_person: bool) -> Changes:
        card = self._spool.card("alert", key)
        if card is None or not by_person or card["state"] not in ("new", "acknowledged"):
            return [], []
        return [Card("alert", key, {**card, "state": state})], [{"event": state, "key": key, "ref": card["ref"]}]

    def _outbox_becomes(self, uid: str, state: str) -> Changes:
        card = self._spool.card("outbox", uid)
        if card is None or card["state"] == "delivered" or card["state"] == state:
            return [], []
        return [Card("outbox", uid, {**card, "state": state})], [{"event": state, "uid": uid, "text": card["text"]}]

    def _refused(self, body: Mapping[str, Any]) -> Changes:
        if body.get("key"):
            return [], [{"event": "error", "words": "Siaran itu sudah berakhir atau diganti yang baru."}]
        return self._outbox_becomes(body["uid"], "refused")


def alert_card(alert: Alert, key: str, source: int, at: float) -> dict[str, Any]:
    """An alert as the terminal keeps it; expires_at counts from when it was heard, because field clocks are wrong."""
    place = None if alert.place is None else {"lon": alert.place.lon, "lat": alert.place.lat}
    return {
        "key": key,
        "ref": alert.ref,
        "revision": alert.revision,
        "source": source,
        "priority": alert.priority,
        "type": radiogram.TYPES.get(alert.type, "?"),
        "action": radiogram.ACTIONS.get(alert.action, "?"),
        "text": alert.text,
        "place": place,
        "exercise": alert.exercise,
        "received_at": at,
        "expires_at": at + 60 * alert.expires_min,
        "state": "new",
        "seen_at": None,
    }


def cancel_card(cancel: Cancel, key: str, source: int, at: float) -> dict[str, Any]:
    """A cancel, shown and acknowledged like an alert."""
    return alert_card(
        Alert(
            cancel.ref, cancel.revision, cancel.priority, 0, 12, cancel.expires_min, None, cancel.exercise,
            f"BATAL: siaran {cancel.ref} tidak berlaku lagi",
        ),
        key, source, at,
    )  # fmt: skip


def _lacking(body: Mapping[str, Any]) -> str:
    """What there is of a text is never shown as the whole."""
    return f"Pesan {body['number']} tidak lengkap: {len(body['have'])} dari {body['parts']} bagian; minta diulang."


def measure(text: str, config: LinkConfig) -> tuple[int, float]:
    """(bytes, seconds on the air) of a text home, in parts if need be. Raises CannotSend when it cannot be sent."""
    cost = cost_on_air(Text(" ".join(text.split())), config)
    return cost.bytes, cost.seconds
