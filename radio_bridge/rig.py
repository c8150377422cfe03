"""One end of the air kept going: the port, the link and the spool, at the centre and in the field alike.

The order is the safety: what the link says is in the spool before a frame is keyed and before anybody is told.
"""

import contextlib
import dataclasses
import datetime as dt
import select
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import structlog

from incident import failpoints
from radio_bridge import plain, wire
from radio_bridge.airtime import boot_seconds, this_boot
from radio_bridge.cost import modem_of
from radio_bridge.devices import Device, Figures, Quality, is_done, quality_of
from radio_bridge.errors import BadFrame, CannotSend
from radio_bridge.framing import ax25
from radio_bridge.keyring import Keyring, key_of, read_card
from radio_bridge.link import Acked, Event, Link, LinkConfig, Received, Rejected, Transmit
from radio_bridge.personal import check_words
from radio_bridge.ports import LinkLost, PortTaken
from radio_bridge.profiles import get_profile
from radio_bridge.radiogram import SLOT_MOST_MS, STATION_LAST, Level
from radio_bridge.spool import Card, Note, Order, Spool, SpoolFault, outgoing_of, radiogram_body
from radio_bridge.voice.tape import Tape

NET, EPOCH = 1, 1
CENTRE = 0
"""The centre's station number."""
RELAYS = "relays="
"""Before the numbers of the net's relays in the file of a card."""

REOPEN_S = 0.1
"""Between two tries to open a lost port; half a second is allowed."""
TAKEN_S = 1.0
"""The same while another program has the port: to find out which one costs more than to find it missing."""
CHECK_S = 1.0
LONGEST_WAIT_S = 1.0
REPAIR_PAUSE_S = 0.5
ORDERS_AT_ONCE = 4
STEP_S = 60.0
"""So far forward a clock goes only when it is corrected."""
TRIES = 3
"""So often an order may fail before it is refused."""
COUNTERS_SINCE = dt.datetime(2025, 1, 1, tzinfo=dt.UTC).timestamp()

log = structlog.get_logger()


@dataclass(frozen=True)
class PortState:
    """Whether the port is there, since when (seconds since 1970), and what the system said when it was lost."""

    is_open: bool
    since: float
    words: str = ""


def link_config(key_hex: str, station: int, callsign: str, device: Device) -> LinkConfig:
    """The net of this installation as one station with this modem sees it. Raises CannotSend for a bad call sign."""
    figures, profile = device.figures, get_profile(device.figures.service)
    if profile.needs_callsign and not figures.callsign:
        raise CannotSend(f"On {profile.words} the radio's address names a call sign: ?service={profile.name}&callsign=")
    name = ax25.check_callsign(figures.callsign or callsign)
    _check_via(figures, key_hex, name)
    config = LinkConfig(
        **{**modem_of(figures), **_role(figures, key_hex, station)},
        net=NET,
        station=station,
        callsign=name,
        keys={},
        epoch=EPOCH,
        ring=ring_of(key_hex, station),
        profile=profile,
    )
    _check_slot(config)
    return config


def _check_slot(config: LinkConfig) -> None:
    """Raises CannotSend where an answer and its copies would take longer than a round can say."""
    slot_ms = config.gossip_slot_ms((1, STATION_LAST)) if config.path else 0
    if slot_ms > SLOT_MOST_MS:
        raise CannotSend(f"Over these digipeaters an answer takes {slot_ms / 1000:.1f} s: name fewer of them.")


def _check_via(figures: Figures, key: str, callsign: str) -> None:
    """Raises CannotSend where a digipeater cannot be waited for."""
    if figures.via and relays_on(key):
        raise CannotSend("via= and relays do not go together: this card names relays. Take one of a net without.")
    if callsign in figures.via:
        raise CannotSend(f"via= names {callsign}, which is our own call sign: nobody is his own digipeater.")


