"""The side of a link that hears: alarms that ring, acks in slots, what a person saw, receipts. Pure; time is given."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from radio_bridge import wire
from radio_bridge.errors import CannotSend
from radio_bridge.framing import posko
from radio_bridge.keying import Keying
from radio_bridge.radiogram import Ack, Asking, Cancel, Level, Receipt, Reporting, RollCall, Status
from radio_bridge.relaying import AsHeard
from radio_bridge.traffic import Confirmed, Event, Received, alarm_key, digest, quoted, revision_of

_NUMBERS_KEPT = 128


@dataclass
class Alarm:
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
    asked: int = 0
    """The most stations asked about it at once."""
    said: str = ""
    """The digest of its words; "" of one that was kept before there were digests."""

    @cached_property
    def quoted(self) -> tuple[bool, int, int]:
        """What an ack that answers it says."""
        return quoted(RollCall(self.ref) if self.call else Cancel(self.ref, self.revision))


@dataclass
class _Slot:
    """Our turn to answer. After `latest` it is somebody else's turn, and we stay silent."""

    due: float
    latest: float
    key: str
    roster: tuple[int, ...]
    slot_ms: int

    def moved(self, by_s: float) -> _Slot:
        """The same, so much later."""
        return replace(self, due=self.due + by_s, latest=self.latest + by_s)


