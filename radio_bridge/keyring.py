"""Which key a frame is sealed with: by epoch, by who speaks and by what is said. Pure; docs/radio.md, section 1.

Only the holder of the root can hand out cards, change the epoch and put a station out. A station's card lets it check
everybody who may command, answer in slots, and speak for itself; it cannot speak for another station to the centre.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2s
from typing import Any, Protocol

from radio_bridge.errors import BadFrame, CannotSend
from radio_bridge.framing.posko import NO_SERIES
from radio_bridge.radiogram import STATION_LAST, Ack, Alert, Cancel, Key, Level, RollCall, Time
from radio_bridge.radiogram.schema import TYPE_NUMBERS, decode

KEY_BYTES = 16
CARD_FORM = 1
TREE_BITS = 8
EPOCH_MAX = 65_535
EPOCHS_BEHIND = 8
"""A station's own words are understood for so many epochs after it should have changed: it is told, not lost."""

ANSWERS = 256
"""Added to a source: the window of its device's answers, which are sealed with keys that others have too."""

COMMANDS = frozenset(TYPE_NUMBERS[kind] for kind in (Alert, Cancel, RollCall, Time, Key))
"""Types that only a commander may send."""

_ACK, _KEY = TYPE_NUMBERS[Ack], TYPE_NUMBERS[Key]

Candidates = tuple[tuple[int, bytes], ...]
"""(epoch, key) a frame may be sealed with, the most likely first."""


class Ring(Protocol):
    """What the wire asks of whoever holds the keys of one station on one net."""

    @property
    def net(self) -> int: ...

    @property
    def epoch(self) -> int: ...

    def sealing(self, type_number: int, content: bytes) -> tuple[int, bytes]:
        """(epoch, key) for a frame of ours. Raises CannotSend for what this station may not say."""

    def opening(self, type_number: int, source: int, content: bytes) -> Candidates:
        """For a frame of `source`. Raises BadFrame("command"), BadFrame("revoked") or BadFrame("aside")."""

    def series(self, type_number: int, source: int, content: bytes) -> int:
        """Which window of counters such a frame is of."""

    @property
    def out(self) -> tuple[int, ...]: ...

    def is_shared(self, series: int) -> bool:
        """Whether others than its source can seal frames of this series."""

    def turned(self, key: Key) -> Ring:
        """After a change of keys. Raises BadFrame("key")."""

    def state(self) -> dict[str, Any]:
        """What has changed since the card was written; holds no secret."""

    def at(self, state: Mapping[str, Any] | None) -> Ring:
        """This ring with what state() kept; unchanged for None or for something older."""


@dataclass(frozen=True)
class SharedKey:
    """One key for everybody and everything: for rigs and exercises. Whoever has it may say anything."""

    net: int
    key: bytes
    epoch: int

    def sealing(self, type_number: int, content: bytes) -> tuple[int, bytes]:
        return self.epoch, self.key

    def opening(self, type_number: int, source: int, content: bytes) -> Candidates:
        return ((self.epoch, self.key),)

    def series(self, type_number: int, source: int, content: bytes) -> int:
        return source

    @property
    def out(self) -> tuple[int, ...]:
        return ()

    def is_shared(self, series: int) -> bool:
        return True

    def turned(self, key: Key) -> Ring:
        raise BadFrame("key", "A net with one shared key changes it by hand.")

    def state(self) -> dict[str, Any]:
        return {}

    def at(self, state: Mapping[str, Any] | None) -> Ring:
        return self


