"""A net of people with handhelds: what is said next, who has answered with keys. No I/O; time is an argument.

An alert is spoken with a digit; a team answers `*TEAM#DIGIT`, which only a person can do. Those who are silent are
called again, less and less often, until the message is out of date.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from radio_bridge.errors import CannotSend
from radio_bridge.ledger import Ledger
from radio_bridge.profiles import Profile
from radio_bridge.radiogram import Cancel, Level, Radiogram, RollCall, Text
from radio_bridge.radiogram.schema import decode, encode
from radio_bridge.traffic import (
    STATES,
    WAITING,
    Acked,
    Event,
    Expired,
    Failed,
    Outgoing,
    Rejected,
    Repeating,
    Superseded,
    Transmit,
)
from radio_bridge.voice import words as voice_words
from radio_bridge.voice.dtmf import Answer

ANSWER_S, ANSWER_EACH_S, ANSWER_MOST_S = 12.0, 3.0, 60.0
"""How long the channel is left to the answers: for the first, for each further team, at most."""
PAUSES_S = (0.0, 0.0, 60.0, 120.0, 300.0)
"""Beside that, before the next call to the silent; after the last they are called unknown."""
GATHER_S = 1.5
"""Answers that come this soon after each other are confirmed in one breath."""
AGAIN_S = 20.0
"""A team that keys the same again is told again after this."""
CODES = tuple(code for code in range(1, 30) if code % 10)
"""What is keyed as 1 to 9, and while all of these still mean something 01 to 09 and 001 to 009: see dtmf.keys_of()."""
REUSE_S = 1800.0
"""How long a digit still means the message that is over: a late answer must not become one to the next."""
CLEAR_S = 0.7
"""So long the channel must be free before we speak; people do not hear us while they speak."""
WAIT_MOST_S = {0: 8.0, 1: 30.0}
"""priority -> how long somebody else's voice is waited for; the rest a minute."""
SILENT_S = 20.0
"""After this much silence we have finished, and say who it was."""
EARLY_S = 45.0
"""The call sign is said this much before it must be."""
FADE_S = 0.5  # beside the speech itself: the key goes down before and up after it


@dataclass(frozen=True)
class Speak(Transmit):
    """Say these overs, one press of the key for each."""

    overs: tuple[str, ...] = ()
    priority: int = 3


@dataclass
class Spoken:
    """A message of ours."""

    uid: str
    type: int
    content: str
    """Hexadecimal, so that the spool can keep it."""
    states: dict[int, str]
    everybody: bool
    priority: int
    expires_at: float
    order: int
    due: float
    code: int = 0
    """The digit to answer with; 0 until it is first said."""
    rounds: int = 0
    barren: int = 0
    about: str = ""
    closed_at: float | None = None

    @property
    def radiogram(self) -> Radiogram:
        return decode(self.type, bytes.fromhex(self.content))

    @property
    def waiting(self) -> tuple[int, ...]:
        return tuple(team for team, state in sorted(self.states.items()) if state in WAITING)

    def step(self, team: int, verb: str) -> bool:
        """Did the state change?"""
        before = self.states[team]
        self.states[team] = STATES[before][verb]
        return self.states[team] != before


@dataclass
class _Moment:
    """What a restart may lose."""

    confirm: list[int] = field(default_factory=list)
    confirm_at: float = 0.0
    confirmed_at: dict[int, float] = field(default_factory=dict)
    busy_at: float = -math.inf
    busy_since: float | None = None
    on_air_until: float = -math.inf