class AnsweringSide:
    """What this station was told and owes an answer to."""

    def __init__(self, keying: Keying) -> None:
        self._keying, self._config = keying, keying.config
        self.alarms: dict[str, Alarm] = {}
        self._reported: dict[int, list[int]] = {}
        self._slots: list[_Slot] = []
        self._asked: tuple[bytes, float] = (b"", -math.inf)
        """Digest of the frame that asked last, and when we take its last copy to be off the air."""
        self._receipts: list[tuple[int, int, int]] = []
        self._receipts_at = -math.inf

    # -- hearing -----------------------------------------------------------------------------------------------

    def take_asking(self, opened: posko.Opened, radiogram: Asking, frame: AsHeard, now: float) -> list[Event]:
        """Somebody asks a roster: ring if it is new to us, and remember our slot."""
        slot_s, roster, source = radiogram.slot_ms / 1000, radiogram.roster, opened.header.source
        self._keying.crowd = max(self._keying.crowd, len(roster))
        # Whatever round was going on is over: whoever asks now has broken into it.
        self._slots.clear()
        self._asked = frame.digest, self._keying.settled(now)
        begins = self._asked[1] + (self._copy_s(opened, frame) if radiogram.again else 0.0)
        self._keying.keep_quiet(begins + len(roster) * slot_s + self._config.guard_ms / 1000, radiogram.priority)
        if self._config.station not in roster:
            return []
        key, events = self._key_of(source, radiogram), []
        if key not in self.alarms:
            if self._is_stale(source, radiogram):
                return []
            events = self._new_alarm(key, opened, radiogram, now)
        self.alarms[key].asked = max(self.alarms[key].asked, len(roster))
        due = begins + roster.index(self._config.station) * slot_s
        self._slots.append(_Slot(due, due + 0.4 * slot_s, key, roster, radiogram.slot_ms))
        return events

    def _key_of(self, source: int, radiogram: Asking) -> str:
        """Of another alert by a known number a new one: the asker was restored from a backup and counts anew."""
        usual = alarm_key(source, radiogram)
        known = next((alarm for key, alarm in self.alarms.items() if key.rstrip("'") == usual), None)
        if known is None or known.said in ("", digest(radiogram)):
            return known.key if known else usual
        del self.alarms[known.key]
        return known.key + "'"

    def _copy_s(self, opened: posko.Opened, frame: AsHeard) -> float:
        """How long until the second copy of a round is off the air too, with what digipeaters make of it."""
        n_bytes = wire.length(self._config.profile, opened)
        hops = frame.hops if frame.to_come or self._config.path else 0  # a relay of ours says a round but once
        lasts_s = self._config.airtime_on(n_bytes, hops) + self._config.copies_s(n_bytes, hops, hops)
        return lasts_s + self._config.guard_ms / 2000

    def copy_heard(self, frame: AsHeard, now: float) -> None:
        """A digipeater's copy came: if of the frame that asked us, it tells better when our slot is."""
        asked, settled_at = self._asked
        if frame.digest == asked:
            self._asked = asked, self._keying.settled(now)
            self._slots = [slot.moved(self._asked[1] - settled_at) for slot in self._slots]

    def _is_stale(self, source: int, radiogram: Asking) -> bool:
        """A newer revision is already here."""
        return any(
            alarm.source == source and alarm.ref == radiogram.ref and alarm.revision > revision_of(radiogram)
            for alarm in self.alarms.values()
            if not alarm.call and not isinstance(radiogram, RollCall)
        )

    def _new_alarm(self, key: str, opened: posko.Opened, radiogram: Asking, now: float) -> list[Event]:
        source, call = opened.header.source, isinstance(radiogram, RollCall)
        for alarm in self.alarms.values():
            if not call and not alarm.call and (alarm.source, alarm.ref) == (source, radiogram.ref):
                alarm.superseded, alarm.due = True, None
        level = Level.PRESENT if call else Level.HEARD
        expires_at = now + 60 * getattr(radiogram, "expires_min", 10)
        revision = revision_of(radiogram)
        self.alarms[key] = Alarm(
            key, source, radiogram.ref, revision, call, int(level), expires_at, int(level), priority=radiogram.priority,
            said=digest(radiogram),
        )  # fmt: skip
        return [Received(radiogram, source, radiogram.ref, opened.counter, "" if call else key, now)]

    def take_ack(self, header: posko.Header, ack: Ack) -> list[Event]:
        """Another station answers what we were asked too, or the asker confirms our answer."""
        events: list[Event] = []
        said = quoted(ack)
        for alarm in self.alarms.values():
            if alarm.quoted != said:
                continue
            if alarm.source == header.destination:
                alarm.overheard = sorted({*alarm.overheard, header.source, *ack.also})
            elif alarm.source == header.source and self._config.station in (header.destination, *ack.also):
                events += self._confirmed(alarm, ack.level)
        return events

    def _confirmed(self, alarm: Alarm, level: Level) -> list[Event]:
        if level <= alarm.confirmed:
            return []
        alarm.confirmed = int(level)
        if level >= alarm.level:
            alarm.due = None
        return [Confirmed(alarm.key, level)]

    def take_report(self, opened: posko.Opened, report: Reporting, now: float) -> list[Event]:
        """A report to us is receipted each time and told once."""
        source = opened.header.source
        if opened.header.destination != self._config.station:
            return []
        mayday = isinstance(report, Status) and report.digit == 0
        self.owe_receipt(source, report.number, 0 if mayday else 3)
        numbers = self._reported.setdefault(source, [])
        if report.number in numbers:
            return []
        self._reported[source] = [*numbers, report.number][-_NUMBERS_KEPT:]
        return [Received(report, source, getattr(report, "ref", None), opened.counter, "", now)]

    def owe_receipt(self, source: int, number: int, priority: int = 3) -> None:
        """Their message arrived, now or long ago; they wait to hear it."""
        if (source, number, priority) not in self._receipts:
            self._receipts.append((source, number, priority))

    def acknowledge(self, key: str, level: Level, now: float) -> None:
        """A person saw or read back the alert `key`. Raises CannotSend when it is no longer known here."""
        alarm = self.alarms.get(key)
        if alarm is None or alarm.superseded:
            raise CannotSend("This alert is over or was replaced; acknowledge the newest one.")
        if level > alarm.level:
            alarm.level, alarm.tries = int(level), 0
        if alarm.confirmed < alarm.level and not alarm.call:
            alarm.due = self._when_to_say(alarm, now)

    def _when_to_say(self, alarm: Alarm, now: float) -> float:
        """At once in a small net. Where many were asked we shall be asked again, and speak up only if we are not."""
        if alarm.asked <= self._config.calls_above:
            return self._keying.free_at(now, 3)
        pause_s = self._config.call_pause(alarm.asked) * 2 ** min(alarm.tries, 3)
        return max(now, self._keying.quiet_until) + pause_s * (1.5 + self._keying.random.random())

    # -- answering ---------------------------------------------------------------------------------------------

    def slot_frame(self, now: float) -> list[Event]:
        """Our answer, when it is our turn."""
        self._slots = [slot for slot in self._slots if slot.latest >= now]
        due = next((slot for slot in self._slots if slot.due <= now), None)
        if due is None:
            return []
        self._slots.remove(due)
        alarm = self.alarms.get(due.key)
        if alarm is None:
            return []
        ack = self._slot_ack(alarm, due)
        if not self._keying.lawful(ack, alarm.priority, now):
            return []
        if alarm.due is not None:
            many = alarm.asked > self._config.calls_above
            alarm.due = self._when_to_say(alarm, now) if many else now + self._keying.retry_s(alarm.tries)
        return self._keying.transmit(ack, alarm.source, now, priority=alarm.priority)

    def _slot_ack(self, alarm: Alarm, slot: _Slot) -> Ack:
        """With the stations we overheard, as far as they are still asked and the slot has room for them."""
        plain, ours = Ack(alarm.ref, alarm.revision, Level(alarm.level)), self._config.station
        others = [station for station in alarm.overheard if station in slot.roster and station != ours]
        full = replace(plain, also=tuple(others))
        return full if self._fits(full, slot) else self._as_full_as_fits(plain, others, slot)

    def _as_full_as_fits(self, ack: Ack, others: list[int], slot: _Slot) -> Ack:
        """With neighbouring numbers from one of them on, drawn by lot: what we leave out, another may name."""
        others = others[self._keying.random.randrange(len(others)) :] if others else []
        for station in others:
            fuller = replace(ack, also=(*ack.also, station))
            if not self._fits(fuller, slot):
                break
            ack = fuller
        return ack

    def _fits(self, ack: Ack, slot: _Slot) -> bool:
        return self._config.slot_ms(ack) <= slot.slot_ms

    def receipt_frame(self, now: float) -> list[Event]:
        """The receipt that somebody waits for, a mayday's first."""
        if not self._receipts or now < max(self._keying.quiet_until, self._receipts_at):
            return []
        self._receipts.sort(key=lambda receipt: receipt[2])
        source, number, priority = self._receipts[0]
        if not self._keying.lawful(Receipt(number), priority, now):
            self._receipts_at = self._keying.lawful_at(Receipt(number), priority, now)
            return []
        del self._receipts[0]
        return self._keying.transmit(Receipt(number), source, now, priority=priority)

    def person_frame(self, now: float) -> list[Event]:
        """That a person saw an alert, until the asker confirms that it knows."""
        alarm = next((alarm for alarm in self.alarms.values() if alarm.due is not None and alarm.due <= now), None)
        if alarm is None:
            return []
        if alarm.expires_at <= now:
            alarm.due = None
            return self.person_frame(now)
        if now < self._keying.quiet_until:
            alarm.due = self._when_to_say(alarm, now)
            return self.person_frame(now)
        ack = Ack(alarm.ref, alarm.revision, Level(alarm.level))
        if not self._keying.lawful(ack, alarm.priority, now):
            alarm.due = self._keying.lawful_at(ack, alarm.priority, now)
            return self.person_frame(now)
        alarm.tries += 1
        alarm.due = now + self._keying.retry_s(alarm.tries)
        return self._keying.transmit(ack, alarm.source, now, priority=alarm.priority)

    # -- time and the spool ------------------------------------------------------------------------------------

    def wakes(self) -> Iterator[float]:
        """When something of this side is due."""
        yield from (slot.due for slot in self._slots)
        yield from (alarm.due for alarm in self.alarms.values() if alarm.due is not None)
        if self._receipts:
            yield max(self._keying.quiet_until, self._receipts_at)

    def forget(self, before: float) -> None:
        """Late answers were understood for a while; then the book is cleared."""
        for key in [key for key, alarm in self.alarms.items() if alarm.expires_at < before]:
            del self.alarms[key]

    def forget_answers(self) -> None:
        """The channel has become one where only people speak."""
        for alarm in self.alarms.values():
            alarm.due = None

    def move_clock(self, by_s: float) -> None:
        """All instants by so many seconds."""
        for alarm in self.alarms.values():
            alarm.expires_at += by_s
            alarm.due = None if alarm.due is None else alarm.due + by_s

    def state(self) -> dict[str, Any]:
        """What a restart must not lose, as JSON-able values."""
        return {
            "alarms": [asdict(alarm) for alarm in self.alarms.values()],
            "reported": {str(source): numbers for source, numbers in self._reported.items()},
        }

    def recall(self, state: Mapping[str, Any], same_epoch: bool) -> None:
        """What state() wrote. The numbers of reports begin anew with an epoch."""
        self.alarms = {saved["key"]: Alarm(**saved) for saved in state["alarms"]}
        if same_epoch:
            self._reported = {int(source): list(numbers) for source, numbers in state["reported"].items()}
