"""Long texts on the air: taken apart into numbered parts and put together again, whole or named as incomplete. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2s
from typing import Any

from radio_bridge.errors import CannotSend
from radio_bridge.plain.vocabulary import written_out
from radio_bridge.radiogram import PARTS_MAX, Fragment, Text, texts

CHUNK_BYTES = 64
"""Of a part. Short frames survive where long ones do not, and an urgent alert never waits for more than one."""

TEXTS_OPEN = 16
"""Unfinished texts kept at once; one more drops the one that was silent longest, and says so."""

KEEP_S = 900.0
"""How long an unfinished text waits for its next part."""

DONE_KEPT = 64
"""Finished texts remembered, so that a late copy of a part does not begin one anew."""


@dataclass(frozen=True)
class Incomplete:
    """A text of which not all parts came. Told to a person; what there is of it is never shown as the whole."""

    source: int
    number: int
    have: tuple[int, ...]
    parts: int


@dataclass(frozen=True)
class Taken:
    """What a part brought: the whole text when it was the last one missing; else what is still missing, if anything."""

    text: Text | None
    missing: tuple[int, ...]


def split(words: Text, readable: bool = False, chunk_bytes: int = CHUNK_BYTES) -> tuple[Fragment, ...]:
    """The parts of a text, `number` and all. readable: for channels where every frame must be plain words.

    Raises CannotSend for an empty text, for signs that cannot be sent, and with the number of bytes too many.
    """
    if not words.text:
        raise CannotSend("There is nothing to send; write the text.")
    coded, whole, chunks = _readable(words.text, chunk_bytes) if readable else _short(words.text, chunk_bytes)
    if len(chunks) > PARTS_MAX:
        over = sum(map(len, chunks[PARTS_MAX:]))
        raise CannotSend(
            f"The text is {over} bytes longer than {PARTS_MAX} parts carry. Shorten it or send it as two texts."
        )
    last, mark = len(chunks) - 1, mark_of(whole)
    return tuple(
        Fragment(words.number, part, last, mark, chunk, coded, words.ref, words.exercise)
        for part, chunk in enumerate(chunks)
    )


def mark_of(whole: bytes) -> int:
    """16 bits of a digest of all parts together."""
    return int.from_bytes(blake2s(whole, digest_size=2).digest(), "big")


def _short(text: str, chunk_bytes: int) -> tuple[bool, bytes, list[bytes]]:
    coded, whole = texts.coded_text(text)
    return coded, whole, [whole[at : at + chunk_bytes] for at in range(0, len(whole), chunk_bytes)]


def _readable(text: str, chunk_bytes: int) -> tuple[bool, bytes, list[bytes]]:
    """UTF-8, cut between characters; as long as it may be written out on a plain channel."""
    texts.check_sendable(text)  # the same signs are refused on every channel
    return False, text.encode(), [piece.encode() for piece in _pieces(text, chunk_bytes)]


def _pieces(text: str, chunk_bytes: int) -> Iterator[str]:
    piece = ""
    for sign in text:
        if len(written_out(piece + sign).encode()) > chunk_bytes:
            yield piece
            piece = ""
        piece += sign
    if piece:
        yield piece


Identity = tuple[int, int, int, int, bool, int | None, bool]
"""source, number, mark, last, coded, ref, exercise: parts that differ in any of these are of different texts."""


def _identity(source: int, part: Fragment) -> Identity:
    return source, part.number, part.mark, part.last, part.coded, part.ref, part.exercise


@dataclass
class _Open:
    """A text of which parts have come."""

    chunks: dict[int, bytes]
    touched: float


@dataclass
class Gathering:
    """All unfinished texts of one receiver: at most TEXTS_OPEN of PARTS_MAX parts, each for KEEP_S of silence."""

    _open: dict[Identity, _Open] = field(default_factory=dict)
    _done: list[Identity] = field(default_factory=list)
    _lost: list[Incomplete] = field(default_factory=list)

    def take(self, source: int, part: Fragment, now: float) -> Taken:
        """A genuine part came, in any order and any number of times."""
        identity = _identity(source, part)
        if identity in self._done:
            return Taken(None, ())
        if identity not in self._open:
            self._make_room(source)
        text = self._open.setdefault(identity, _Open({}, now))
        text.touched = now
        text.chunks.setdefault(part.part, part.chunk)
        missing = _missing(identity, text)
        return Taken(None, missing) if missing else self._finish(identity)

    def has(self, source: int, part: Fragment) -> bool:
        """Whether the text of this part is whole."""
        return _identity(source, part) in self._done

    def missing(self, source: int, number: int) -> dict[int, tuple[int, ...]]:
        """mark -> what the open texts of this number still lack."""
        return {one[2]: _missing(one, text) for one, text in self._open.items() if one[:2] == (source, number)}

    def overdue(self, now: float) -> list[Incomplete]:
        """Texts given up since the last call, each once: silent too long, pushed out, or not what their mark says."""
        for identity in [one for one, text in self._open.items() if now - text.touched >= KEEP_S]:
            self._give_up(identity)
        lost, self._lost = self._lost, []
        return lost

    def next_overdue(self) -> float | None:
        """When overdue() has something to tell at the latest."""
        if self._lost:
            return 0.0
        return min((text.touched + KEEP_S for text in self._open.values()), default=None)

    def _finish(self, identity: Identity) -> Taken:
        text = _whole(identity, self._open[identity])
        if text is None:
            self._give_up(identity)
            return Taken(None, ())
        del self._open[identity]
        self._done = [*self._done, identity][-DONE_KEPT:]
        return Taken(text, ())

    def _make_room(self, source: int) -> None:
        """One station with many texts pushes out its own, not those of others."""
        while len(self._open) >= TEXTS_OPEN:
            of_each = [one[0] for one in self._open]
            busiest = max(of_each, key=lambda one: (of_each.count(one), one == source))
            mine = [one for one in self._open if one[0] == busiest]
            self._give_up(min(mine, key=lambda one: self._open[one].touched))

    def _give_up(self, identity: Identity) -> None:
        text = self._open.pop(identity)
        lost = Incomplete(identity[0], identity[1], tuple(sorted(text.chunks)), identity[3] + 1)
        self._lost = [*self._lost, lost][-DONE_KEPT:]

    def move_clock(self, by_s: float) -> None:
        """After a restart on a clock that began anew."""
        for text in self._open.values():
            text.touched += by_s

    def state(self) -> dict[str, Any]:
        """JSON-able."""
        opened = [
            [list(identity), {str(part): chunk.hex() for part, chunk in text.chunks.items()}, text.touched]
            for identity, text in self._open.items()
        ]
        return {"open": opened, "done": [list(one) for one in self._done], "lost": [asdict(one) for one in self._lost]}

    @classmethod
    def restored(cls, saved: Mapping[str, Any] | None) -> Gathering:
        """As state() left it; an empty one for None."""
        if saved is None:
            return cls()
        opened = {
            _identity_of(identity): _Open({int(part): bytes.fromhex(chunk) for part, chunk in chunks.items()}, touched)
            for identity, chunks, touched in saved["open"]
        }
        lost = [Incomplete(**{**one, "have": tuple(one["have"])}) for one in saved["lost"]]
        return cls(opened, [_identity_of(one) for one in saved["done"]], lost)


def _identity_of(saved: Iterable[Any]) -> Identity:
    source, number, mark, last, coded, ref, exercise = saved
    return source, number, mark, last, coded, ref, exercise


def _missing(identity: Identity, text: _Open) -> tuple[int, ...]:
    return tuple(part for part in range(identity[3] + 1) if part not in text.chunks)


def _whole(identity: Identity, text: _Open) -> Text | None:
    """None when the parts together are not what the mark says, or mean nothing."""
    _, number, mark, last, coded, ref, exercise = identity
    whole = b"".join(text.chunks[part] for part in range(last + 1))
    try:
        words = texts.decoded_text(coded, whole)
    except ValueError:
        return None
    if mark_of(whole) != mark or texts.unsendable(words):
        return None
    return Text(words, ref, exercise, number)


@dataclass
class Sending:
    """The sender's side: which parts go out next. Pure bookkeeping; when they go is the link's matter."""

    parts: tuple[Fragment, ...]
    due: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, parts: Iterable[Fragment]) -> Sending:
        """All parts are due."""
        whole = tuple(parts)
        return cls(whole, [part.part for part in whole])

    def next(self) -> Fragment | None:
        """The next part to key, which is then no longer due; None when the addressee is to be waited for."""
        return self.parts[self.due.pop(0)] if self.due else None

    def lacks(self, parts: Iterable[int]) -> None:
        """The addressee said what is missing: only that goes out again."""
        self.due = sorted({part for part in parts if part < len(self.parts)})

    def ask(self) -> None:
        """Nothing was heard of it: the last part again makes the addressee say what it lacks."""
        self.due = self.due or [len(self.parts) - 1]

    def renumbered(self, number: int) -> Sending:
        """The same text under the number the link gave it."""
        return Sending(tuple(replace(part, number=number) for part in self.parts), list(self.due))
