"""The link: who must have which alert, what goes on the air next, and what was heard. No I/O; time is an argument."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, lru_cache
from random import Random
from typing import Any

from radio_bridge import plain, wire
from radio_bridge.errors import BadFrame, CannotSend
from radio_bridge.framing import ax25, posko
from radio_bridge.ledger import Ledger
from radio_bridge.radiogram import (
    ACK_REF_BITS,
    ACK_REVISION_BITS,
    ALL,
    EXPIRES_MAX_MIN,
    STATION_LAST,
    TYPE_NUMBERS,
    Ack,
    Alert,
    Asking,
    Cancel,
    Level,
    Radiogram,
    Receipt,
    Reporting,
    RollCall,
    Status,
    Time,
    decode,
    encode,
)
from radio_bridge.traffic import (
    STATES,
    WAITING,
    Acked,
    Confirmed,
    Event,
    Expired,
    Failed,
    LinkConfig,
    Outgoing,
    Received,
    Rejected,
    Repeating,
    Superseded,
    Transmit,
)

__all__ = [
    "STATES",
    "WAITING",
    "Acked",
    "Confirmed",
    "Event",
    "Expired",
    "Failed",
    "Link",
    "LinkConfig",
    "Outgoing",
    "Received",
    "Rejected",
    "Repeating",
    "Superseded",
    "Transmit",
]

# The caller's loop, at the centre and in the field alike:
#
#   link = Link.restore(config, saved_state_or_None, Random(), now, away_s=0.0)
#   events = link.send(...) / link.acknowledge(...) / link.heard(frame, now) / link.tick(now) / link.keyed(now)
#   1. write events (except Transmit) and link.state() to the spool in ONE transaction, if `events` is not empty
#   2. only then hand each Transmit.frame to the port (there is at most one outstanding)
#   3. sleep until link.next_wake(now) or bytes arrive; call link.tick(now)

COUNTER_BLOCK = 256
"""Counters are reserved in blocks, so that a restart skips some and never uses one twice."""

_NUMBERS_KEPT = 128
_PAUSE_MAX_S = 60.0
_RETRY_MAX_S = 32.0
_RETRY_EACH_S = 4.0
"""Of the pause between two tries: the most in a small net, and for each station of a large one. Fifty people who press
a key at once must not keep on destroying each other's answers, and the next alert with them."""
_HELD_BACK_S = 5.0
"""A round is waited for this much longer when its answers come late; persons' keys must not make it endless."""
_IDENTIFY_EARLY_S = 60.0
"""The call sign is said this much before it must be, so that it need not break into a round of answers."""
_SILENT_S = 20.0
"""After this much silence we have finished, and say who it was."""
_VERBS = {Level.PRESENT: "heard", Level.HEARD: "heard", Level.SEEN: "seen", Level.READ_BACK: "read_back"}


@dataclass
class _Message:
    """Something of ours that others must have: an alert with its rounds, or a report with its tries."""

    uid: str
    type: int
    content: str
    """Hexadecimal, so that the spool can keep it."""
    destination: int
    states: dict[int, str]
    priority: int
    expires_at: float
    order: int
    due: float
    rounds: int = 0
    barren: int = 0
    """Rounds in a row that brought no new answer."""
    round_ends: float | None = None
    asked: list[int] = field(default_factory=list)
    """The roster of the round that is on."""
    slot_ms: int = 0
    closed: bool = False
    """Nothing more of it goes on the air; kept for late answers."""

    @property
    def radiogram(self) -> Radiogram:
        return _reread(self.type, self.content)

    @property
    def asks(self) -> bool:
        """Answered in slots by a roster?"""
        return self.type in (TYPE_NUMBERS[Alert], TYPE_NUMBERS[Cancel], TYPE_NUMBERS[RollCall])

    @property
    def waiting(self) -> tuple[int, ...]:
        return tuple(station for station, state in sorted(self.states.items()) if state in WAITING)

    def step(self, station: int, verb: str) -> bool:
        """Did the state change?"""
        before = self.states[station]
        self.states[station] = STATES[before][verb]
        return self.states[station] != before


@dataclass
class _Alarm:
    """An alert, cancel or roll-call of somebody else's that we answer."""

    key: str
    source: int
    ref: int
    revision: int
    call: bool
    level: int
    expires_at: float
    confirmed: int = 0
    due: float | None = None
    """When to say (again) that a person saw it; None when there is nothing to say."""
    tries: int = 0
    overheard: list[int] = field(default_factory=list)
    """Stations we heard say that they have it."""
    superseded: bool = False
    priority: int = 3

    @cached_property
    def quoted(self) -> tuple[bool, int, int]:
        """What an ack that answers it says."""
        return _quoted(RollCall(self.ref) if self.call else Cancel(self.ref, self.revision))


@dataclass
class _Slot:
    """Our turn to answer. After `latest` it is somebody else's turn, and we stay silent."""

    due: float
    latest: float
    key: str
    roster: tuple[int, ...]
    slot_ms: int