def _role(figures: Figures, key: str, station: int) -> dict[str, Any]:
    """The relays of the net and whether we are one: as the radio's address says, or as the card does."""
    on_card = relays_on(key)
    is_named = figures.relays is None and station in on_card
    return {
        "relay": is_named if figures.relay is None else figures.relay,
        "relays": on_card if figures.relays is None else figures.relays,
    }


def relays_on(key: str) -> tuple[int, ...]:
    """The net's relays as they stood when this card was written, in the order in which they speak."""
    said = next((one for one in key.split() if one.startswith(RELAYS)), RELAYS)
    return tuple(int(number) for number in said.removeprefix(RELAYS).split(",") if number)


def ring_of(key: str, station: int) -> Keyring:
    """The keys of a station of this installation's net. key: 32 digits, or a card as the centre handed it out.

    Behind the card may stand the newest change of keys, as it was when the card was written, `@` with the counter from
    which the station goes on, and the relays. Raises CannotSend for a key that is neither, and for another station's.
    """
    card_digits, *more = key.split() or [""]
    change = [one for one in more if not one.startswith(("@", RELAYS))]
    counts_from = max((int(one[1:]) for one in more if one.startswith("@")), default=0)
    card = read_card(card_digits, NET, station)
    if card.station != station:
        raise CannotSend(f"This key was handed out to station {card.station}; this is station {station}.")
    ring = Keyring(card, counts_from=counts_from)
    try:
        return ring.turned(key_of(change[0])) if change else ring
    except BadFrame as bad:
        raise CannotSend(f"The change of keys on this card is not genuine: {bad}") from None


class Bell:
    """Wakes a thread that waits in select(), from any other thread."""

    def __init__(self) -> None:
        self._ear, self._mouth = socket.socketpair()
        self._ear.setblocking(False)
        self._mouth.setblocking(False)

    def fileno(self) -> int:
        return self._ear.fileno()

    def ring(self) -> None:
        """Harmless when it rang already."""
        with contextlib.suppress(OSError):
            self._mouth.send(b".")

    def hush(self) -> None:
        """Swallow every ring so far."""
        with contextlib.suppress(BlockingIOError):
            while self._ear.recv(256):
                pass

    def close(self) -> None:
        """Nobody waits any more; a late ring is harmless."""
        self._ear.close()
        self._mouth.close()

    def wait(self, timeout_s: float, *others: int) -> list[int]:
        """Wait for a ring or for one of the other file numbers; answers those that are ready, and hushes."""
        ready, _, _ = select.select([self.fileno(), *others], [], [], timeout_s)
        self.hush()
        return ready


