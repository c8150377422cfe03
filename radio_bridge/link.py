"""The link: one station's end of the net, what it heard and what it keys next. No I/O; time is an argument.

It joins the side that asks (asking.py) and the side that answers (answering.py); both speak through keying.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from radio_bridge import wire
from radio_bridge.answering import AnsweringSide
from radio_bridge.asking import AskingSide
from radio_bridge.digipeating import Digipeating
from radio_bridge.errors import BadFrame
from radio_bridge.framing import ax25, posko
from radio_bridge.keying import COUNTER_BLOCK, Keying
from radio_bridge.ledger import Ledger
from radio_bridge.notices import Notices
from radio_bridge.piecing import Piecing
from radio_bridge.radiogram import Ack, Asking, Fragment, Key, Level, Missing, Radiogram, Receipt, Time
from radio_bridge.relaying import AsHeard, Relaying
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
    "COUNTER_BLOCK",
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


class Link:
    """One station's end of the net: the same code at the centre and in the field."""

    def __init__(self, config: LinkConfig, counters_state: Mapping[str, int] | None, random: Random) -> None:
        """counters_state: {"reserved_until": n} as in state()["counters"], None for a station new to this epoch."""
        ax25.check_callsign(config.callsign)
        self.config = config
        self.keying = Keying(config, counters_state, random)
        self.asking, self.answering = AskingSide(self.keying), AnsweringSide(self.keying)
        self.piecing = Piecing(self.keying, self.answering)
        self.relaying, self.digipeating = Relaying(self.keying), Digipeating(self.keying)
        self.notices = Notices(self.keying)
        self._window = posko.ReplayWindow(config.epoch)
        self._out = self.keying.ring.out
        self._as_of = 0.0

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
        # the counters of a ring go on from epoch to epoch, so that none is ever used twice
        same_epoch = config.ring is not None or state["window"]["epoch"] == config.epoch
        link = cls(config, state["counters"] if same_epoch else None, random)
        link._recall(state, same_epoch)
        if config.profile.content == "voice":
            link.answering.forget_answers()
        link._move_clock(0.0 if now is None else now - away_s - state["as_of"])
        since_s = 0.0 if now is None else now - min(away_s, surely_s) - state["as_of"]
        link.keying.ledger = Ledger.restored(config.profile, state.get("ledger"), since_s)
        return link

    def _recall(self, state: Mapping[str, Any], same_epoch: bool) -> None:
        self._as_of = state["as_of"]
        self.asking.recall(state)
        self.answering.recall(state, same_epoch)
        self.keying.recall(state)
        self.piecing.recall(state)
        self.notices.recall(state)
        if same_epoch:
            self._window = posko.ReplayWindow.from_dict(state["window"])
            self._out = tuple(state.get("out", ()))

    def _move_clock(self, by_s: float) -> None:
        self._as_of += by_s
        self.keying.move_clock(by_s)
        self.piecing.move_clock(by_s)
        self.notices.move_clock(by_s)
        self.asking.move_clock(by_s, self._as_of)
        self.answering.move_clock(by_s)

    def state(self) -> dict[str, Any]:
        """Everything a restart needs, as JSON-able values."""
        return {
            "as_of": self._as_of,
            "counters": {"reserved_until": self.keying.reserved_until},
            "window": self._window.to_dict(),
            **self.asking.state(),
            **self.answering.state(),
            **self.piecing.state(),
            "ledger": self.keying.ledger.state(),
            "identify": self.keying.identify,
            "ring": self.keying.ring.state(),
            "out": list(self._out),
            **self.notices.state(),
        }

    # -- what the caller does ----------------------------------------------------------------------------------

    def send(self, outgoing: Outgoing, now: float) -> list[Event]:
        """Queue a radiogram. A uid that is still remembered is not queued again.

        Raises CannotSend with a sentence for the operator; then nothing was changed.
        """
        if isinstance(outgoing.radiogram, Key):
            self.notices.begin(outgoing.radiogram, now)
            return self._work(now)
        wire.check_right(outgoing.radiogram, self.keying.ring)
        return self.asking.queue(outgoing, now) + self._work(now)

    def acknowledge(self, key: str, level: Level, now: float) -> list[Event]:
        """Field side: a person saw (or read back) the alert `key`. Repeated on the air until confirmed.

        Raises CannotSend when the alert is no longer known here.
        """
        self.answering.acknowledge(key, level, now)
        return self._work(now)

    def heard(self, frame: bytes, now: float) -> list[Event]:
        """A frame came from the port; `now` is when its last bit was heard."""
        try:
            opened, radiogram = self._open(frame)
        except BadFrame as bad:
            return [*([] if self._is_harmless(bad, frame, now) else [Rejected(bad.kind)]), *self._work(now)]
        came = self._as_heard(frame)
        self.digipeating.take(came, now)
        self.relaying.take(opened, radiogram, came, now)
        self.notices.heard(opened.header.source, opened.epoch, now)
        events = self._take(opened, radiogram, came, now)
        return events + self._work(now)

    def _is_harmless(self, bad: BadFrame, frame: bytes, now: float) -> bool:
        """What happens on every net: names, words for others, and the copies that relays key."""
        if bad.kind not in ("aside", "replay", "own", "identity"):
            return False
        heard = self._as_heard(frame)
        if bad.kind in ("aside", "identity"):
            self.digipeating.take(heard, now)
        if bad.kind == "identity":
            return True
        if bad.kind == "aside":
            self.relaying.pass_unopened(wire.header_of(self.config.profile, heard.sealed), heard, now)
            return True
        may_be_copy = bool(heard.path) if self.config.carrier == "ax25" else bool(self.keying.relays)
        if not may_be_copy:
            return False
        if wire.header_of(self.config.profile, heard.sealed).source == self.config.station:
            self._our_copy(heard, now)
            return True
        return self._copy(heard, now)

    def _our_copy(self, heard: AsHeard, now: float) -> None:
        """By a digipeater or by a relay: what we asked begins, or is asked once more, from there."""
        if (settled_at := self.digipeating.take_ours(heard, now)) is not None:
            self.asking.keyed(settled_at)
        self.asking.copy_heard(now)

    def _copy(self, heard: AsHeard, now: float) -> bool:
        """A frame that we had before came again: was it by a digipeater or by a relay?"""
        by_digipeater = self.digipeating.is_copy(heard)
        if by_digipeater:
            self.digipeating.take(heard, now)
            self.answering.copy_heard(heard, now)
        return self.relaying.copy_heard(heard, now) or by_digipeater

    def _as_heard(self, frame: bytes) -> AsHeard:
        if self.config.carrier != "ax25":
            return AsHeard(frame)
        ui = ax25.parse(frame)
        path = tuple(name for name in ui.path if name.endswith("*"))
        return AsHeard(ui.content, ui.source, path, len(ui.path) - len(path))

    def tick(self, now: float) -> list[Event]:
        """Time has passed; perhaps something is due."""
        return self._work(now)

    def keyed(self, now: float) -> list[Event]:
        """The port reports that the outstanding frame is off the air (else the link estimates it)."""
        self.asking.keyed(self.keying.keyed(now))
        return self._work(now)

    def begun(self, transmit: Transmit, now: float) -> None:
        """The outstanding frame reached the modem only now, for the spool took a moment: the next waits for its end."""
        self.keying.on_air_until = now + transmit.airtime_s + transmit.copies_s

    def take_relays(self, relays: tuple[int, ...]) -> None:
        """From now on these are the net's relays, in the order in which they speak; perhaps we are one."""
        self.keying.relays, self.keying.relay = relays, self.config.relay or self.config.station in relays

    def next_wake(self, now: float) -> float | None:
        """When tick() should be called next; None when there is nothing to wait for."""
        soonest = min(self._wakes(), default=None)
        return None if soonest is None else max(now, soonest)

    def progress(self, uid: str) -> dict[int, str]:
        """station -> state of message `uid` (as in STATES); empty when it is no longer remembered."""
        message = self.asking.messages.get(uid)
        return dict(message.states) if message else {}

    def airtime_left_s(self, now: float, priority: int = 3) -> float:
        """Seconds on the air the law leaves to this priority in this hour."""
        return self.keying.ledger.left_s(now, priority)

    # -- hearing -----------------------------------------------------------------------------------------------

    def _open(self, frame: bytes) -> tuple[posko.Opened, Radiogram]:
        content = self._unwrap(frame)
        self._begin_windows_anew()
        opened, radiogram = wire.open_frame(self.config.profile, content, self.keying.ring, self._window)
        if opened.header.source == self.config.station:
            raise BadFrame("own", "Our own frame came back.")
        if opened.header.source in self.notices.leaving:
            raise BadFrame("revoked", f"Station {opened.header.source} is put out, whether the net knows it or not.")
        return opened, radiogram

    def _begin_windows_anew(self) -> None:
        """After somebody was put out: he may have worn out the counters of all whose keys he knew."""
        if self.keying.ring.out != self._out:
            self._window.forget(self.keying.ring.is_shared)
            self._out = self.keying.ring.out

    def _unwrap(self, frame: bytes) -> bytes:
        if self.config.carrier != "ax25":
            return frame
        ui = ax25.parse(frame)
        if ui.destination == wire.IDENTITY_DESTINATION:
            raise BadFrame("identity", f"{ui.source} says who it is.")
        if ui.destination != ax25.DESTINATION:
            raise BadFrame("foreign", f"A frame of {ui.source} to {ui.destination}, not of this net.")
        return ui.content

    def _take(self, opened: posko.Opened, radiogram: Radiogram, came: AsHeard, now: float) -> list[Event]:
        if isinstance(radiogram, Asking):
            return self.answering.take_asking(opened, radiogram, came, now)
        if isinstance(radiogram, Ack):
            return self._take_ack(opened.header, radiogram, now)
        if isinstance(radiogram, Receipt):
            return self.asking.take_receipt(opened.header, radiogram, now)
        if isinstance(radiogram, Time):
            return [Received(radiogram, opened.header.source, None, opened.counter, "", now)]
        if isinstance(radiogram, Key):
            return self._take_key(opened, radiogram, now)
        if isinstance(radiogram, Fragment):
            return self.piecing.take(opened, radiogram, now)
        if isinstance(radiogram, Missing):
            return self.asking.take_missing(opened.header, radiogram, now)
        return self.answering.take_report(opened, radiogram, now)

    def _take_key(self, opened: posko.Opened, key: Key, now: float) -> list[Event]:
        """From now on we speak in that epoch, if the root of the net signed it and it is newer than ours."""
        before = self.keying.ring
        try:
            self.keying.ring = before.turned(key)
        except BadFrame as bad:
            return [Rejected(bad.kind)]
        if self.keying.ring == before:
            return [Rejected("replay")] if key.epoch < before.epoch else []
        return [Received(key, opened.header.source, None, opened.counter, "", now)]

    def _take_ack(self, header: posko.Header, ack: Ack, now: float) -> list[Event]:
        """To us if we asked; else it tells us something about an alert that we have too."""
        events = self.asking.take_ack(header, ack, now)
        return self.answering.take_ack(header, ack) if events is None else events

    # -- time --------------------------------------------------------------------------------------------------

    def _work(self, now: float) -> list[Event]:
        """All that is due, and at most one frame."""
        self._as_of = now
        is_taken = self.keying.is_on_air(now) or now < self.keying.settled_at
        events = [*self.asking.expire(now), *self.asking.end_rounds(now), *self.piecing.overdue(now)]
        self.asking.forget(now - self.config.grace_s)
        self.answering.forget(now - self.config.grace_s)
        return events if is_taken else events + self._next_frame(now)

    def _next_frame(self, now: float) -> list[Event]:
        """Our slot first (the others left it free for us), then the most urgent, then what others wait for."""
        if self.keying.must_identify(now):
            return self.keying.identity_frame(now)
        asking, answering = self.asking, self.answering
        if self.notices.may_remind(now):
            self.notices.remind(asking.about_to_ask(now), now)
        first = (
            answering.slot_frame, self.notices.frame, self._urgent_frame, asking.copy_frame, answering.receipt_frame,
            asking.confirming.frame, answering.person_frame, self.piecing.frame,
            self.relaying.frame,
        )  # fmt: skip
        for choose in first:
            if events := choose(now):
                return events
        return asking.message_frame(now, 3) or self.keying.identity_frame(now)

    def _urgent_frame(self, now: float) -> list[Event]:
        return self.asking.message_frame(now, 0)

    def _wakes(self) -> Iterator[float]:
        yield from self.asking.deadlines()
        yield from self.piecing.deadlines()
        if self.keying.on_air_until is not None:
            yield self.keying.on_air_until
            return
        if self.keying.settled_at > self._as_of:
            yield self.keying.settled_at
            return
        yield from self.answering.wakes()
        yield from self.asking.wakes()
        yield from self.piecing.wakes()
        yield from self.relaying.wakes()
        yield from self.keying.wakes()
        yield from self.notices.wakes()