class Link:
    """One station's end of the net: the same code at the centre and in the field."""

    def __init__(self, config: LinkConfig, counters_state: Mapping[str, int] | None, random: Random) -> None:
        """counters_state: {"reserved_until": n} as in state()["counters"], None for a station new to this epoch."""
        ax25.check_callsign(config.callsign)
        self.config, self._random = config, random
        self._counter = (counters_state or {}).get("reserved_until", 0)
        self._reserved_until = self._counter + COUNTER_BLOCK
        self._window = posko.ReplayWindow(config.epoch)
        self._messages: dict[str, _Message] = {}
        self._alarms: dict[str, _Alarm] = {}
        self._reported: dict[int, list[int]] = {}
        self._number = random.randrange(1 << 16)
        self._order = 0
        self._as_of = 0.0
        self._ledger = Ledger(config.profile)
        self._identify: tuple[float, float] | None = None
        """When to say our call sign: (better, at the latest); None when we said nothing since."""
        self._forget_the_moment()

    def _forget_the_moment(self) -> None:
        """What a restart may lose, because the other side asks again."""
        self._slots: list[_Slot] = []
        self._receipts: list[tuple[int, int, int]] = []
        self._receipts_at = -math.inf
        self._confirmations: dict[str, dict[int, Level]] = {}
        self._confirm_at = 0.0
        self._quiet_until, self._quiet_priority = -math.inf, 3
        self._on_air_until: float | None = None
        self._keyed_uid: str | None = None
        self._keyed_wait_s = 0.0
        self._round_over_by = -math.inf
        self._crowd = 0
        self._second_copy: Asking | None = None
        # Priorities from this one on wait until then: the hour has no room for the first of them.
        self._barred_from, self._barred_until = 0, -math.inf

    # -- the spool ---------------------------------------------------------------------------------------------

    @classmethod
    def restore(
        cls,
        config: LinkConfig,
        state: Mapping[str, Any] | None,
        random: Random,
        now: float | None = None,
        away_s: float = 0.0,
        surely_s: float = 0.0,
    ) -> Link:
        """A link as state() left it; a new one for None or for another epoch's replay window and counters.

        With `now`, all instants are moved so that `away_s` seconds have passed since the state was written: right
        for a monotonic clock that starts anew. Without it they stand as they are. surely_s: how much of that no
        wall clock is needed for; only so much is believed where the law counts hours.
        """
        if state is None:
            return cls(config, None, random)
        same_epoch = state["window"]["epoch"] == config.epoch
        link = cls(config, state["counters"] if same_epoch else None, random)
        link._recall(state, same_epoch)
        if config.profile.content == "voice":
            link._forget_answers()
        link._move_clock(0.0 if now is None else now - away_s - state["as_of"])
        since_s = 0.0 if now is None else now - min(away_s, surely_s) - state["as_of"]
        link._ledger = Ledger.restored(config.profile, state.get("ledger"), since_s)
        return link

    def _recall(self, state: Mapping[str, Any], same_epoch: bool) -> None:
        self._messages = {saved["uid"]: _message(saved) for saved in state["messages"]}
        self._alarms = {saved["key"]: _Alarm(**saved) for saved in state["alarms"]}
        self._number, self._order, self._as_of = state["number"], state["order"], state["as_of"]
        self._identify = tuple(state["identify"]) if state.get("identify") else None
        if same_epoch:
            self._window = posko.ReplayWindow.from_dict(state["window"])
            self._reported = {int(source): list(numbers) for source, numbers in state["reported"].items()}

    def _forget_answers(self) -> None:
        """The channel has become one where only people speak."""
        for alarm in self._alarms.values():
            alarm.due = None

    def _move_clock(self, by_s: float) -> None:
        self._as_of += by_s
        self._identify = self._identify and (self._identify[0] + by_s, self._identify[1] + by_s)
        for message in self._messages.values():
            message.expires_at += by_s
            # A round that the restart cut short is not waited for: its answers went by unheard.
            message.due = self._as_of if message.round_ends is not None else message.due + by_s
            message.round_ends = None
        for alarm in self._alarms.values():
            alarm.expires_at += by_s
            alarm.due = None if alarm.due is None else alarm.due + by_s

    def state(self) -> dict[str, Any]:
        """Everything a restart needs, as JSON-able values."""
        return {
            "as_of": self._as_of,
            "counters": {"reserved_until": self._reserved_until},
            "window": self._window.to_dict(),
            "messages": [asdict(message) for message in self._messages.values()],
            "alarms": [asdict(alarm) for alarm in self._alarms.values()],
            "reported": {str(source): numbers for source, numbers in self._reported.items()},
            "number": self._number,
            "order": self._order,
            "ledger": self._ledger.state(),
            "identify": self._identify,
        }

    def airtime_left_s(self, now: float, priority: int = 3) -> float:
        """Seconds on the air the law leaves to this priority in this hour."""
        return self._ledger.left_s(now, priority)

    # -- what the caller does ----------------------------------------------------------------------------------

    def send(self, outgoing: Outgoing, now: float) -> list[Event]:
        """Queue a radiogram. A uid that is still remembered is not queued again.

        Raises CannotSend with a sentence for the operator; then nothing was changed.
        """
        if outgoing.uid in self._messages:
            return self._work(now)
        message = self._written(outgoing, now)
        events = self._supersede(message)
        self._messages[message.uid] = message
        self._order += 1
        return events + self._work(now)

    def acknowledge(self, key: str, level: Level, now: float) -> list[Event]:
        """Field side: a person saw (or read back) the alert `key`. Repeated on the air until confirmed.

        Raises CannotSend when the alert is no longer known here.
        """
        alarm = self._alarms.get(key)
        if alarm is None or alarm.superseded:
            raise CannotSend("This alert is over or was replaced; acknowledge the newest one.")
        if level > alarm.level:
            alarm.level, alarm.tries = int(level), 0
        if alarm.confirmed < alarm.level and not alarm.call:
            alarm.due = self._free_at(now, 3)
        return self._work(now)

    def heard(self, frame: bytes, now: float) -> list[Event]:
        """A frame came from the port; `now` is when its last bit was heard."""
        try:
            opened, radiogram = self._open(frame)
        except BadFrame as bad:
            said_name = bad.kind == "identity"
            return [*([] if said_name else [Rejected(bad.kind)]), *self._work(now)]
        events = self._take(opened, radiogram, now)
        return events + self._work(now)

    def tick(self, now: float) -> list[Event]:
        """Time has passed; perhaps something is due."""
        return self._work(now)

    def keyed(self, now: float) -> list[Event]:
        """The port reports that the outstanding frame is off the air (else the link estimates it)."""
        self._on_air_until = None
        message = self._messages.get(self._keyed_uid or "")
        if message and message.round_ends is not None:
            message.round_ends = now + self._keyed_wait_s
            self._round_over_by = message.round_ends + _HELD_BACK_S
            self._keep_quiet(message.round_ends, message.priority)
        return self._work(now)

    def next_wake(self, now: float) -> float | None:
        """When tick() should be called next; None when there is nothing to wait for."""
        soonest = min(self._wakes(), default=None)
        return None if soonest is None else max(now, soonest)

    def progress(self, uid: str) -> dict[int, str]:
        """station -> state of message `uid` (as in STATES); empty when it is no longer remembered."""
        message = self._messages.get(uid)
        return dict(message.states) if message else {}

    # -- writing a message -------------------------------------------------------------------------------------

    def _written(self, outgoing: Outgoing, now: float) -> _Message:
        if outgoing.expires_at <= now:
            raise CannotSend("This message is already out of date; write a new one.")
        wire.check_service(self.config.profile)
        destination, roster = self._addressees(outgoing)
        words = self._numbered(outgoing, roster, now)
        self._check_airtime(words, outgoing.priority, now)
        type_number, content = encode(words)
        due = self._free_at(now, outgoing.priority)
        message = _Message(
            outgoing.uid, type_number, content.hex(), destination, dict.fromkeys(roster, "queued"),
            outgoing.priority, outgoing.expires_at, self._order, due,
        )  # fmt: skip
        return message

    def _check_airtime(self, words: Radiogram, priority: int, now: float) -> None:
        """Does it fit a frame here, and may a frame be that long?"""
        lasts_s, longest_s = self.config.radiogram_s(words), self.config.profile.longest_key_up_s
        if lasts_s > longest_s or self._ledger.free_at(lasts_s + self._identity_s(), priority, now) == math.inf:
            raise CannotSend(f"On this channel it would take {lasts_s:.1f} s on the air, more than is allowed.")

    def _addressees(self, outgoing: Outgoing) -> tuple[int, tuple[int, ...]]:
        """(destination byte, stations that must have it)."""
        if isinstance(outgoing.radiogram, Time):
            return ALL, ()
        if isinstance(outgoing.to, int):
            destination, roster = outgoing.to, self._group(outgoing.to)
        else:
            roster = tuple(sorted(set(outgoing.to)))
            destination = roster[0] if len(roster) == 1 else ALL
        if self.config.station in roster:
            roster = tuple(station for station in roster if station != self.config.station)
        self._check_roster(outgoing.radiogram, roster)
        return destination, roster

    def _group(self, number: int) -> tuple[int, ...]:
        if number == ALL:
            return tuple(sorted({station for group in self.config.groups.values() for station in group}))
        if number not in self.config.groups:
            raise CannotSend(f"Group {number} is not on this net's list.")
        return tuple(sorted(self.config.groups[number]))

    def _check_roster(self, radiogram: Radiogram, roster: tuple[int, ...]) -> None:
        if not roster:
            raise CannotSend("Nobody is named to receive this; choose at least one station.")
        if isinstance(radiogram, Ack | Receipt):
            raise CannotSend("Acknowledgements are written by the link itself.")
        if max(roster) > STATION_LAST or min(roster) < 0:
            raise CannotSend(f"Station numbers are 0 to {STATION_LAST}; check the list of receivers.")
        if isinstance(radiogram, Reporting) and len(roster) > 1:
            raise CannotSend("A status, position or text goes to one station; for several write an alert.")

    def _numbered(self, outgoing: Outgoing, roster: tuple[int, ...], now: float) -> Radiogram:
        """The radiogram with all that the link adds, to find out now whether it fits the air."""
        radiogram = outgoing.radiogram
        if isinstance(radiogram, Asking):
            self._check_identity(radiogram)
            asked = replace(radiogram, priority=outgoing.priority)
            return _with_time(self._for_round(asked, roster, 1), outgoing.expires_at - now)
        if isinstance(radiogram, Reporting):
            self._number = (self._number + 1) % (1 << 16)
            return replace(radiogram, number=self._number)
        return radiogram

    def _check_identity(self, radiogram: Asking) -> None:
        """An ack quotes few bits: no two remembered alerts may look alike to it."""
        for message in self._asking():
            other = message.radiogram
            same = _ref(other) == _ref(radiogram) and isinstance(other, RollCall) == isinstance(radiogram, RollCall)
            if same and _revision(other) >= _revision(radiogram):
                raise CannotSend(f"Alert {radiogram.ref} already went out as revision {_revision(other)}; raise it.")
            if _quoted(other) == _quoted(radiogram):
                raise CannotSend("An earlier alert still on the air has nearly the same number; use another number.")

    def _supersede(self, newer: _Message) -> list[Event]:
        if not newer.asks or isinstance(newer.radiogram, RollCall):
            return []
        older = [message for message in self._asking() if _replaces(newer.radiogram, message.radiogram)]
        return [event for message in older for event in self._superseded(message)]

    def _superseded(self, message: _Message) -> list[Event]:
        self._close(message)
        changed = [station for station in message.states if message.step(station, "supersede")]
        return [Superseded(message.uid)] if changed else []

    # -- hearing -----------------------------------------------------------------------------------------------

    def _open(self, frame: bytes) -> tuple[posko.Opened, Radiogram]:
        content = self._unwrap(frame)
        opened, radiogram = wire.open_frame(self.config.profile, content, self.config.keys, self._window)
        if opened.header.source == self.config.station:
            raise BadFrame("own", "Our own frame came back.")
        return opened, radiogram

    def _unwrap(self, frame: bytes) -> bytes:
        if self.config.carrier != "ax25":
            return frame
        ui = ax25.parse(frame)
        if ui.destination == wire.IDENTITY_DESTINATION:
            raise BadFrame("identity", f"{ui.source} says who it is.")
        if ui.destination != ax25.DESTINATION:
            raise BadFrame("foreign", f"A frame of {ui.source} to {ui.destination}, not of this net.")
        return ui.content

    def _take(self, opened: posko.Opened, radiogram: Radiogram, now: float) -> list[Event]:
        if isinstance(radiogram, Asking):
            return self._take_asking(opened, radiogram, now)
        if isinstance(radiogram, Ack):
            return self._take_ack(opened.header, radiogram, now)
        if isinstance(radiogram, Receipt):
            return self._take_receipt(opened.header, radiogram, now)
        if isinstance(radiogram, Time):
            return [Received(radiogram, opened.header.source, None, opened.counter, "", now)]
        return self._take_report(opened, radiogram, now)

    def _take_asking(self, opened: posko.Opened, radiogram: Asking, now: float) -> list[Event]:
        slot_s, roster, source = radiogram.slot_ms / 1000, radiogram.roster, opened.header.source
        self._crowd = max(self._crowd, len(roster))
        # Whatever round was going on is over: whoever asks now has broken into it.
        self._slots.clear()
        begins = now + (self._copy_s(opened) if radiogram.again else 0.0)
        self._keep_quiet(begins + len(roster) * slot_s + self.config.guard_ms / 1000, radiogram.priority)
        if self.config.station not in roster:
            return []
        key, events = _key(source, radiogram), []
        if key not in self._alarms:
            if self._is_stale(source, radiogram):
                return []
            events = self._new_alarm(key, opened, radiogram, now)
        due = begins + roster.index(self.config.station) * slot_s
        self._slots.append(_Slot(due, due + 0.4 * slot_s, key, roster, radiogram.slot_ms))
        return events

    def _copy_s(self, opened: posko.Opened) -> float:
        """How long until the second copy of a round is off the air too."""
        return self.config.airtime_s(wire.length(self.config.profile, opened)) + self.config.guard_ms / 2000

    def _is_stale(self, source: int, radiogram: Asking) -> bool:
        """A newer revision is already here."""
        return any(
            alarm.source == source and alarm.ref == radiogram.ref and alarm.revision > _revision(radiogram)
            for alarm in self._alarms.values()
            if not alarm.call and not isinstance(radiogram, RollCall)
        )

    def _new_alarm(self, key: str, opened: posko.Opened, radiogram: Asking, now: float) -> list[Event]:
        source, call = opened.header.source, isinstance(radiogram, RollCall)
        for alarm in self._alarms.values():
            if not call and not alarm.call and (alarm.source, alarm.ref) == (source, radiogram.ref):
                alarm.superseded, alarm.due = True, None
        level = Level.PRESENT if call else Level.HEARD
        expires_at = now + 60 * getattr(radiogram, "expires_min", 10)
        revision = _revision(radiogram)
        self._alarms[key] = _Alarm(
            key, source, radiogram.ref, revision, call, int(level), expires_at, int(level), priority=radiogram.priority
        )
        return [Received(radiogram, source, radiogram.ref, opened.counter, "" if call else key, now)]

    def _take_ack(self, header: posko.Header, ack: Ack, now: float) -> list[Event]:
        if header.destination == self.config.station and (message := self._asked_about(ack)):
            return self._answered(message, header.source, ack, now)
        events: list[Event] = []
        quoted = _quoted(ack)
        for alarm in self._alarms.values():
            if alarm.quoted != quoted:
                continue
            if alarm.source == header.destination:
                alarm.overheard = sorted({*alarm.overheard, header.source, *ack.also})
            elif alarm.source == header.source and self.config.station in (header.destination, *ack.also):
                events += self._confirmed(alarm, ack.level)
        return events

    def _asked_about(self, ack: Ack) -> _Message | None:
        return next((message for message in self._asking() if _quoted(message.radiogram) == _quoted(ack)), None)

    def _answered(self, message: _Message, source: int, ack: Ack, now: float) -> list[Event]:
        if source not in message.states:
            return [Rejected("stray")]
        self._stretch(message, source, now)
        events = self._raise(message, source, ack.level, source, now)
        overheard = Level.PRESENT if ack.level == Level.PRESENT else Level.HEARD
        for station in ack.also:
            if message.states.get(station) in WAITING:
                events += self._raise(message, station, overheard, source, now)
        if ack.level >= Level.SEEN:
            self._confirm(message, source, ack.level, now)
        self._settle(message, now)
        return events

    def _stretch(self, message: _Message, source: int, now: float) -> None:
        """A TNC may have held our frame back: the answers tell when the round really began."""
        if message.round_ends is not None and source in message.asked:
            left = len(message.asked) - 1 - message.asked.index(source)
            ends = now + (left * message.slot_ms + self.config.guard_ms) / 1000
            message.round_ends = max(message.round_ends, min(ends, self._round_over_by))
            self._keep_quiet(message.round_ends, message.priority)

    def _raise(self, message: _Message, station: int, level: Level, via: int, now: float) -> list[Event]:
        if not message.step(station, _VERBS[level]):
            return []
        if message.states[station] != _VERBS[level]:
            return []
        message.barren = 0
        return [Acked(message.uid, station, level, now, via)]

    def _confirm(self, message: _Message, station: int, level: Level, now: float) -> None:
        if not self._confirmations:
            self._confirm_at = now + self.config.confirm_s
        self._confirmations.setdefault(message.uid, {})[station] = level

    def _settle(self, message: _Message, now: float) -> None:
        """Nobody is missing: no need to wait for the end of the round, unless others may still be in their slots."""
        if message.round_ends is not None and not message.waiting and len(message.states) == 1:
            message.round_ends = now
            self._quiet_until = now

    def _confirmed(self, alarm: _Alarm, level: Level) -> list[Event]:
        if level <= alarm.confirmed:
            return []
        alarm.confirmed = int(level)
        if level >= alarm.level:
            alarm.due = None
        return [Confirmed(alarm.key, level)]

    def _take_receipt(self, header: posko.Header, receipt: Receipt, now: float) -> list[Event]:
        if header.destination != self.config.station:
            return []
        for message in self._messages.values():
            report = message.radiogram
            if isinstance(report, Reporting) and report.number == receipt.number and header.source in message.states:
                self._close(message)
                return self._raise(message, header.source, Level.HEARD, header.source, now)
        return []

    def _take_report(self, opened: posko.Opened, report: Reporting, now: float) -> list[Event]:
        source = opened.header.source
        if opened.header.destination != self.config.station:
            return []
        mayday = isinstance(report, Status) and report.digit == 0
        self._receipts.append((source, report.number, 0 if mayday else 3))
        numbers = self._reported.setdefault(source, [])
        if report.number in numbers:
            return []
        self._reported[source] = [*numbers, report.number][-_NUMBERS_KEPT:]
        return [Received(report, source, getattr(report, "ref", None), opened.counter, "", now)]

    # -- time --------------------------------------------------------------------------------------------------

    def _work(self, now: float) -> list[Event]:
        """All that is due, and at most one frame."""
        self._as_of = now
        if self._on_air_until is not None and self._on_air_until <= now:
            self._on_air_until = None
        events = [*self._expire(now), *self._end_rounds(now)]
        self._forget(now)
        if self._on_air_until is None:
            events += self._next_frame(now)
        return events

    def _expire(self, now: float) -> list[Event]:
        over = [message for message in self._messages.values() if not message.closed and message.expires_at <= now]
        return [event for message in over for event in self._expired(message)]

    def _expired(self, message: _Message) -> list[Event]:
        self._close(message)
        if not message.waiting:
            return []
        for station in message.states:
            message.step(station, "expire")
        return [Expired(message.uid, dict(message.states))]

    def _end_rounds(self, now: float) -> list[Event]:
        ended = [message for message in self._asking() if message.round_ends is not None and message.round_ends <= now]
        return [event for message in ended for event in self._end_round(message, now)]

    def _end_round(self, message: _Message, now: float) -> list[Event]:
        message.round_ends = None
        if not message.waiting:
            self._close(message)
            return []
        if message.barren >= self.config.max_rounds:
            return self._give_up(message, f"No answer in {message.rounds} rounds.")
        message.due = now + self._pause_s(message)
        return []

    def _pause_s(self, message: _Message) -> float:
        """None while answers come in; then longer and longer, because a dead station must not fill the channel."""
        if message.barren < self.config.quick_rounds:
            return 0.0
        longer_s = 5.0 * 2 ** (message.barren - self.config.quick_rounds)
        return min(_PAUSE_MAX_S, longer_s) * self._random.uniform(0.8, 1.2)

    def _give_up(self, message: _Message, reason: str) -> list[Event]:
        self._close(message)
        silent = message.waiting
        for station in silent:
            message.step(station, "give_up")
        return [Failed(message.uid, station, message.states[station], reason) for station in silent]

    def _close(self, message: _Message) -> None:
        message.closed, message.round_ends = True, None
        self._barred_until = -math.inf

    def _forget(self, now: float) -> None:
        """Late answers are still understood for a while, then the book is cleared."""
        before = now - self.config.grace_s
        for uid in [uid for uid, message in self._messages.items() if message.expires_at < before]:
            del self._messages[uid]
        for key in [key for key, alarm in self._alarms.items() if alarm.expires_at < before]:
            del self._alarms[key]

    # -- what goes on the air next -----------------------------------------------------------------------------

    def _next_frame(self, now: float) -> list[Event]:
        """Our slot first (the others left it free for us), then the most urgent, then what others wait for."""
        if self._identify is not None and now >= self._identify[1]:
            return self._identity_frame(now)
        first = (self._slot_frame, self._urgent_frame, self._copy_frame, self._receipt_frame, self._confirm_frame)
        for choose in first:
            if events := choose(now):
                return events
        return self._person_frame(now) or self._message_frame(now, 3) or self._identity_frame(now)

    def _copy_frame(self, now: float) -> list[Event]:
        """The second copy of a round, at once; whoever heard only the first is counting on it."""
        asked, self._second_copy = self._second_copy, None
        message = self._messages.get(self._keyed_uid or "")
        if asked is None or message is None or message.closed or message.round_ends is None:
            return []
        if not self._lawful(asked, message.priority, now):
            return []
        events = self._transmit(replace(asked, again=False), message.destination, now, message)
        self._wait_for_answers(message, asked, now)
        return events

    def _slot_frame(self, now: float) -> list[Event]:
        self._slots = [slot for slot in self._slots if slot.latest >= now]
        due = next((slot for slot in self._slots if slot.due <= now), None)
        if due is None:
            return []
        self._slots.remove(due)
        alarm = self._alarms.get(due.key)
        if alarm is None:
            return []
        ack = self._slot_ack(alarm, due)
        if not self._lawful(ack, alarm.priority, now):
            return []
        if alarm.due is not None:
            alarm.due = now + self._retry_s(alarm.tries)
        return self._transmit(ack, alarm.source, now, priority=alarm.priority)

    def _slot_ack(self, alarm: _Alarm, slot: _Slot) -> Ack:
        """With the stations we overheard, as far as they are still asked and the slot has room for them."""
        plain = Ack(alarm.ref, alarm.revision, Level(alarm.level))
        others = tuple(station for station in alarm.overheard if station in slot.roster)
        full = replace(plain, also=tuple(station for station in others if station != self.config.station))
        return full if self.config.slot_ms(full) <= slot.slot_ms else plain

    def _urgent_frame(self, now: float) -> list[Event]:
        return self._message_frame(now, 0)

    def _receipt_frame(self, now: float) -> list[Event]:
        if not self._receipts or now < max(self._quiet_until, self._receipts_at):
            return []
        self._receipts.sort(key=lambda receipt: receipt[2])
        source, number, priority = self._receipts[0]
        if not self._lawful(Receipt(number), priority, now):
            self._receipts_at = self._lawful_at(Receipt(number), priority, now)
            return []
        del self._receipts[0]
        return self._transmit(Receipt(number), source, now, priority=priority)

    def _confirm_frame(self, now: float) -> list[Event]:
        """All persons' acks of one alert and one level in one frame."""
        if not self._confirmations or now < max(self._confirm_at, self._quiet_until):
            return []
        uid, levels = next(iter(self._confirmations.items()))
        level = max(levels.values())
        stations = tuple(sorted(station for station, reached in levels.items() if reached == level))
        if uid in self._messages and not self._may_confirm(uid, level, stations, now):
            return []
        self._confirmations[uid] = {station: reached for station, reached in levels.items() if reached != level}
        if not self._confirmations[uid]:
            del self._confirmations[uid]
        if uid not in self._messages:
            return []
        priority = self._messages[uid].priority
        return self._transmit(*self._confirmation(uid, level, stations), now, priority=priority)

    def _may_confirm(self, uid: str, level: Level, stations: tuple[int, ...], now: float) -> bool:
        ack, priority = self._confirmation(uid, level, stations)[0], self._messages[uid].priority
        if self._lawful(ack, priority, now):
            return True
        self._confirm_at = self._lawful_at(ack, priority, now)
        return False

    def _confirmation(self, uid: str, level: Level, stations: tuple[int, ...]) -> tuple[Ack, int]:
        radiogram = self._messages[uid].radiogram
        several = len(stations) > 1
        ack = Ack(_ref(radiogram), _revision(radiogram), level, stations if several else ())
        return ack, ALL if several else stations[0]

    def _person_frame(self, now: float) -> list[Event]:
        alarm = next((alarm for alarm in self._alarms.values() if alarm.due is not None and alarm.due <= now), None)
        if alarm is None:
            return []
        if alarm.expires_at <= now:
            alarm.due = None
            return self._person_frame(now)
        if now < self._quiet_until:
            alarm.due = self._free_at(now, 3)
            return self._person_frame(now)
        ack = Ack(alarm.ref, alarm.revision, Level(alarm.level))
        if not self._lawful(ack, alarm.priority, now):
            alarm.due = self._lawful_at(ack, alarm.priority, now)
            return self._person_frame(now)
        alarm.tries += 1
        alarm.due = now + self._retry_s(alarm.tries)
        return self._transmit(ack, alarm.source, now, priority=alarm.priority)

    def _message_frame(self, now: float, priority: int) -> list[Event]:
        """The most urgent message that is due, of `priority` or more urgent."""
        due = (message for message in self._messages.values() if self._may_go(message, now, priority))
        message = min(due, key=lambda message: (message.priority, message.order), default=None)
        if message is None:
            return []
        try:
            lawful = self._lawful(message.radiogram, message.priority, now)
        except CannotSend as why:  # queued while the channel was another
            return self._give_up(message, str(why))
        if not lawful:
            self._bar(message, now)
            return self._message_frame(now, priority)
        return self._ask(message, now) if message.asks else self._report(message, now)

    def _bar(self, message: _Message, now: float) -> None:
        """It waits until the law has room for it, and so does everything less urgent."""
        message.due = self._lawful_at(message.radiogram, message.priority, now)
        if now >= self._barred_until or message.priority < self._barred_from:
            self._barred_from, self._barred_until = message.priority, message.due

    def _may_go(self, message: _Message, now: float, priority: int) -> bool:
        if message.closed or message.round_ends is not None or message.priority > priority:
            return False
        return self._ready_at(message) <= now

    def _ready_at(self, message: _Message) -> float:
        """Nobody speaks into the slots of a round, but the highest priority breaks a lower round."""
        breaks_in = message.priority == 0 and self._quiet_priority > 0
        ready_at = message.due if breaks_in else max(message.due, self._quiet_until)
        return max(ready_at, self._barred_until) if message.priority >= self._barred_from else ready_at

    def _ask(self, message: _Message, now: float) -> list[Event]:
        missing = message.waiting
        message.rounds, message.barren = message.rounds + 1, message.barren + 1
        for station in missing:
            message.step(station, "key")
        asked = _with_time(self._for_round(message.radiogram, missing, message.rounds), message.expires_at - now)
        twice = self._was_bad(message, missing) and self._lawful(asked, message.priority, now, copies=2)
        asked = replace(asked, again=twice)
        events = self._transmit(asked, message.destination, now, message)
        self._break_rounds(now)
        self._wait_for_answers(message, asked, now)
        self._second_copy = asked if asked.again else None
        again = [Repeating(message.uid, missing, message.rounds)] if message.rounds > 1 else []
        return [*again, *events]

    def _was_bad(self, message: _Message, missing: tuple[int, ...]) -> bool:
        """Did so many miss the last round that a second copy is worth its time on the air?"""
        return bool(message.asked) and len(missing) > self.config.double_above * len(message.asked)

    def _for_round(self, radiogram: Radiogram, roster: tuple[int, ...], round_number: int) -> Asking:
        """The asked stations, and a slot long enough for what they may answer."""
        assert isinstance(radiogram, Asking)
        gossip = self.config.gossip_from_round and round_number >= self.config.gossip_from_round and len(roster) > 1
        ack = Ack(0, 0, Level.HEARD, roster if gossip else ())
        return replace(radiogram, roster=roster, slot_ms=self.config.slot_ms(ack))

    def _break_rounds(self, now: float) -> None:
        """An urgent alert spoke into these rounds: ask again afterwards, it does not count."""
        for message in self._asking():
            if message.round_ends is not None:
                message.round_ends, message.due, message.barren = None, now, message.barren - 1

    def _wait_for_answers(self, message: _Message, asked: Asking, now: float) -> None:
        assert self._on_air_until is not None
        message.asked, message.slot_ms = list(asked.roster), asked.slot_ms
        self._keyed_wait_s = (len(asked.roster) * asked.slot_ms + self.config.guard_ms) / 1000
        message.round_ends = self._on_air_until + self._keyed_wait_s
        self._round_over_by = message.round_ends + _HELD_BACK_S
        self._quiet_until, self._quiet_priority = message.round_ends, message.priority

    def _report(self, message: _Message, now: float) -> list[Event]:
        """To one station, with a receipt awaited; or to all (the time), said once."""
        message.rounds += 1
        for station in message.states:
            message.step(station, "key")
        events = self._transmit(message.radiogram, message.destination, now, message)
        message.due = now + self._retry_s(message.rounds)
        message.closed = not message.states
        return events

    def _transmit(
        self, radiogram: Radiogram, destination: int, now: float, message: _Message | None = None, priority: int = 3
    ) -> list[Event]:
        """Seal it and key it; whoever calls has asked _lawful() before."""
        config = self.config
        sealed = wire.seal(
            config.profile, radiogram, config.net, config.station, destination,
            config.keys[config.net], config.epoch, self._next_counter(),
        )  # fmt: skip
        self._keyed_uid, self._second_copy = message.uid if message else None, None
        events = self._key(
            self._wrap(sealed, ax25.DESTINATION), len(sealed), message.priority if message else priority, now
        )
        self._plan_identity(now)
        return events

    def _key(self, frame: bytes, sealed_bytes: int, priority: int, now: float) -> list[Event]:
        """The only way to the air; what the book has no room for is not keyed, whatever went wrong before."""
        duration_s = self.config.airtime_s(sealed_bytes)
        if not self._ledger.take(duration_s, priority, now):
            raise CannotSend("The hour's airtime is used up.")
        self._on_air_until = now + duration_s
        return [Transmit(frame, duration_s, self._keyed_uid)]

    def _wrap(self, sealed: bytes, destination: str) -> bytes:
        if self.config.carrier != "ax25":
            return sealed
        return ax25.ui(self.config.callsign, destination, sealed, self.config.path)

    # -- the law -----------------------------------------------------------------------------------------------

    def _lawful(self, radiogram: Radiogram, priority: int, now: float, copies: int = 1) -> bool:
        """Whether the hour has room for it, and afterwards still for our call sign."""
        needed_s = copies * self.config.radiogram_s(radiogram) + self._identity_s()
        return self._ledger.may_key(needed_s, priority, now)

    def _lawful_at(self, radiogram: Radiogram, priority: int, now: float) -> float:
        return self._ledger.free_at(self.config.radiogram_s(radiogram) + self._identity_s(), priority, now)

    def _identity_s(self) -> float:
        """Airtime of our call sign; nothing where it need not be said."""
        every_s = self.config.profile.identify_every_s
        return self.config.airtime_s(len(plain.identity(self.config.callsign))) if every_s else 0.0

    def _plan_identity(self, now: float) -> None:
        """Once after the last word, and before the law's minutes are over."""
        every_s = self.config.profile.identify_every_s
        if every_s:
            latest = self._identify[1] if self._identify else now + every_s - self.config.profile.longest_key_up_s
            at_the_end = now + _SILENT_S + self._random.uniform(0, 8 * self._identity_s())
            self._identify = (min(at_the_end, latest - _IDENTIFY_EARLY_S), latest)

    def _identity_frame(self, now: float) -> list[Event]:
        if self._identify is None or now < self._identity_due(*self._identify):
            return []
        self._identify, self._keyed_uid, self._second_copy = None, None, None
        name = plain.identity(self.config.callsign)
        return self._key(self._wrap(name, wire.IDENTITY_DESTINATION), len(name), 0, now)

    def _identity_due(self, better: float, latest: float) -> float:
        """Not into the slots of others, unless the minutes are over."""
        return min(max(better, self._quiet_until), latest)

    def _next_counter(self) -> int:
        counter = self._counter
        self._counter += 1
        if self._counter >= self._reserved_until:
            self._reserved_until += COUNTER_BLOCK
        return counter

    # -- waiting -----------------------------------------------------------------------------------------------

    def _keep_quiet(self, until: float, priority: int) -> None:
        if until > self._quiet_until:
            self._quiet_until, self._quiet_priority = until, priority

    def _free_at(self, now: float, priority: int) -> float:
        """When to try an unplanned transmission. The centre and a mayday go at once, the field spreads out."""
        if priority == 0 or self.config.station == 0:
            return now
        busy = now < self._quiet_until
        spread_s = self.config.airtime_s(20) * (8 if busy else 1)
        return max(now, self._quiet_until) + self._random.uniform(0, spread_s)

    def _retry_s(self, tries: int) -> float:
        """Time for the answer, then a pause that doubles, never the same for two stations."""
        answer_s = 3 * self.config.airtime_s(20) + self.config.confirm_s
        longest_s = max(_RETRY_MAX_S, _RETRY_EACH_S * self._crowd)
        return answer_s + min(longest_s, 2.0 ** min(tries, 10)) * self._random.uniform(0.5, 1.5)

    def _wakes(self) -> Iterator[float]:
        yield from (message.expires_at for message in self._messages.values() if not message.closed)
        yield from (message.round_ends for message in self._asking() if message.round_ends is not None)
        if self._on_air_until is not None:
            yield self._on_air_until
            return
        yield from (slot.due for slot in self._slots)
        yield from (alarm.due for alarm in self._alarms.values() if alarm.due is not None)
        open_messages = (message for message in self._messages.values() if not message.closed)
        yield from (self._ready_at(message) for message in open_messages if message.round_ends is None)
        if self._identify is not None:
            yield self._identity_due(*self._identify)
        if self._receipts:
            yield max(self._quiet_until, self._receipts_at)
        if self._confirmations:
            yield max(self._confirm_at, self._quiet_until)

    def _asking(self) -> list[_Message]:
        return [message for message in self._messages.values() if message.asks]