class Rig:
    """Runs in one thread; everything else speaks to it through the spool and wake()."""

    def __init__(
        self,
        device: Device,
        config: LinkConfig,
        spool: Spool,
        told: Callable[[], None] = lambda: None,
        wall: Callable[[], float] = time.time,
        random: Random | None = None,
    ) -> None:
        """told: called, in the rig's thread, when the spool has something new or the port came or went."""
        self._device, self._config, self._spool, self._told, self._wall = device, config, spool, told, wall
        self._random = random or Random()
        self._boot = this_boot()
        self._bell = Bell()
        self._stopping = threading.Event()
        self._doubtful: frozenset[str] = frozenset()  # messages whose age rests on what the clock said at our start
        self._set_at = 0.0
        self._link = self._restored()
        self._checked_at = 0.0
        self._taking: Order | None = None
        self._failures = (0, 0)  # the order that failed last, and how often in a row
        self._heard_from: int | None = None
        self._quality: Quality | None = None
        self.port = PortState(False, wall(), "belum dibuka")
        self.tape: Tape | None = None
        """Where frames are written down for the technician's monitor; None: nowhere."""
        self.callsigns: Mapping[int, str | None] = {}
        """Station number -> its call sign, None when revoked. A frame that names another is not believed."""
        self.relays: tuple[int, ...] | None = None
        """The net's relays by the register, in the order in which they speak; None: as we were told at the start."""

    # what others call, from any thread

    def wake(self) -> None:
        """Look at the spool now."""
        self._bell.ring()

    def stop(self) -> None:
        """Let run() return."""
        self._stopping.set()
        self.wake()

    def start(self) -> threading.Thread:
        """run() in a thread of its own."""
        thread = threading.Thread(target=self.run, name="rig", daemon=True)
        thread.start()
        return thread

    # the loop

    def run(self) -> None:
        """Until stop(): reopen what was lost, listen, take orders, and key what is due."""
        try:
            while not self._stopping.is_set():
                self._turn_safely()
        finally:
            self._device.close()
            self._bell.close()

    def _turn_safely(self) -> None:
        try:
            self._turn()
        except LinkLost as lost:
            self._taking = None
            self._lose(str(lost))
        except Exception as fault:
            log.exception("radio.fault", fault=repr(fault))
            self._repair(fault)

    def _turn(self) -> None:
        self._mind_the_clock()
        self._mind_the_relays()
        if not self.port.is_open:
            self._reopen()
            return
        self._listen()
        self._take_orders()
        self._act_on(self._link.tick(boot_seconds()))
        self._check()

    def _listen(self) -> None:
        port = self._device.fileno()
        if port in self._bell.wait(self._patience_s(), port):
            for frame in self._device.read():
                self._hear(frame)
            self._note_modem()

    def _note_modem(self) -> None:
        """What some modems know: that our frame is off the air, and how well the last one was heard."""
        if is_done(self._device):
            self._act_on(self._link.keyed(boot_seconds()))
        quality = quality_of(self._device)
        if quality is not None and quality is not self._quality and self._heard_from is not None:
            self._spool.put(quality_card(self._heard_from, quality, self._wall()))
        self._quality = quality

    def _patience_s(self) -> float:
        now = boot_seconds()
        due = self._link.next_wake(now)
        return LONGEST_WAIT_S if due is None else min(LONGEST_WAIT_S, max(0.0, due - now))

    def _check(self) -> None:
        now = boot_seconds()
        if now - self._checked_at >= CHECK_S:
            self._checked_at = now
            self._device.check()

    # the port

    def _reopen(self) -> None:
        try:
            self._device.open()
        except LinkLost as lost:
            self._note_port(False, str(lost))
            self._expire_orders()
            self._bell.wait(TAKEN_S if isinstance(lost, PortTaken) else REOPEN_S)
            return
        self._note_port(True, "")

    def _lose(self, words: str) -> None:
        self._note_port(False, words)
        self._device.close()

    def _note_port(self, is_open: bool, words: str) -> None:
        if (is_open, words) != (self.port.is_open, self.port.words):
            since = self.port.since if is_open == self.port.is_open else self._wall()
            self.port = PortState(is_open, since, words)
            log.info("radio.port", is_open=is_open, words=words)
            self._told()

    # the link

    def _restored(self) -> Link:
        kept, now = self._spool.link(), boot_seconds()
        if kept is not None:
            counters = kept.state["counters"]  # a new card for a computer that nobody believed
            counters["reserved_until"] = max(counters["reserved_until"], getattr(self._config.ring, "counts_from", 0))
        if kept is None:
            return Link(self._config, {"reserved_until": self._first_counter()}, self._random)
        if kept.boot == self._boot:
            return Link.restore(self._config, kept.state, self._random)
        # of an absence only the time since the machine started is certain; the wall clock may have been set
        link = Link.restore(self._config, kept.state, self._random, now, max(0.0, self._wall() - kept.wall), now)
        self._set_at, self._doubtful = self._wall() - now, frozenset(link.asking.messages)
        return link

    def _mind_the_clock(self) -> None:
        """A machine without a clock of its own knows only later how long it was off: what is late by then expires."""
        step_s = self._wall() - boot_seconds() - self._set_at
        if not self._doubtful or step_s < STEP_S:
            return
        self._set_at += step_s
        for uid in self._doubtful & self._link.asking.messages.keys():
            self._link.asking.messages[uid].expires_at -= step_s

    def _mind_the_relays(self) -> None:
        """They may change while the radio runs; a link that was made anew is told them again."""
        if self.relays is not None and self._link.keying.relays != self.relays:
            self._link.take_relays(self.relays)

    def _first_counter(self) -> int:
        """Minutes since 2025: a station that lost its file is not taken for a recording of its former self.

        Its clock may have lost its battery: the card says from where on it is believed in any case.
        """
        return max(getattr(self._config.ring, "counts_from", 0), int((self._wall() - COUNTERS_SINCE) // 60), 0)

    def _record(self, way: str, frame: bytes) -> None:
        if self.tape is not None:
            self.tape.note(way, frame, self._wall())

    def _hear(self, frame: bytes) -> None:
        self._record("in", frame)
        if kind := self._impostor(frame):
            self._act_on([Rejected(kind)])
            return
        events = self._link.heard(frame, boot_seconds())
        if any(isinstance(event, Acked) for event in events):
            failpoints.reach("ack.heard")
        is_genuine = Rejected not in map(type, events)
        self._heard_from = self._source_of(frame) if is_genuine else None
        self._act_on(events, "heard" if is_genuine else None)

    def _source_of(self, frame: bytes) -> int | None:
        """The station that keyed a packed frame; None where the channel is spoken on in words."""
        if self._config.profile.content != "binary":
            return None
        with contextlib.suppress(BadFrame):
            content = ax25.parse(frame).content if self._config.carrier == "ax25" else frame
            return content[2] if len(content) > 2 else None
        return None

    def _impostor(self, frame: bytes) -> str:
        """Why this sender is not believed before its seal is looked at: "callsign", "revoked", or nothing."""
        if self._config.carrier != "ax25":
            return self._revoked(frame)
        try:
            carrier = ax25.parse(frame)
            number = self._named_in(carrier.content)
        except BadFrame:
            return ""  # the link counts it
        if carrier.destination != ax25.DESTINATION or number not in self.callsigns:
            return ""
        expected = self.callsigns[number]
        if self._config.profile.content == "plain":  # there the carrier names the call sign of the licence
            return "" if expected else "revoked"
        return "" if expected == carrier.source else "callsign" if expected else "revoked"

    def _revoked(self, content: bytes) -> str:
        """The same where the carrier names nobody: the register is asked, whether the net has been told or not."""
        try:
            return "revoked" if self.callsigns.get(self._named_in(content), "") is None else ""
        except BadFrame:
            return ""

    def _named_in(self, content: bytes) -> int:
        """The station a frame or a line names as its sender; -1 where a frame is too short to. Raises BadFrame."""
        if self._config.profile.content == "plain":
            return plain.source_of(content)
        return content[2] if len(content) > 2 else -1

    def _act_on(self, events: list[Event], heard: str | None = None, taken: int | None = None) -> None:
        """Spool first, then the air, then tell."""
        if not events and heard is None and taken is None:
            return
        notes = [note for event in events if (note := self._note_of(event))]
        tallies = [name for name in (heard, *map(_tally_of, events)) if name]
        self._spool.keep(self._link.state(), self._wall(), self._boot, notes, tallies, taken)
        failpoints.reach("air.kept")
        for event in events:
            if isinstance(event, Transmit):
                self._key(event)
        if notes:
            self._told()

    def _key(self, transmit: Transmit) -> None:
        if not wire.may_pass(self._config.profile, self._config.carrier, transmit.frame):
            log.error("radio.barred", service=self._config.profile.name, bytes=len(transmit.frame))
            self._spool.note([], ["barred"])
            return
        self._device.write(transmit.frame)
        self._record("out", transmit.frame)
        self._link.begun(transmit, boot_seconds())
        failpoints.reach("air.sent")
        told = {"uid": transmit.uid, "airtime_s": round(transmit.airtime_s, 3), "bytes": len(transmit.frame)}
        self._spool.note([Note("keyed", told, self._wall())] if transmit.uid else [], ["sent"])
        failpoints.reach("air.noted")
        if transmit.uid:
            self._told()

    def _note_of(self, event: Event) -> Note | None:
        if isinstance(event, Transmit | Rejected):
            return None
        at = self._wall() - (boot_seconds() - event.at) if isinstance(event, Received | Acked) else self._wall()
        return Note(type(event).__name__.lower(), event_body(event), at)

    # orders

    def _take_orders(self) -> None:
        """A few, the urgent first: what comes in, what is due and a mayday must not wait behind a heap."""
        orders = self._spool.waiting(ORDERS_AT_ONCE)
        for order in orders:
            self._taking = order
            self._take(order)
        self._taking = None
        if len(orders) == ORDERS_AT_ONCE:
            self.wake()

    def _take(self, order: Order) -> None:
        now, wall = boot_seconds(), self._wall()
        if order.kind == "send" and order.body["expires_at"] <= wall:
            self._refuse(order, "expired", "")
            return
        try:
            events = self._obey(order, now, wall)
        except CannotSend as why:
            self._refuse(order, "refused", str(why))
            return
        self._act_on(events, taken=order.id)

    def _obey(self, order: Order, now: float, wall: float) -> list[Event]:
        if order.kind == "acknowledge":
            return self._link.acknowledge(order.body["key"], Level(order.body["level"]), now)
        outgoing = outgoing_of(order.body)
        check_words(getattr(outgoing.radiogram, "text", ""))
        on_our_clock = now + outgoing.expires_at - wall
        return self._link.send(dataclasses.replace(outgoing, expires_at=on_our_clock), now)

    def _refuse(self, order: Order, kind: str, reason: str) -> None:
        note = Note(kind, {"uid": order.uid, "key": order.body.get("key"), "reason": reason}, self._wall())
        self._spool.note([note], [], order.id)
        self._told()

    def _expire_orders(self) -> None:
        """Without a port orders wait; what is too late meanwhile is said so now, not when the plug is back."""
        for order in self._spool.waiting():
            if order.kind == "send" and order.body["expires_at"] <= self._wall():
                self._refuse(order, "expired", "")

    def _repair(self, fault: Exception) -> None:
        """Go back to what the spool knows; an order that breaks the link three times is refused, not tried for ever."""
        self._stopping.wait(REPAIR_PAUSE_S)
        order, self._taking = self._taking, None
        try:
            self._link = self._restored()
            self._spool.note([], ["fault"])
            if order is not None and self._breaks_the_link(order, fault):
                self._refuse(order, "refused", f"Pesan ini tidak dapat dikirim: {fault}.")
        except SpoolFault as worse:  # a full disk: say so and try again
            log.error("radio.spool", fault=repr(worse))

    def _breaks_the_link(self, order: Order, fault: Exception) -> bool:
        """Has it failed so often that the fault is its own? A fault of the disk never is."""
        if isinstance(fault, SpoolFault):
            return False
        self._failures = (order.id, self._failures[1] + 1 if self._failures[0] == order.id else 1)
        return self._failures[1] >= TRIES


def quality_card(station: int, quality: Quality, at: float) -> Card:
    """How well a station was heard last, where the spool keeps it: `quality` by the station's number."""
    return Card("quality", str(station), {"rssi_dbm": quality.rssi_dbm, "snr_db": quality.snr_db, "at": at})


def event_body(event: Event) -> dict[str, Any]:
    """An event of the link as JSON-able values."""
    body = {field.name: getattr(event, field.name) for field in dataclasses.fields(event)}
    if isinstance(event, Received):
        body["radiogram"] = radiogram_body(event.radiogram)
    return body


def _tally_of(event: Event) -> str:
    return f"rejected.{event.kind}" if isinstance(event, Rejected) else ""
