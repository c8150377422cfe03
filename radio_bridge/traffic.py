"""What a link is told and what it tells: settings, messages in, events out, and the table of states."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from zlib import crc32

from radio_bridge import hdlc, wire
from radio_bridge.errors import CannotSend
from radio_bridge.fragments import Incomplete, split
from radio_bridge.framing import ax25
from radio_bridge.keyring import Ring, SharedKey
from radio_bridge.lora import Lora
from radio_bridge.profiles import USUAL, Profile, get_profile
from radio_bridge.radiogram import (
    ACK_REF_BITS,
    ACK_REVISION_BITS,
    SLOT_STEP_MS,
    Ack,
    Asking,
    Level,
    Radiogram,
    RollCall,
    Text,
)
from radio_bridge.radiogram.texts import unsendable

GOSSIP_NEAR = 24
"""Station numbers side by side for which an ack always has room: three bytes of bitmap."""

MISSING_BYTES = 20
"""Of the frame that says what a long text lacks."""

DIGIPEAT_GAP_S = 0.1
"""Between a frame and its copy by a digipeater, at most: it decodes the frame to its end, and keys at once."""


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
    txtail_ms: int = 20
    """How long a TNC stays keyed after the last bit. Counted as airtime: left to itself it takes up to 100 ms."""
    guard_ms: int = 60
    """Turn-round and modem delay added to every slot; through direwolf 40 ms between two frames are the least."""
    carrier: str = "ax25"
    """"ax25" or "bare" (modems that bring their own frame, e.g. LoRa)."""
    lora: Lora | None = None
    """How a LoRa modem is set; then `baud` says nothing."""
    around: int = 0
    """Bytes that a LoRa modem adds to each frame on the air."""
    swell: float = 1.0
    """Bytes on the air for each byte of ours, where the modem takes text only."""
    longest: int = 1024
    """Bytes of the longest frame the modem takes, carrier included: a longer one is refused and never cut."""
    path: tuple[str, ...] = ()
    """Call signs of the digipeaters that key our frames again, in their order; each copy takes the channel anew."""
    profile: Profile = field(default_factory=lambda: get_profile(USUAL))
    """The law of the channel: how long, how often and in what words this station may speak."""
    groups: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """group 201..254 -> its stations; 255 means all of them. Needed where alerts are sent."""
    max_rounds: int = 24
    """Rounds in a row without a new answer before the silent are called unknown. Reports go on until they expire."""
    call_rounds: int = 4
    """The same of a roll-call: it asks who is there, and somebody else looks after those who are not."""
    quick_rounds: int = 16
    """Rounds in a row without a new answer that follow at once; after these the pause doubles, up to a minute."""
    gossip_from_round: int = 1
    """From this round on an ack may name other stations it overheard, in a slightly longer slot; 0 turns it off."""
    double_above: float = 0.4
    """When more than this share of those asked stayed silent, the next round says the alert twice; above 1 never."""
    confirm_s: float = 1.0
    """How long the centre gathers persons' acks before it confirms them in one frame."""
    calls_above: int = 4
    """When more than so many stations were asked, who has not seen it yet is asked in rounds, and a person's key waits
    for one: twenty people press within a minute. Fewer say it at once."""
    call_pause_s: float = 12.0
    """Between such rounds, at least; doubled by each that brought nothing: others need the channel too."""
    barren_calls: int = 5
    """Such rounds in a row that brought nothing before nobody is asked any more. A key is still heard."""
    grace_s: float = 900.0
    """How long after its expiry a message is remembered, for answers that come late."""
    relay: bool = False
    """Whether this station repeats for those whom the asker does not hear."""
    relays: tuple[int, ...] = ()
    """The relays of the net, in the order in which they speak. Whoever asks waits for them."""
    hops: int = 4
    """How often a frame is repeated at most."""
    ring: Ring | None = None
    """The keys of this station by epoch and by who speaks; without it `keys` and `epoch` hold for everybody."""

    @property
    def key_ring(self) -> Ring:
        """The keys as they were handed out."""
        return self.ring or SharedKey(self.net, self.keys[self.net], self.epoch)

    def airtime_s(self, n_bytes: int) -> float:
        """Seconds on the air of a Posko frame of `n_bytes` in this carrier."""
        if self.lora is not None:
            on_air = math.ceil(self._carried(n_bytes) * self.swell) + self.around
            return self.txdelay_ms / 1000 + self.lora.airtime_s(on_air)
        if self.carrier != "ax25":
            return hdlc.airtime_s(n_bytes, self.baud, self.txdelay_ms)
        on_air = self._carried(n_bytes) + hdlc.CHECK_SEQUENCE_AND_FLAGS
        return hdlc.airtime_s(on_air, self.baud, self.txdelay_ms + self.txtail_ms)

    def radiogram_s(self, words: Radiogram) -> float:
        """Seconds on the air of a radiogram, as this channel writes it. Raises CannotSend when it does not fit."""
        n_bytes = wire.bytes_on_air(self.profile, words)
        if (over := self._carried(n_bytes) - self.longest) > 0:
            raise CannotSend(
                f"This is {over} bytes longer than the frames of this modem. Shorten it, or send it as two."
            )
        return self.airtime_s(n_bytes)

    def copies_s(self, n_bytes: int, hops: int, named: int | None = None) -> float:
        """Seconds that `hops` digipeaters take, one after the other, for copies of a Posko frame of `n_bytes`.

        named: stations in its path, as many as in ours unless said. None of it is in our book: it is their airtime.
        """
        lasts_s = self.airtime_on(n_bytes, len(self.path) if named is None else named)
        return hops * (lasts_s + DIGIPEAT_GAP_S)

    def airtime_on(self, n_bytes: int, named: int) -> float:
        """Seconds on the air of a frame whose path names so many stations, whoever keys it."""
        return self.airtime_s(n_bytes + ax25.ADDRESS * (named - len(self.path)))

    def channel_s(self, n_bytes: int) -> float:
        """Seconds for which a frame of ours takes the channel, the copies of all digipeaters on its path among them."""
        return self.airtime_s(n_bytes) + self.copies_s(n_bytes, len(self.path))

    def radiogram_channel_s(self, words: Radiogram) -> float:
        """The same of a radiogram. Raises CannotSend when it does not fit."""
        return self.radiogram_s(words) + self.copies_s(wire.bytes_on_air(self.profile, words), len(self.path))

    def _carried(self, n_bytes: int) -> int:
        """Bytes that are handed to the modem for a Posko frame of `n_bytes`."""
        return n_bytes + (ax25.OVERHEAD + ax25.ADDRESS * len(self.path) if self.carrier == "ax25" else 0)

    def between_parts_s(self) -> float:
        """Seconds of silence between two parts of a long text: others have something to say too."""
        return self.channel_s(MISSING_BYTES)

    def call_pause(self, stations: int) -> float:
        """Seconds between two rounds that ask so many who has seen it: never more than half of the channel."""
        return max(self.call_pause_s, stations * self.slot_ms(Ack(0, 0, Level.HEARD)) / 1000)

    def frames(self, words: Radiogram) -> tuple[Radiogram, ...]:
        """The words as they go on the air: in one frame, or a text too long for one in parts. Raises CannotSend."""
        wire.check_service(self.profile)
        try:
            wire.bytes_on_air(self.profile, words)
        except CannotSend:
            if not isinstance(words, Text) or unsendable(words.text):
                raise
            return split(words, self.profile.content == "plain")
        return (words,)

    def slot_ms(self, ack: Ack) -> int:
        """The slot that `ack` needs, rounded up to what the frame can express."""
        needed_ms = 1000 * self.radiogram_channel_s(ack) + self.guard_ms
        return math.ceil(needed_ms / SLOT_STEP_MS) * SLOT_STEP_MS

    def gossip_slot_ms(self, roster: tuple[int, ...]) -> int:
        """The slot of an ack that may also name stations of `roster`: all of them, or those near each other.

        Numbers far apart make long bitmaps, and every slot of the round would pay for them.
        """
        near = range(1, GOSSIP_NEAR + 1)
        return min(self.slot_ms(Ack(0, 0, Level.HEARD, also)) for also in (roster, tuple(near)))


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
    copies_s: float = field(default=0.0, kw_only=True)
    """How long digipeaters go on with it when it is off our air."""


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