@dataclass(frozen=True)
class Card:
    """What a technician hands one station. `own` is its voice; `path` is every leaf of the tree but its own.

    The holder of the root has `tree`, `voices` and `signing` instead, from which all of these follow.
    """

    net: int
    station: int
    base: bytes
    public: bytes
    own: bytes = b""
    path: tuple[bytes, ...] = ()
    voices: bytes = b""
    tree: bytes = b""
    signing: bytes = b""

    @classmethod
    def of_root(cls, root: bytes, net: int, station: int) -> Card:
        """The centre's: everything the root gives."""
        at = bytes((net,))
        signing = derive(root, "signing", at, 32)
        return cls(
            net, station, derive(root, "base", at), public_of(signing),
            voices=derive(root, "voices", at), tree=derive(root, "tree", at), signing=signing,
        )  # fmt: skip

    def hand_out(self, station: int, commands: bool = False) -> Card:
        """The card of another station. commands: it may also read what the others tell the centre.

        Raises CannotSend unless we hold the root.
        """
        if not self.signing:
            raise CannotSend("Only the centre, which holds the root of the net, can hand out cards.")
        if not 0 < station <= STATION_LAST:
            raise CannotSend(f"Station numbers are 1 to {STATION_LAST}.")
        path, voices = tuple(_path(self.tree, station)), self.voices if commands else b""
        return Card(self.net, station, self.base, self.public, _voice(self.voices, station), path, voices)

    def text(self) -> str:
        """As it is written into a file: hexadecimal digits."""
        head = bytes((CARD_FORM, self.net, self.station, bool(self.voices)))
        return (head + self.base + self.public + self.own + b"".join(self.path) + self.voices).hex()

    def voice_of(self, station: int) -> bytes | None:
        """The key that station's own words begin from; None where it is not ours to know."""
        if self.voices:
            return _voice(self.voices, station)
        return self.own if station == self.station and self.own else None

    def leaf(self, station: int) -> bytes | None:
        """The secret everybody has but this station; None for ourselves."""
        if self.tree:
            return _descend(self.tree, station, TREE_BITS)
        differing = (self.station ^ station).bit_length()
        return _descend(self.path[TREE_BITS - differing], station, differing - 1) if differing else None


CARD_BYTES = 4 + KEY_BYTES + 32 + KEY_BYTES + TREE_BITS * KEY_BYTES


def read_card(text: str, net: int, station: int) -> Card:
    """The card in a key file: 32 digits are the root itself, which makes any station. Raises CannotSend."""
    try:
        raw = bytes.fromhex(text.strip())
    except ValueError:
        raw = b""
    if len(raw) == KEY_BYTES:
        return Card.of_root(raw, net, station)
    if len(raw) not in (CARD_BYTES, CARD_BYTES + KEY_BYTES) or raw[0] != CARD_FORM or raw[1] != net:
        raise CannotSend("This is no key of this net: 32 hexadecimal digits, or a card handed out by the centre.")
    cuts = [raw[at : at + KEY_BYTES] for at in range(52, len(raw), KEY_BYTES)]
    own, path, voices = cuts[0], tuple(cuts[1 : 1 + TREE_BITS]), b"".join(cuts[1 + TREE_BITS :])
    return Card(net, raw[2], raw[4:20], raw[20:52], own, path, voices)


def mark_of(root: bytes) -> str:
    """Eight digits by which people tell one root from another; nobody can reckon back."""
    return derive(root, "mark", b"", 4).hex()


