"""Distinct names in memory, and who bears one like what was said: by letters in threes, then letter by letter. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from rapidfuzz.distance import Indel

from gis.spelling import skeleton
from gis.windows import LONGEST_NAME, Window

NEAR_NAMES = 80  # names compared letter by letter, for each window of words
SHORTEST_BEGINNING = 3
LEAST_ALIKE = 0.70
LEAST_DICE = 0.34
SQUEEZED = 0.94  # how alike a name is whose vowels were left out: "lwg" for Lawang
TRIES = 37  # letters, digits, and the mark of a name's ends
BLOCK = 2000  # names taken up at a time
MOST_NAMES = 1 << 24
Bytes = np.ndarray[Any, Any]
Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """Distinct names, sorted, and who bears them: candidates by letters in threes, then by their letters."""

    plain: Bytes
    sound: Bytes
    sizes: Numbers
    starts: Numbers
    posted: Numbers
    bearer_starts: Numbers
    bearers: Numbers

    @classmethod
    def of(cls, written: Bytes) -> "Names":
        """Index names, glued together, in the order of their bearers."""
        plain, which = np.unique(written, return_inverse=True)
        sound = np.concatenate([as_bytes([]), *(as_bytes(map(skeleton, _words(one))) for one in _blocks(plain))])
        starts, posted, sizes = _posted(sound)
        bearer_starts = np.zeros(len(plain) + 1, dtype=np.int32)
        np.cumsum(np.bincount(which, minlength=len(plain)), out=bearer_starts[1:])
        return cls(
            plain, sound, sizes, starts, posted, bearer_starts, np.argsort(which, kind="stable").astype(np.int32)
        )

    def like(self, window: Window) -> tuple[Numbers, Numbers]:
        """Who bears a name like the window's, or one that begins as it does, and how alike it is (0 to 1)."""
        names, alike = self._alike(window.word, window.is_squeezed)
        begun = window.begun
        if len(begun) >= SHORTEST_BEGINNING:
            more, how = self._begun(begun)
            names, alike = np.concatenate([names, more]), np.concatenate([alike, how])
        return self._bearers(names, alike)

    def _alike(self, word: str, is_squeezed: bool) -> tuple[Numbers, Numbers]:
        near = self._near(skeleton(word))
        written, heard = word.encode(), skeleton(word).encode()
        alike = np.array([_likeness(written, heard, self.plain[one], self.sound[one]) for one in near.tolist()])
        if is_squeezed:
            in_full = [_is_squeezed_from(written, self.plain[one]) for one in near.tolist()]
            alike = np.where(in_full, np.maximum(alike, SQUEEZED), alike)
        good = alike >= LEAST_ALIKE if len(near) else np.zeros(0, dtype=bool)
        return near[good], alike[good]

    def _near(self, heard: str) -> Numbers:
        """The names that share most threes with what was heard."""
        keys = _threes(np.array([heard.encode()[:LONGEST_NAME]], dtype=f"S{LONGEST_NAME}"))[0]
        lists = [self.posted[self.starts[key] : self.starts[key + 1]] for key in keys.tolist()]
        if not lists or not len(self.plain):
            return np.zeros(0, dtype=np.int64)
        shared = np.bincount(np.concatenate(lists), minlength=len(self.plain))
        dice = 2 * shared / (self.sizes + len(keys))
        near = np.flatnonzero(dice >= LEAST_DICE)
        if len(near) > NEAR_NAMES:
            near = near[np.argpartition(dice[near], -NEAR_NAMES)[-NEAR_NAMES:]]
        return near

    def _begun(self, word: str) -> tuple[Numbers, Numbers]:
        """Names that begin with the word: someone is still typing."""
        begin = np.searchsorted(self.plain, word.encode())
        end = np.searchsorted(self.plain, word.encode() + b"~")
        names = np.arange(begin, end)
        return names, 0.8 + 0.2 * len(word) / np.char.str_len(self.plain[begin:end])

    def _bearers(self, names: Numbers, alike: Numbers) -> tuple[Numbers, Numbers]:
        """Every bearer once, in order, with the best likeness of its names."""
        first = self.bearer_starts[names]
        counts = self.bearer_starts[names + 1] - first
        ends = np.cumsum(counts)
        spots = np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - (ends - counts), counts)
        everyone, each = self.bearers[spots], np.repeat(alike, counts)
        order = np.lexsort((-each, everyone))
        bearers, firsts = np.unique(everyone[order], return_index=True)
        return bearers, each[order][firsts]


