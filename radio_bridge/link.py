"""The link: who must have which alert, what goes on the air next, and what was heard. No I/O; time is an argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from radio_bridge.radiogram import ALL, Level, Radiogram

# INTERFACE (being filled in; these names and shapes stand)
#
# The caller's loop, at the centre and in the field alike:
#
#   link = Link.restore(config, saved_state_or_None, Random(), now, away_s=0.0)
#   events = link.send(...) / link.acknowledge(...) / link.heard(frame, now) / link.tick(now) / link.keyed(now)
#   1. write events (except Transmit) and link.state() to the spool in ONE transaction, if `events` is not empty
#   2. only then hand each Transmit.frame to the port (there is at most one outstanding)
#   3. sleep until link.next_wake(now) or bytes arrive; call link.tick(now)


@dataclass(frozen=True)
class LinkConfig:
    """What a station is and how its modem behaves. Centre and field must agree on net, keys and epoch."""

    net: int
    """0..255."""
    station: int
    """0..200; the number of this station on the net, 0 is the centre."""
    callsign: str
    """e.g. "YB9ZZZ-1": source of the AX.25 carrier, so that every frame identifies its sender."""
    keys: Mapping[int, bytes]
    """net -> 32 byte key."""
    epoch: int
    """0..2^32-1, raised when keys change or a station lost its counters."""
    baud: int = 1200
    txdelay_ms: int = 200
    guard_ms: int = 80
    """Turn-round and modem delay added to every slot."""
    carrier: str = "ax25"
    """"ax25" or "bare" (modems that bring their own frame, e.g. LoRa)."""
    path: tuple[str, ...] = ()
    groups: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """group 201..254 -> its stations; 255 means all of them. Needed where alerts are sent."""
    max_rounds: int = 12
    """Rounds of an alert, or tries of a report, before giving up."""


@dataclass(frozen=True)
class Outgoing:
    """Something to send. uid: the caller's own key; sending the same uid twice is harmless.

    to: station numbers, or one group number (an int, 201..255). expires_at: seconds on the same clock as `now`.
    Alert, Cancel, RollCall go to many and are answered in slots; Status, Position, Text go to one station.
    """

    uid: str
    radiogram: Radiogram
    to: tuple[int, ...] | int
    priority: int
    expires_at: float


@dataclass(frozen=True)
class Transmit:
    """Hand exactly this one frame to the port (KISS data, without KISS framing). At most one is outstanding."""

    frame: bytes
    airtime_s: float
    uid: str | None = None
    """Of the message it carries, if any (acks have none)."""


@dataclass(frozen=True)
class Received:
    """A radiogram for us, delivered once. `key` is what acknowledge() wants for an Alert or Cancel, else ""."""

    radiogram: Radiogram
    source: int
    ref: int | None
    counter: int
    key: str
    at: float


@dataclass(frozen=True)
class Acked:
    """`station` has message `uid` at `level` (HEARD: device, SEEN / READ_BACK: a person). Emitted once per rise.

    via: the station whose word it is (the station itself, or one that overheard it; only for PRESENT/HEARD).
    """

    uid: str
    station: int
    level: Level
    at: float
    via: int


@dataclass(frozen=True)
class Confirmed:
    """Field side: the sender of alert `key` knows our `level`; no need to repeat the acknowledgement any more."""

    key: str
    level: Level


@dataclass(frozen=True)
class Repeating:
    """Round `round` of `uid` goes out to the `missing` only."""

    uid: str
    missing: tuple[int, ...]
    round: int


@dataclass(frozen=True)
class Failed:
    """`station` never answered for `uid`. state: "failed" (never on the air) or "unknown" (sent, no answer)."""

    uid: str
    station: int
    state: str
    reason: str


@dataclass(frozen=True)
class Expired:
    """The time of `uid` is over; nothing more of it goes on the air. states: station -> last state."""

    uid: str
    states: Mapping[int, str]


@dataclass(frozen=True)
class Superseded:
    """A newer revision or a cancel replaced `uid`."""

    uid: str


@dataclass(frozen=True)
class Rejected:
    """A frame that was not believed, to be counted. kind: as in BadFrame. Never shown as text."""

    kind: str


Event = Transmit | Received | Acked | Confirmed | Repeating | Failed | Expired | Superseded | Rejected


class Link:
    """One station's end of the net."""

    def __init__(self, config: LinkConfig, counters_state: Mapping[str, int] | None, random: Random) -> None:
        raise NotImplementedError

    @classmethod
    def restore(
        cls,
        config: LinkConfig,
        state: Mapping[str, Any] | None,
        random: Random,
        now: float | None = None,
        away_s: float = 0.0,
    ) -> Link:
        """A link as state() left it. With `now`, instants are moved so that `away_s` seconds passed since then."""
        raise NotImplementedError

    def state(self) -> dict[str, Any]:
        """Everything a restart needs, as JSON-able values."""
        raise NotImplementedError

    def send(self, outgoing: Outgoing, now: float) -> list[Event]:
        """Queue a radiogram. Raises CannotSend with a sentence for the operator."""
        raise NotImplementedError

    def acknowledge(self, key: str, level: Level, now: float) -> list[Event]:
        """Field side: a person saw (or read back) the alert `key`. Repeated on the air until confirmed."""
        raise NotImplementedError

    def heard(self, frame: bytes, now: float) -> list[Event]:
        """A frame came from the port."""
        raise NotImplementedError

    def tick(self, now: float) -> list[Event]:
        """Time has passed; perhaps something is due."""
        raise NotImplementedError

    def keyed(self, now: float) -> list[Event]:
        """The port reports that the outstanding frame is off the air (else the link estimates it)."""
        raise NotImplementedError

    def next_wake(self, now: float) -> float | None:
        """When tick() should be called next; None when there is nothing to wait for."""
        raise NotImplementedError

    def progress(self, uid: str) -> dict[int, str]:
        """station -> state of message `uid` (states as in STATES)."""
        raise NotImplementedError