@dataclass(frozen=True)
class Keyring:
    """The keys of one station: its card, and the epoch the net is in.

    out: stations that are no longer of the net. commanders: who may give alerts. before: the `out` of the epoch before.
    counts_from: the first counter this station may use, as its card says.
    """

    card: Card
    epoch: int = 1
    out: tuple[int, ...] = ()
    commanders: tuple[int, ...] = (0,)
    before: tuple[int, ...] = ()
    counts_from: int = 0

    @property
    def net(self) -> int:
        return self.card.net

    @property
    def _root_mark(self) -> str:
        """A new root begins anew in epoch 1, whatever was kept of the old one."""
        return self.card.public[:4].hex()

    @property
    def is_out(self) -> bool:
        """Put out of the net: it cannot reckon the key of this epoch."""
        return self.card.station in self.out and not self.card.tree

    # the wire

    def sealing(self, type_number: int, content: bytes) -> tuple[int, bytes]:
        """A commander's key for all that commanders say; else by what is said."""
        me = self.card.station
        if me in self.commanders:
            return self.epoch, self._shared("command", me, self.epoch, self.out)
        if type_number in COMMANDS:
            raise CannotSend("This station may not give alerts on this net; the centre must name it a commander.")
        if _is_answer(type_number, content):
            return self.epoch, self._shared("answer", me, self.epoch, self.out)
        voice = self.card.voice_of(me)
        if voice is None:
            raise CannotSend("This station's card holds no key of its own.")
        return self.epoch, derive(voice, "epoch", _number(self.epoch))

    def opening(self, type_number: int, source: int, content: bytes) -> Candidates:
        if type_number == _KEY:
            return self._announced(source, content)
        if source in self.out:
            raise BadFrame("revoked", f"Station {source} is no longer of the net.")
        if source in self.commanders:
            return self._near("command", source)
        if type_number in COMMANDS:
            raise BadFrame("command", f"Station {source} gives an alert, but commands nobody.")
        return self._near("answer", source) if _is_answer(type_number, content) else self._own(source)

    def series(self, type_number: int, source: int, content: bytes) -> int:
        """Answers count apart: a thief who wears out a station's answers must not silence its own voice.

        A change of keys is not counted: it does nothing twice, and must come through whoever wore out what.
        """
        if type_number == _KEY:
            return NO_SERIES
        return source + ANSWERS * (source not in self.commanders and _is_answer(type_number, content))

    def is_shared(self, series: int) -> bool:
        return series >= ANSWERS or series in self.commanders

    def _near(self, label: str, source: int) -> Candidates:
        """This epoch; the one before while the net changes; the next, if our notice of it was lost."""
        now: Candidates = ((self.epoch, self._shared(label, source, self.epoch, self.out)),)
        # a station just put out knows the keys of the epoch before: they are not believed any more
        if self.epoch > 1 and self.before == self.out:
            now += ((self.epoch - 1, self._shared(label, source, self.epoch - 1, self.out)),)
        return (*now, (self.epoch + 1, self._shared(label, source, self.epoch + 1, self.out)))

    def _own(self, source: int) -> Candidates:
        voice = self.card.voice_of(source)
        if voice is None or source == self.card.station:
            raise BadFrame("aside", f"Station {source} speaks to the centre.")
        epochs = [self.epoch, self.epoch + 1, *range(self.epoch - 1, max(0, self.epoch - EPOCHS_BEHIND), -1)]
        return tuple((epoch, derive(voice, "epoch", _number(epoch))) for epoch in epochs)

    def _announced(self, source: int, content: bytes) -> Candidates:
        """A change of keys is sealed with the new ones, which its own words let us reckon."""
        key = _key_in(content)
        if key is None or source not in {*self.commanders, *key.commanders} or self.card.station in key.out:
            raise BadFrame("command", f"Station {source} changes the keys, but may not.")
        self.turned(key)  # first the signature: many know the keys of a commander, one signs
        return ((key.epoch, self._shared("command", source, key.epoch, key.out)),)

    def _shared(self, label: str, source: int, epoch: int, out: tuple[int, ...]) -> bytes:
        return _shared(self.card, label, source, epoch, out)

    # changing the epoch

    def change(self, out: Iterable[int] = (), commanders: Iterable[int] | None = None) -> Key:
        """A signed change into the next epoch, putting `out` these stations too. Raises CannotSend."""
        if not self.card.signing:
            raise CannotSend("Only the centre, which holds the root of the net, can change its keys.")
        if self.epoch >= EPOCH_MAX:
            raise CannotSend("The last epoch of this root is reached; make a new root and hand out new cards.")
        all_out = tuple(sorted({*self.out, *out}))
        command = self.commanders if commanders is None else tuple(sorted(set(commanders)))
        if self.card.station in all_out or set(all_out) & set(command) or self.card.station not in command:
            raise CannotSend("The centre stays a commander of its net, and no commander is put out.")
        key = Key(self.epoch + 1, all_out, command)
        return replace(key, signature=_sign(self.card.signing, signed_words(self.net, key)).hex())

    def turned(self, key: Key) -> Keyring:
        """After a genuine change. An older one changes nothing. Raises BadFrame("key") for a wrong signature."""
        if not _is_signed(self.card.public, bytes.fromhex(key.signature), signed_words(self.net, key)):
            raise BadFrame("key", "A change of keys that the root of this net did not sign.")
        if key.epoch <= self.epoch:
            return self
        before = self.out if key.epoch == self.epoch + 1 else ()
        return replace(self, epoch=key.epoch, out=key.out, commanders=key.commanders, before=before)

    def state(self) -> dict[str, Any]:
        names = ("out", "commanders", "before")
        return {"of": self._root_mark, "epoch": self.epoch, **{name: list(getattr(self, name)) for name in names}}

    def at(self, state: Mapping[str, Any] | None) -> Keyring:
        if not state or state.get("of") != self._root_mark or state["epoch"] <= self.epoch:
            return self
        out, commanders, before = (tuple(state[name]) for name in ("out", "commanders", "before"))
        return replace(self, epoch=state["epoch"], out=out, commanders=commanders, before=before)


