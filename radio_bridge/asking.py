"""The side of a link that sends: rounds with a roster, repeats to the missing, expiry. Pure.

What it has to say are messages (message.py) to addressees (addressing.py); a person's answer is confirmed to whoever
pressed the key (confirming.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from radio_bridge import wire
from radio_bridge.addressing import addressees
from radio_bridge.confirming import Confirming
from radio_bridge.errors import CannotSend
from radio_bridge.framing import posko
from radio_bridge.keying import Keying
from radio_bridge.message import VERBS, Message, Reports, gives_way, outdates, recalled, replaces, with_time
from radio_bridge.radiogram import (
    Ack,
    Asking,
    Fragment,
    Level,
    Missing,
    Radiogram,
    Receipt,
    Reporting,
    RollCall,
    Status,
)
from radio_bridge.radiogram.schema import TYPE_NUMBERS, encode
from radio_bridge.relaying import GAP_S, IN_VAIN
from radio_bridge.traffic import (
    WAITING,
    Acked,
    Event,
    Expired,
    Failed,
    Outgoing,
    Rejected,
    Repeating,
    Superseded,
    quoted,
    ref_of,
    revision_of,
)

_PAUSE_MAX_S = 60.0
_HELD_BACK_S = 5.0
"""A round is waited for this much longer when its answers come late; persons' keys must not make it endless."""