def as_bytes(words: Iterable[str]) -> Bytes:
    return np.array([one[:LONGEST_NAME].encode("ascii", "ignore") for one in words], dtype=f"S{LONGEST_NAME}")


def _words(names: Bytes) -> list[str]:
    return [one.decode() for one in names.tolist()]


def _blocks(names: Bytes) -> Iterator[Bytes]:
    """A few at a time: what is made of all of them at once would stay in the process's memory."""
    for begin in range(0, len(names), BLOCK):
        yield names[begin : begin + BLOCK]


def _likeness(written: bytes, heard: bytes, plain: bytes, sound: bytes) -> float:
    """The better of letters and sounds; sounds alone never make it perfect."""
    return max(Indel.normalized_similarity(written, plain), Indel.normalized_similarity(heard, sound) - 0.03)


def _is_squeezed_from(written: bytes, plain: bytes) -> bool:
    """Whether letters were only left out, neither the first nor the last: `tlgwaru` of `telagawaru`."""
    if written[:1] != plain[:1] or written[-1:] != plain[-1:] or len(plain) > 2 * len(written):
        return False
    rest = iter(plain)
    return all(letter in rest for letter in written)


def _digits(words: Bytes) -> Numbers:
    """Letters as numbers below 37, with a mark before and after each word; -1 beyond its end."""
    width = words.dtype.itemsize
    raw = words.view(np.uint8).reshape(len(words), width).astype(np.int32)
    letters = np.where(raw >= 97, raw - 96, np.where(raw >= 48, raw - 48 + 27, -1))
    marked = np.full((len(words), width + 2), -1, dtype=np.int32)
    marked[:, 0] = 0
    marked[:, 1:-1] = letters
    sizes = np.char.str_len(words)
    marked[np.arange(len(words)), sizes + 1] = 0
    return marked


def _keys(words: Bytes) -> Numbers:
    marked = _digits(words)
    first, second, third = marked[:, :-2], marked[:, 1:-1], marked[:, 2:]
    keys = (first * TRIES + second) * TRIES + third
    return np.where((first < 0) | (second < 0) | (third < 0), -1, keys)


def _threes(words: Bytes) -> list[Numbers]:
    """The distinct letters in threes of each word, as numbers."""
    return [np.unique(row[row >= 0]) for row in _keys(words)]


def _posted(words: Bytes) -> tuple[Numbers, Numbers, Numbers]:
    """For every three letters the words that have them; and how many threes each word has."""
    found = [_pairs(block, number * BLOCK) for number, block in enumerate(_blocks(words))]
    pairs = np.concatenate([np.zeros(0, dtype=np.int64), *found])
    pairs.sort()
    key, word = pairs // MOST_NAMES, (pairs % MOST_NAMES).astype(np.int32)
    starts = np.searchsorted(key, np.arange(TRIES**3 + 1)).astype(np.int32)
    return starts, word, np.bincount(word, minlength=len(words)).astype(np.int32)


def _pairs(words: Bytes, first: int) -> Numbers:
    """Each three letters with the number of a word that has them, in one number."""
    keys = _keys(words)
    rows, _ = np.nonzero(keys >= 0)
    return np.unique(keys[keys >= 0].astype(np.int64) * MOST_NAMES + rows + first)