Event = Incomplete | Transmit | Received | Acked | Confirmed | Repeating | Failed | Expired | Superseded | Rejected


STATES: dict[str, dict[str, str]] = {
    "queued": {
        "key": "keyed", "heard": "heard", "seen": "seen", "read_back": "read_back",
        "supersede": "superseded", "expire": "expired", "give_up": "failed",
    },
    "keyed": {
        "key": "keyed", "heard": "heard", "seen": "seen", "read_back": "read_back",
        "supersede": "superseded", "expire": "unknown", "give_up": "unknown",
    },
    "heard": {
        "key": "heard", "heard": "heard", "seen": "seen", "read_back": "read_back",
        "supersede": "superseded", "expire": "heard", "give_up": "heard",
    },
    "seen": {
        "key": "seen", "heard": "seen", "seen": "seen", "read_back": "read_back",
        "supersede": "seen", "expire": "seen", "give_up": "seen",
    },
    "read_back": {
        "key": "read_back", "heard": "read_back", "seen": "read_back", "read_back": "read_back",
        "supersede": "read_back", "expire": "read_back", "give_up": "read_back",
    },
    "unknown": {
        "key": "keyed", "heard": "heard", "seen": "seen", "read_back": "read_back",
        "supersede": "superseded", "expire": "unknown", "give_up": "unknown",
    },
    "superseded": {
        "key": "superseded", "heard": "superseded", "seen": "superseded", "read_back": "superseded",
        "supersede": "superseded", "expire": "superseded", "give_up": "superseded",
    },
    "expired": {
        "key": "expired", "heard": "heard", "seen": "seen", "read_back": "read_back",
        "supersede": "superseded", "expire": "expired", "give_up": "expired",
    },
    "failed": {
        "key": "keyed", "heard": "heard", "seen": "seen", "read_back": "read_back",
        "supersede": "superseded", "expire": "expired", "give_up": "failed",
    },
}  # fmt: skip
"""state -> verb -> state, per message and station. `heard` is the device, `seen` and `read_back` a person.

Sent but never answered is `unknown`, not `failed`: the frame may well have arrived. A genuine late answer is the
truth and lifts unknown, expired and failed.
"""