def signed_words(net: int, key: Key) -> bytes:
    """What the signature of a change is over: net, epoch, and the stations as 201 bits each, from station 0."""
    return b"POSKO KEY" + bytes((net,)) + key.epoch.to_bytes(2, "big") + _marks(key.commanders) + _marks(key.out)


def derive(key: bytes, label: str, about: bytes, length: int = KEY_BYTES) -> bytes:
    """A key from a key: BLAKE2s with `key`, the label as its personalisation (8 bytes, zeros behind), over `about`."""
    return blake2s(about, key=key, digest_size=length, person=label.encode().ljust(8, b"\0")).digest()


def public_of(signing: bytes) -> bytes:
    """The half of the signing key that cards carry."""
    return _signer(signing).public_key().public_bytes_raw()


@lru_cache(maxsize=2048)
def _shared(card: Card, label: str, source: int, epoch: int, out: tuple[int, ...]) -> bytes:
    """Of all stations but those put out: each of these lacks just its own leaf."""
    leaves = [card.leaf(station) for station in sorted(out)]
    if None in leaves:
        raise BadFrame("revoked", "This station was put out of the net; it needs a new card.")
    in_epoch = derive(card.base, "epoch", _number(epoch) + b"".join(leaf for leaf in leaves if leaf))
    return derive(in_epoch, label, bytes((source,)))


def _is_answer(type_number: int, content: bytes) -> bool:
    """An answer of a device, which all may check and pass on; what a person says is the station's own."""
    return type_number == _ACK and bool(content) and content[0] >> 6 <= Level.HEARD


def _key_in(content: bytes) -> Key | None:
    try:
        key = decode(_KEY, content)
    except BadFrame:
        return None
    return key if isinstance(key, Key) and key.epoch else None


def key_of(digits: str) -> Key:
    """A change of keys as a card's file holds it. Raises BadFrame."""
    key = _key_in(bytes.fromhex(digits)) if re.fullmatch("([0-9a-f]{2})+", digits) else None
    if key is None:
        raise BadFrame("key", "It means nothing.")
    return key


def _number(epoch: int) -> bytes:
    return epoch.to_bytes(4, "big")


def _marks(stations: Iterable[int]) -> bytes:
    return sum(1 << 207 - station for station in set(stations)).to_bytes(26, "big")


def _voice(voices: bytes, station: int) -> bytes:
    return derive(voices, "voice", bytes((station,)))


def _descend(node: bytes, station: int, bits: int) -> bytes:
    """From a node `bits` above the leaves down to this station's leaf."""
    for shift in reversed(range(bits)):
        node = derive(node, "right" if station >> shift & 1 else "left", b"")
    return node


def _path(tree: bytes, station: int) -> Iterable[bytes]:
    """The nodes beside the way to a station's leaf, from the top: all leaves but its own follow from them."""
    for shift in reversed(range(TREE_BITS)):
        beside = station >> shift ^ 1
        yield _descend(tree, beside, TREE_BITS - shift)


def _signer(signing: bytes) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # only where keys change

    return Ed25519PrivateKey.from_private_bytes(signing)


def _sign(signing: bytes, words: bytes) -> bytes:
    return bytes(_signer(signing).sign(words))


def _is_signed(public: bytes, signature: bytes, words: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, words)
    except (InvalidSignature, ValueError):
        return False
    return True