class AskingSide:
    """What this station wants others to have, and what it knows of who has it."""

    def __init__(self, keying: Keying) -> None:
        self._keying, self._config, self._random = keying, keying.config, keying.random
        self.messages: dict[str, Message] = {}
        self.confirming = Confirming(keying, self.messages)
        self._number = self._random.randrange(1 << 16)
        self._order = 0
        self._keyed_wait_s = 0.0
        self._round_over_by = -math.inf
        # Priorities from this one on wait until then: the hour has no room for the first of them.
        self._barred_from, self._barred_until = 0, -math.inf

    # -- writing a message -------------------------------------------------------------------------------------

    def queue(self, outgoing: Outgoing, now: float) -> list[Event]:
        """Take in a radiogram; once for each uid. Raises CannotSend, and then nothing was changed."""
        if outgoing.uid in self.messages:
            return []
        message = self._written(outgoing, now)
        self._forget_namesakes(message)
        events = self._supersede(message)
        self.messages[message.uid] = message
        self._order += 1
        return events

    def _written(self, outgoing: Outgoing, now: float) -> Message:
        if outgoing.expires_at <= now:
            raise CannotSend("This message is already out of date; write a new one.")
        wire.check_service(self._config.profile)
        destination, roster = addressees(self._config, outgoing)
        frames = self._config.frames(self._numbered(outgoing, roster, now))
        for words in frames:
            self._check_airtime(words, outgoing.priority, now)
        contents = [encode(words)[1].hex() for words in frames]
        due = self._keying.free_at(now, outgoing.priority)
        message = Message(
            outgoing.uid, TYPE_NUMBERS[type(frames[0])], contents[-1], destination, dict.fromkeys(roster, "queued"),
            outgoing.priority, outgoing.expires_at, self._order, due,
        )  # fmt: skip
        if len(frames) > 1:
            message.parts, message.parts_due = contents, list(range(len(frames)))
        return message

    def _check_airtime(self, words: Radiogram, priority: int, now: float) -> None:
        """Does it fit a frame here, and may a frame be that long?"""
        lasts_s, longest_s = self._config.radiogram_s(words), self._config.profile.longest_key_up_s
        if lasts_s > longest_s or self._keying.lawful_at(words, priority, now) == math.inf:
            raise CannotSend(f"On this channel it would take {lasts_s:.1f} s on the air, more than is allowed.")

    def _numbered(self, outgoing: Outgoing, roster: tuple[int, ...], now: float) -> Radiogram:
        """The radiogram with all that the link adds, to find out now whether it fits the air."""
        radiogram = outgoing.radiogram
        if isinstance(radiogram, Asking):
            self._check_identity(radiogram)
            asked = replace(radiogram, priority=outgoing.priority)
            return with_time(self._for_round(asked, roster, 1), outgoing.expires_at - now)
        if isinstance(radiogram, Reporting):
            self._number = (self._number + 1) % (1 << 16)
            return replace(radiogram, number=self._number)
        return radiogram

    def _check_identity(self, radiogram: Asking) -> None:
        """An ack quotes few bits: no two remembered alerts may look alike to it."""
        for message in self._asking():
            other = message.radiogram
            if message.closed and gives_way(other, radiogram):
                continue
            same = ref_of(other) == ref_of(radiogram) and isinstance(other, RollCall) == isinstance(radiogram, RollCall)
            if same and revision_of(other) >= revision_of(radiogram):
                raise CannotSend(f"Alert {radiogram.ref} already went out as revision {revision_of(other)}; raise it.")
            if quoted(other) == quoted(radiogram):
                raise CannotSend("An earlier alert still on the air has nearly the same number; use another number.")

    def _forget_namesakes(self, newer: Message) -> None:
        """What is over gives its number to the newer; late answers then speak of that."""
        over = [message for message in self._asking() if message.closed and newer.asks]
        for message in over:
            if gives_way(message.radiogram, newer.radiogram):
                del self.messages[message.uid]

    def _supersede(self, newer: Message) -> list[Event]:
        if isinstance(newer.radiogram, Status):
            open_ones = [message for message in self.messages.values() if not message.closed]
            outdated = [message for message in open_ones if outdates(newer, message)]
            return [event for message in outdated for event in self._superseded(message)]
        if not newer.asks or isinstance(newer.radiogram, RollCall):
            return []
        older = [message for message in self._asking() if replaces(newer.radiogram, message.radiogram)]
        return [event for message in older for event in self._superseded(message)]

    def _superseded(self, message: Message) -> list[Event]:
        self._close(message)
        changed = [station for station in message.states if message.step(station, "supersede")]
        return [Superseded(message.uid)] if changed else []

    # -- gathering answers -------------------------------------------------------------------------------------

    def take_ack(self, header: posko.Header, ack: Ack, now: float) -> list[Event] | None:
        """An answer to one of our alerts; None when it answers nothing we asked."""
        asked = header.destination == self._config.station
        message = self._asked_about(ack) if asked else None
        return None if message is None else self._answered(message, header.source, ack, now)

    def _asked_about(self, ack: Ack) -> Message | None:
        return next((message for message in self._asking() if quoted(message.radiogram) == quoted(ack)), None)

    def _answered(self, message: Message, source: int, ack: Ack, now: float) -> list[Event]:
        if source not in message.states and not set(ack.also) & set(message.states):
            return [Rejected("stray")]
        self._stretch(message, source, now)
        events = self._raise(message, source, ack.level, source, now) if source in message.states else []
        overheard = Level.PRESENT if ack.level == Level.PRESENT else Level.HEARD
        for station in ack.also:
            if message.states.get(station) in WAITING:
                events += self._raise(message, station, overheard, source, now)
        if ack.level >= Level.SEEN and source in message.states:
            self.confirming.owe(message, source, ack.level, now)
        self._settle(message, now)
        return events

    def _stretch(self, message: Message, source: int, now: float) -> None:
        """A TNC may have held our frame back: the answers tell when the round really began."""
        if message.round_ends is not None and source in message.asked:
            left = len(message.asked) - 1 - message.asked.index(source)
            ends = self._keying.settled(now) + (left * message.slot_ms + self._config.guard_ms) / 1000
            message.round_ends = max(message.round_ends, min(ends, self._round_over_by))
            self._keying.keep_quiet(message.round_ends, message.rank)

    def _raise(self, message: Message, station: int, level: Level, via: int, now: float) -> list[Event]:
        if not message.step(station, VERBS[level]):
            return []
        if message.states[station] != VERBS[level]:
            return []
        message.barren = 0
        return [Acked(message.uid, station, level, now, via)]

    def _settle(self, message: Message, now: float) -> None:
        """Nobody is missing: no need to wait for the end of the round, unless others may still be in their slots."""
        if message.round_ends is not None and not message.waiting and (len(message.states) == 1 or message.relayed):
            message.round_ends = now
            self._keying.quiet_until = now

    def take_receipt(self, header: posko.Header, receipt: Receipt, now: float) -> list[Event]:
        """The addressee of a report has it."""
        if header.destination != self._config.station:
            return []
        for message in self.messages.values():
            report = message.radiogram
            if isinstance(report, Reports) and report.number == receipt.number and header.source in message.states:
                self._close(message)
                return self._raise(message, header.source, Level.HEARD, header.source, now)
        return []

    def take_missing(self, header: posko.Header, lacking: Missing, now: float) -> list[Event]:
        """The addressee of a long text says which parts it lacks: only these go out again."""
        if header.destination != self._config.station:
            return []
        for message in self.messages.values():
            part = message.radiogram
            if not isinstance(part, Fragment) or message.closed or header.source not in message.states:
                continue
            if (part.number, part.mark) == (lacking.number, lacking.mark):
                message.parts_due = [one for one in lacking.parts if one < len(message.parts)]
                message.rounds, message.due = 0, now
        return []

    # -- time --------------------------------------------------------------------------------------------------

    def keyed(self, now: float) -> None:
        """The frame is off the air: if it asked a roster, their slots begin now."""
        message = self.messages.get(self._keying.uid or "")
        if message and message.round_ends is not None:
            message.round_ends = now + self._keyed_wait_s
            self._round_over_by = message.round_ends + _HELD_BACK_S
            self._keying.keep_quiet(message.round_ends, message.rank)

    def expire(self, now: float) -> list[Event]:
        """Late is worse than never."""
        over = [message for message in self.messages.values() if not message.closed and message.expires_at <= now]
        return [event for message in over for event in self._expired(message)]

    def _expired(self, message: Message) -> list[Event]:
        self._close(message)
        if not message.waiting:
            return []
        for station in message.states:
            message.step(station, "expire")
        return [Expired(message.uid, dict(message.states))]

    def end_rounds(self, now: float) -> list[Event]:
        """Rounds whose last slot is over: done, again, or given up."""
        ended = [message for message in self._asking() if message.round_ends is not None and message.round_ends <= now]
        return [event for message in ended for event in self._end_round(message, now)]

    def _most_rounds(self, message: Message) -> int:
        """Rounds in a row without a new answer before the silent are given up."""
        is_call = message.type == TYPE_NUMBERS[RollCall]
        return min(self._config.call_rounds, self._config.max_rounds) if is_call else self._config.max_rounds

    def _end_round(self, message: Message, now: float) -> list[Event]:
        if self._waits_for_relays(message):
            return self._let_relays(message, now)
        message.round_ends = None
        if message.waiting and message.barren < self._most_rounds(message):
            message.due = now + self._pause_s(message)
            return []
        failed = self._silent(message, f"No answer in {message.rounds} rounds.")
        self._call_or_close(message, now)
        return failed

    def _waits_for_relays(self, message: Message) -> bool:
        return bool(self._keying.relays) and bool(message.waiting) and not message.relayed

    def _let_relays(self, message: Message, now: float) -> list[Event]:
        """Their turn. After many rounds in vain only as long as it takes to hear whether one of them repeats."""
        message.relayed = True
        helps = message.barren <= IN_VAIN
        wait_s = self._relayed_s(message) if helps else len(self._keying.relays) * self._copy_s(message) + 4 * GAP_S
        message.round_ends = now + wait_s
        self._keying.keep_quiet(message.round_ends, message.rank)
        return []

    def copy_heard(self, now: float) -> None:
        """A relay keyed a frame of ours. Was it the round whose slots are over? Then its whole way is waited for."""
        for message in self._asking():
            if message.relayed and message.round_ends is not None:
                message.round_ends = max(message.round_ends, now + self._relayed_s(message))
                self._keying.keep_quiet(message.round_ends, message.rank)

    def _relayed_s(self, message: Message) -> float:
        """Each hop takes a copy and all slots, and its report comes home by all the hops before it."""
        slots_s, hops = len(message.asked) * message.slot_ms / 1000, min(self._config.hops, len(self._keying.relays))
        report_s = self._config.slot_ms(Ack(0, 0, Level.HEARD, tuple(message.asked))) / 1000
        homeward_s = hops * (hops + 1) / 2 * (report_s + GAP_S)
        return hops * (self._copy_s(message) + slots_s + 4 * GAP_S) + homeward_s

    def _copy_s(self, message: Message) -> float:
        return self._config.radiogram_s(message.radiogram) + GAP_S

    def _call_or_close(self, message: Message, now: float) -> None:
        """All that devices can answer they did. Ask for persons, or let it be."""
        if not message.calling:
            message.calling, message.barren = True, 0
        patient = message.barren < self._config.barren_calls
        if patient and message.unseen and message.is_called(self._config.calls_above):
            message.due = now + self._config.call_pause(len(message.unseen)) * 2**message.barren
        else:
            self._close(message)

    def _pause_s(self, message: Message) -> float:
        """None while answers come in; then longer and longer, because a dead station must not fill the channel."""
        if message.barren < self._config.quick_rounds:
            return 0.0
        longer_s = 5.0 * 2 ** (message.barren - self._config.quick_rounds)
        return min(_PAUSE_MAX_S, longer_s) * self._random.uniform(0.8, 1.2)

    def _silent(self, message: Message, reason: str) -> list[Event]:
        silent = message.waiting
        for station in silent:
            message.step(station, "give_up")
        return [Failed(message.uid, station, message.states[station], reason) for station in silent]

    def _close(self, message: Message) -> None:
        message.closed, message.round_ends = True, None
        self._barred_until = -math.inf

    def forget(self, before: float) -> None:
        """Late answers were understood for a while; then the book is cleared."""
        for uid in [uid for uid, message in self.messages.items() if message.expires_at < before]:
            del self.messages[uid]

    # -- what goes on the air next -----------------------------------------------------------------------------

    def copy_frame(self, now: float) -> list[Event]:
        """The second copy of a round, at once; whoever heard only the first is counting on it."""
        asked, self._keying.second_copy = self._keying.second_copy, None
        message = self.messages.get(self._keying.uid or "")
        if asked is None or message is None or message.closed or message.round_ends is None:
            return []
        if not self._keying.lawful(asked, message.rank, now):
            return []
        events = self._transmit(replace(asked, again=False), message, now)
        self._wait_for_answers(message, asked)
        return events

    def about_to_ask(self, now: float) -> set[int]:
        """Whom the rounds that could begin now would ask: of each message the first, and every fourth after it."""
        asks = (one for one in self._asking() if one.rounds % 4 == 0 and self._may_go(one, now, 3))
        return {station for one in asks for station in one.waiting}

    def message_frame(self, now: float, priority: int) -> list[Event]:
        """The most urgent message that is due, of `priority` or more urgent."""
        due = (message for message in self.messages.values() if self._may_go(message, now, priority))
        message = min(due, key=lambda message: (message.rank, message.is_patient, message.order), default=None)
        if message is None:
            return []
        try:
            lawful = self._keying.lawful(message.radiogram, message.rank, now)
        except CannotSend as why:  # queued while the channel was another
            self._close(message)
            return self._silent(message, str(why))
        if not lawful:
            self._bar(message, now)
            return self.message_frame(now, priority)
        return self._ask(message, now) if message.asks else self._report(message, now)

    def _bar(self, message: Message, now: float) -> None:
        """It waits until the law has room for it, and so does everything less urgent."""
        message.due = self._keying.lawful_at(message.radiogram, message.rank, now)
        if message.is_patient:
            return
        if now >= self._barred_until or message.priority < self._barred_from:
            self._barred_from, self._barred_until = message.priority, message.due

    def _may_go(self, message: Message, now: float, priority: int) -> bool:
        if message.closed or message.round_ends is not None or message.rank > priority:
            return False
        return self._ready_at(message) <= now

    def _ready_at(self, message: Message) -> float:
        """Nobody speaks into the slots of a round, but the highest priority breaks a lower round."""
        breaks_in = message.rank == 0 and self._keying.quiet_priority > 0
        ready_at = message.due if breaks_in else max(message.due, self._keying.quiet_until)
        return max(ready_at, self._barred_until) if message.rank >= self._barred_from else ready_at

    def _ask(self, message: Message, now: float) -> list[Event]:
        missing = message.waiting or message.unseen
        message.rounds, message.barren, message.relayed = message.rounds + 1, message.barren + 1, False
        for station in missing:
            message.step(station, "key")
        asked = with_time(self._for_round(message.radiogram, missing, message.rounds), message.expires_at - now)
        twice = self._was_bad(message, missing) and self._keying.lawful(asked, message.rank, now, copies=2)
        asked = replace(asked, again=twice)
        events = self._transmit(asked, message, now)
        self._break_rounds(now)
        self._wait_for_answers(message, asked)
        self._keying.second_copy = asked if asked.again else None
        again = [Repeating(message.uid, missing, message.rounds)] if message.rounds > 1 and not message.calling else []
        return [*again, *events]

    def _was_bad(self, message: Message, missing: tuple[int, ...]) -> bool:
        """Did so many miss the last round that a second copy is worth its time on the air?"""
        return (
            not message.calling
            and bool(message.asked)
            and len(missing) > self._config.double_above * len(message.asked)
        )

    def _for_round(self, radiogram: Radiogram, roster: tuple[int, ...], round_number: int) -> Asking:
        """The asked stations, and a slot long enough for what they may answer."""
        assert isinstance(radiogram, Asking)
        gossip = self._config.gossip_from_round and round_number >= self._config.gossip_from_round and len(roster) > 1
        return replace(radiogram, roster=roster, slot_ms=self._config.gossip_slot_ms(roster if gossip else ()))

    def _break_rounds(self, now: float) -> None:
        """An urgent alert spoke into these rounds: ask again afterwards, it does not count."""
        for message in self._asking():
            if message.round_ends is not None:
                message.round_ends, message.due, message.barren = None, now, message.barren - 1

    def _wait_for_answers(self, message: Message, asked: Asking) -> None:
        assert self._keying.on_air_until is not None
        message.asked, message.slot_ms = list(asked.roster), asked.slot_ms
        self._keyed_wait_s = (len(asked.roster) * asked.slot_ms + self._config.guard_ms) / 1000
        message.round_ends = self._keying.on_air_until + self._keyed_wait_s
        self._round_over_by = message.round_ends + _HELD_BACK_S
        self._keying.quiet_until, self._keying.quiet_priority = message.round_ends, message.rank

    def _report(self, message: Message, now: float) -> list[Event]:
        """To one station, with a receipt awaited; or to all (the time), said once."""
        if message.parts:
            return self._part(message, now)
        message.rounds += 1
        for station in message.states:
            message.step(station, "key")
        events = self._transmit(message.radiogram, message, now)
        message.due = now + self._keying.retry_s(message.rounds)
        message.closed = not message.states
        return events

    def _part(self, message: Message, now: float) -> list[Event]:
        """The next part; when all were said and nothing came back, the last again asks what is lacking."""
        words, message.parts_due = message.radiogram, message.parts_due[1:]
        message.rounds += not message.parts_due
        for station in message.states:
            message.step(station, "key")
        events = self._transmit(words, message, now)
        pause_s = self._config.between_parts_s() if message.parts_due else self._keying.retry_s(message.rounds)
        message.due = now + self._config.radiogram_channel_s(words) + pause_s
        return events

    def _transmit(self, words: Radiogram, message: Message, now: float) -> list[Event]:
        return self._keying.transmit(words, message.destination, now, message.uid, message.rank)

    # -- waiting and the spool ---------------------------------------------------------------------------------

    def deadlines(self) -> Iterator[float]:
        """What happens also while a frame is on the air: expiry and the ends of rounds."""
        yield from (message.expires_at for message in self.messages.values() if not message.closed)
        yield from (message.round_ends for message in self._asking() if message.round_ends is not None)

    def wakes(self) -> Iterator[float]:
        """When something of this side could be keyed."""
        open_messages = (message for message in self.messages.values() if not message.closed)
        yield from (self._ready_at(message) for message in open_messages if message.round_ends is None)
        yield from self.confirming.wakes()

    def _asking(self) -> list[Message]:
        return [message for message in self.messages.values() if message.asks]

    def move_clock(self, by_s: float, as_of: float) -> None:
        """All instants by so many seconds, to `as_of`, when the link goes on."""
        for message in self.messages.values():
            message.expires_at += by_s
            # A round that the restart cut short is not waited for: its answers went by unheard.
            message.due = as_of if message.round_ends is not None else message.due + by_s
            message.round_ends = None

    def state(self) -> dict[str, Any]:
        """What a restart must not lose, as JSON-able values."""
        messages = [message.kept() for message in self.messages.values()]
        return {"messages": messages, "number": self._number, "order": self._order}

    def recall(self, state: Mapping[str, Any]) -> None:
        """What state() wrote."""
        self.messages.clear()
        self.messages.update({kept["uid"]: recalled(kept) for kept in state["messages"]})
        self._number, self._order = state["number"], state["order"]