class VoiceNet:
    """The net seen from the centre."""

    def __init__(self, call_sign: str, profile: Profile, measure: Callable[[str], float]) -> None:
        """measure: how many seconds these words take to say. Raises CannotSend where this channel carries no speech."""
        if not profile.longest_speech_s:
            raise CannotSend(f"Nobody can speak on {profile.words}: choose another service for the voice device.")
        self._call_sign, self._profile, self._measure = call_sign, profile, measure
        self.messages: dict[str, Spoken] = {}
        self._order = 0
        self._ledger = Ledger(profile)
        self._unnamed_since: float | None = None
        self._last_word = -math.inf
        self._moment = _Moment()

    # the spool

    def state(self) -> dict[str, Any]:
        """What a restart needs, JSON-able."""
        return {
            "messages": [asdict(one) for one in self.messages.values()],
            "order": self._order,
            "unnamed_since": self._unnamed_since,
            "last_word": None if self._last_word == -math.inf else self._last_word,
        }

    def ledger_state(self) -> dict[str, Any]:
        return self._ledger.state()

    def recall(self, state: Mapping[str, Any], ledger: Mapping[str, Any] | None, by_s: float, since_s: float) -> None:
        """Go on where state() stood. by_s: how far the clock moved since; since_s: how much of it is certain."""
        for saved in state["messages"]:
            one = Spoken(**{**saved, "states": {int(team): name for team, name in saved["states"].items()}})
            one.expires_at, one.due = one.expires_at + by_s, one.due + by_s
            one.closed_at = None if one.closed_at is None else one.closed_at + by_s
            self.messages[one.uid] = one
        self._order = state["order"]
        if state["unnamed_since"] is not None:
            self._unnamed_since, self._last_word = state["unnamed_since"] + by_s, state["last_word"] + by_s
        self._ledger = Ledger.restored(self._profile, ledger, since_s)

    def left_s(self, now: float, priority: int) -> float:
        """Seconds on the air that the law leaves in this hour."""
        return self._ledger.left_s(now, priority)

    # what the caller does

    def send(self, outgoing: Outgoing, now: float) -> list[Event]:
        """Queue a message; its uid is queued once. Raises CannotSend with a sentence, and then nothing changed."""
        if outgoing.uid in self.messages:
            return []
        one = self._written(outgoing, now)
        self._check_length(one)
        events = self._supersede(one, now)
        self.messages[one.uid] = one
        self._order += 1
        return events

    def heard(self, answer: Answer, now: float) -> list[Event]:
        """A team keyed an answer."""
        one = self._asked(answer)
        if one is None:
            return [Rejected("stray")]
        self._will_confirm(answer.team, now)
        level = Level.PRESENT if isinstance(one.radiogram, RollCall) else Level.SEEN
        if not one.step(answer.team, "heard" if level == Level.PRESENT else "seen"):
            return []
        one.barren = 0
        if not one.waiting and one.closed_at is None:
            one.closed_at = now
        return [Acked(one.uid, answer.team, level, now, answer.team)]

    def _will_confirm(self, team: int, now: float) -> None:
        """Who keys again and again is told once in a while: a prankster must not make us speak all day."""
        moment = self._moment
        if team in moment.confirm or now - moment.confirmed_at.get(team, -math.inf) < AGAIN_S:
            return
        moment.confirm_at = moment.confirm_at if moment.confirm else now + GATHER_S
        moment.confirm.append(team)

    def busy(self, now: float) -> None:
        """Somebody else is speaking."""
        moment = self._moment
        if moment.busy_since is None or now - moment.busy_at > CLEAR_S:
            moment.busy_since = now
        moment.busy_at = now

    def over(self, now: float) -> None:
        """What we said is off the air: the time for answers counts from here."""
        self._moment.on_air_until = now
        self._last_word = now
        for one in self.messages.values():
            if one.closed_at is None and one.rounds and one.due > now:
                one.due = max(one.due, now + self._answer_s(one))

    def tick(self, now: float) -> list[Event]:
        """What is over, and at most one thing to say."""
        events = [*self._end(now), *self._give_up(now)]
        self._forget(now)
        if now < self._moment.on_air_until:
            return events
        return [*events, *self._say_next(now)]

    def next_wake(self, now: float) -> float | None:
        """When tick() is due again."""
        soonest = min(self._wakes(), default=None)
        free_at = max(self._moment.on_air_until, self._moment.busy_at + CLEAR_S)
        return None if soonest is None else max(now, soonest, free_at)

    # messages

    def _written(self, outgoing: Outgoing, now: float) -> Spoken:
        if outgoing.expires_at <= now:
            raise CannotSend("This message is already out of date; write a new one.")
        roster = tuple(sorted(set(outgoing.to))) if not isinstance(outgoing.to, int) else ()
        if not roster:
            raise CannotSend("Nobody is named to receive this; choose at least one station.")
        kind, content = encode(outgoing.radiogram)
        states = dict.fromkeys(roster, "queued")
        everybody = not isinstance(outgoing.radiogram, Text) and len(roster) > 1
        return Spoken(
            outgoing.uid,
            kind,
            content.hex(),
            states,
            everybody,
            outgoing.priority,
            outgoing.expires_at,
            self._order,
            now,
        )

    def _check_length(self, one: Spoken) -> None:
        longest_s = max(self._measure(over) for over in self._overs(one, CODES[-1])) + FADE_S
        if longest_s > self._profile.longest_speech_s:
            most_s = self._profile.longest_speech_s
            raise CannotSend(f"It takes {longest_s:.0f} s to say, more than {most_s:.0f} s: shorten it or send two.")

    def _overs(self, one: Spoken, code: int) -> list[str]:
        everybody = one.everybody and one.rounds == 0
        return voice_words.overs(one.radiogram, code, one.waiting, self._call_sign, everybody, one.about)

    def _supersede(self, newer: Spoken, now: float) -> list[Event]:
        """A newer revision or a cancel takes the older off the air; a cancel says what it is about."""
        words = newer.radiogram
        events: list[Event] = []
        for older in [one for one in self.messages.values() if _replaces(words, one.radiogram)]:
            if isinstance(words, Cancel):
                newer.about = voice_words.message(older.radiogram).rstrip(".")
            if [team for team in older.states if older.step(team, "supersede")]:
                events.append(Superseded(older.uid))
            older.closed_at = now if older.closed_at is None else older.closed_at
        return events

    def _asked(self, answer: Answer) -> Spoken | None:
        """The message a digit means: the one that is open, else the one that had it last."""
        mine = [one for one in self.messages.values() if one.code == answer.code and answer.team in one.states]
        return max(mine, key=lambda one: (one.closed_at is None, one.order), default=None)

    def _end(self, now: float) -> list[Event]:
        over = [one for one in self.messages.values() if one.closed_at is None and one.expires_at <= now]
        return [event for one in over for event in self._expired(one, now)]

    def _expired(self, one: Spoken, now: float) -> list[Event]:
        one.closed_at = now
        for team in one.states:
            one.step(team, "expire")
        return [Expired(one.uid, dict(one.states))]

    def _give_up(self, now: float) -> list[Event]:
        tired = [one for one in self._open() if one.barren >= len(PAUSES_S) and one.due <= now]
        return [event for one in tired for event in self._given_up(one, now)]

    def _given_up(self, one: Spoken, now: float) -> list[Event]:
        one.closed_at = now
        silent = one.waiting
        for team in silent:
            one.step(team, "give_up")
        return [Failed(one.uid, team, one.states[team], f"No answer to {one.rounds} calls.") for team in silent]

    def _forget(self, now: float) -> None:
        old = [uid for uid, one in self.messages.items() if one.closed_at is not None and one.closed_at < now - REUSE_S]
        for uid in old:
            del self.messages[uid]

    def _open(self) -> list[Spoken]:
        return [one for one in self.messages.values() if one.closed_at is None]

    # what is said

    def _say_next(self, now: float) -> list[Event]:
        """The most urgent first, then those who wait to hear that they were heard, then the others."""
        due = sorted((one for one in self._open() if one.due <= now), key=lambda one: (one.priority, one.order))
        urgent = next((one for one in due if one.priority == 0), None)
        if urgent is not None and self._is_clear(0, now):
            return self._call(urgent, now)
        if self._moment.confirm and now >= self._moment.confirm_at and self._is_clear(1, now):
            return self._confirm(now)
        if due and self._is_clear(due[0].priority, now):
            return self._call(due[0], now)
        return self._name_ourselves(now)

    def _is_clear(self, priority: int, now: float) -> bool:
        """Whether nobody speaks, or we have waited long enough for them."""
        moment = self._moment
        if now - moment.busy_at >= CLEAR_S:
            moment.busy_since = None
            return True
        return moment.busy_since is not None and now - moment.busy_since >= WAIT_MOST_S.get(priority, 60.0)

    def _call(self, one: Spoken, now: float) -> list[Event]:
        one.code = one.code or self._free_code()
        if not one.code:
            one.due = now + 5.0
            return []
        missing = one.waiting
        overs = self._overs(one, one.code)
        said = self._say(overs, one.priority, now, one.uid)
        if not said:
            one.due = now + 15.0
            return []
        one.rounds, one.barren = one.rounds + 1, one.barren + 1
        for team in missing:
            one.step(team, "key")
        pause_s = PAUSES_S[min(one.barren, len(PAUSES_S)) - 1]
        one.due = self._moment.on_air_until + self._answer_s(one) + pause_s
        self._unnamed_since = None  # every over of a call names us
        again = [Repeating(one.uid, missing, one.rounds)] if one.rounds > 1 else []
        return [*again, *said]

    def _answer_s(self, one: Spoken) -> float:
        return min(ANSWER_MOST_S, ANSWER_S + ANSWER_EACH_S * len(one.waiting))

    def _free_code(self) -> int:
        """The shortest that none had for REUSE_S (older messages are forgotten); 0 when there is none, and we wait."""
        used = {one.code for one in self.messages.values()}
        return next((code for code in CODES if code not in used), 0)

    def _confirm(self, now: float) -> list[Event]:
        teams = sorted(self._moment.confirm)
        said = self._say([voice_words.confirmation(teams)], 1, now)
        if said:
            self._moment.confirm = []
            self._moment.confirmed_at.update(dict.fromkeys(teams, now))
        else:
            self._moment.confirm_at = now + 15.0
        return said

    def _name_ourselves(self, now: float) -> list[Event]:
        due = self._named_by()
        if due is None or now < due:
            return []
        said = self._say([voice_words.identity(self._call_sign)], 0, now, is_name=True)
        self._unnamed_since = None
        return said

    def _name_s(self) -> float:
        if not self._profile.identify_every_s:
            return 0.0
        return self._measure(voice_words.identity(self._call_sign)) + FADE_S

    def _named_by(self) -> float | None:
        """When our name must be said: after the last word, and before the law's minutes are over."""
        every_s = self._profile.identify_every_s
        if not every_s or self._unnamed_since is None:
            return None
        return min(self._last_word + SILENT_S, self._unnamed_since + every_s - EARLY_S)

    def _say(
        self, overs: Sequence[str], priority: int, now: float, uid: str | None = None, is_name: bool = False
    ) -> list[Event]:
        """Into the book first; nothing when the hour has no room for it and for our name afterwards."""
        lasts_s = sum(self._measure(over) + FADE_S for over in overs)
        name_s = 0.0 if is_name else self._name_s()
        if not self._ledger.may_key(lasts_s + name_s, priority, now) or not self._ledger.take(lasts_s, priority, now):
            return []
        self._moment.on_air_until = self._last_word = now + lasts_s
        self._unnamed_since = now if self._unnamed_since is None else self._unnamed_since
        return [Speak(b"", lasts_s, uid, tuple(overs), priority)]

    def _wakes(self) -> Iterator[float]:
        yield from (min(one.due, one.expires_at) for one in self._open())
        if self._moment.confirm:
            yield self._moment.confirm_at
        named_by = self._named_by()
        if named_by is not None:
            yield named_by


def _replaces(newer: Radiogram, older: Radiogram) -> bool:
    if isinstance(newer, RollCall | Text) or isinstance(older, RollCall | Text):
        return False
    same = getattr(newer, "ref", None) == getattr(older, "ref", None)
    return same and getattr(older, "revision", 0) < getattr(newer, "revision", 0)