@lru_cache(maxsize=1024)
def _reread(type_number: int, content: str) -> Radiogram:
    """Every frame heard is compared with what we asked; with 500 queued, decoding anew each time costs seconds."""
    return decode(type_number, bytes.fromhex(content))


def _message(saved: Mapping[str, Any]) -> _Message:
    """JSON knows no numbers as keys."""
    return _Message(**{**saved, "states": {int(station): state for station, state in saved["states"].items()}})


def _with_time(radiogram: Asking, left_s: float) -> Asking:
    """Only time that is left goes on the air: field clocks are wrong."""
    if isinstance(radiogram, RollCall):
        return radiogram
    return replace(radiogram, expires_min=max(1, min(EXPIRES_MAX_MIN, int(left_s // 60))))


def _ref(radiogram: Radiogram) -> int:
    return getattr(radiogram, "ref", 0) or 0


def _revision(radiogram: Radiogram) -> int:
    return getattr(radiogram, "revision", 0)


def _key(source: int, radiogram: Asking) -> str:
    """One identity for every round of the same alert, and another for a roll-call of the same number."""
    letter = "r" if isinstance(radiogram, RollCall) else "a"
    return f"{source}{letter}{radiogram.ref}.{_revision(radiogram)}"


def _replaces(newer: Radiogram, older: Radiogram) -> bool:
    return not isinstance(older, RollCall) and _ref(older) == _ref(newer) and _revision(older) < _revision(newer)


def _quoted(radiogram: Radiogram) -> tuple[bool, int, int]:
    """What an ack says of the radiogram it answers: (roll-call?, low bits of ref, low bits of revision)."""
    call = isinstance(radiogram, RollCall) or (isinstance(radiogram, Ack) and radiogram.level == Level.PRESENT)
    return call, _ref(radiogram) % (1 << ACK_REF_BITS), _revision(radiogram) % (1 << ACK_REVISION_BITS)