WAITING = ("queued", "keyed")
"""States in which a station is still asked."""


_OF_A_ROUND = ("roster", "slot_ms", "again", "expires_min")


def ref_of(radiogram: Radiogram) -> int:
    """Of the alert it is or speaks about; 0 for none."""
    return getattr(radiogram, "ref", 0) or 0


def revision_of(radiogram: Radiogram) -> int:
    """0 for what has none."""
    return getattr(radiogram, "revision", 0)


def alarm_key(source: int, radiogram: Asking) -> str:
    """One identity for every round of the same alert, and another for a roll-call of the same number."""
    letter = "r" if isinstance(radiogram, RollCall) else "a"
    return f"{source}{letter}{radiogram.ref}.{revision_of(radiogram)}"


def digest(radiogram: Asking) -> str:
    """Of what an alert says, whoever is asked and however long is left: eight hexadecimal digits."""
    said = [getattr(radiogram, one.name) for one in fields(radiogram) if one.name not in _OF_A_ROUND]
    return f"{crc32(repr(said).encode()):08x}"


def quoted(radiogram: Radiogram) -> tuple[bool, int, int]:
    """What an ack says of the radiogram it answers: (roll-call?, low bits of ref, low bits of revision)."""
    call = isinstance(radiogram, RollCall) or (isinstance(radiogram, Ack) and radiogram.level == Level.PRESENT)
    return call, ref_of(radiogram) % (1 << ACK_REF_BITS), revision_of(radiogram) % (1 << ACK_REVISION_BITS)
