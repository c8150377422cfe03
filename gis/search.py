"""Finds the places people mean among all of Indonesia's villages, and the patokan of this site. Pure.

Names are compared glued together and as they sound, in two steps: letters in threes say which names come into
question, then every candidate is compared letter by letter. A village is scored with what else was said: the district,
the regency, the rest. The weights were set on tests/gis/queries_tuning.tsv alone; `posko gis score` measures them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from rapidfuzz.distance import Indel

from gis.codes import full_name
from gis.coordinates import Position, distance_m
from gis.spelling import (
    DISTRICT,
    HAMLET,
    PROVINCE,
    REGENCY,
    VILLAGE,
    Asked,
    Word,
    fold_name,
    glued,
    is_squeezed,
    read,
    skeleton,
)

MOST_FOUND = 10
LONGEST_WINDOW = 5  # words; "Lenek Ramban Biak" has three, "Rabangodu" may be written as two
LONGEST_NAME = 44
NEAR_NAMES = 80  # names compared letter by letter, for each window of words
MOST_REFINED = 240  # candidates whose words are shared out exactly
SHORTEST_BEGINNING = 3
LEAST_ALIKE = 0.70
LEAST_DICE = 0.34
SQUEEZED = 0.94  # how alike a name is whose vowels were left out: "lwg" for Lawang

NAME_WEIGHT = 0.62  # how much the name itself counts; the rest is how much of what was said it explains
IN_SITE, IN_PROVINCE = 0.11, 0.02
ROLE_FITS, ROLE_CLASHES = 0.05, 0.22
HAMLET_CLASHES = 0.06
TOP = 1.19  # the best a score can be: everything fits, in the site
EQUAL_WITHIN = 0.02
LEAST_SCORE = 0.45

LEVELS = {1: PROVINCE, 2: REGENCY, 3: DISTRICT, 4: VILLAGE}
LEVEL_BONUS = {1: -0.03, 2: -0.02, 3: 0.0, 4: 0.01, 5: 0.02}
TRIES = 37  # letters, digits, and the mark of a name's ends
BLOCK = 2000  # places taken up at a time
MOST_NAMES = 1 << 24
Bytes = np.ndarray[Any, Any]
Numbers = np.ndarray[Any, Any]


class Place(NamedTuple):
    """A place to be found: `parent` is the number of the place it lies in (-1: none), `kind` as in an answer."""

    level: int
    code: str
    name: str
    folded: str
    lon: float | None
    lat: float | None
    radius_m: float
    parent: int


class Mark(NamedTuple):
    """A patokan or facility: `code` is that of the village, district or regency it lies in, or ""."""

    kind: str
    name: str
    folded: str
    code: str
    lon: float
    lat: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Found:
    """One answer: `full` names it with district and regency, `how` says by what it was found.

    lon and lat are WGS 84 degrees, None where no point is known; `radius_m` is the doubt of that point in metres.
    `said` keeps the words that are part of the place and no name: "RT 02/RW 01". `doubt` is of a position, see
    `gis.readings`.
    """

    name: str
    full: str
    code: str
    lon: float | None
    lat: float | None
    radius_m: float | None
    how: str
    kind: str
    score: float
    said: str = ""
    doubt: str = ""


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
        sound = np.concatenate([_bytes([]), *(_bytes(map(skeleton, _words(one))) for one in _blocks(plain))])
        starts, posted, sizes = _posted(sound)
        bearer_starts = np.zeros(len(plain) + 1, dtype=np.int32)
        np.cumsum(np.bincount(which, minlength=len(plain)), out=bearer_starts[1:])
        return cls(
            plain, sound, sizes, starts, posted, bearer_starts, np.argsort(which, kind="stable").astype(np.int32)
        )

    def like(self, window: "Window") -> tuple[Numbers, Numbers]:
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


def _bytes(words: Iterable[str]) -> Bytes:
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


@dataclass(frozen=True, slots=True)
class Index:
    """All places in memory: parents before children, so that every level is one run of numbers."""

    names: Names
    levels: Numbers
    codes: Bytes
    words: bytes
    word_starts: Numbers
    lon: Numbers
    lat: Numbers
    radius: Numbers
    chain: Numbers  # for each place the numbers of its district, regency and province, or -1
    parents: int  # how many places are above the villages: they are numbered first
    marks: tuple[Mark, ...] = ()
    mark_names: Names = field(default_factory=lambda: Names.of(_bytes([])))
    mark_chain: Numbers = field(default_factory=lambda: np.zeros((0, 4), dtype=np.int32))

    @classmethod
    def of(cls, places: Iterable[Place]) -> "Index":
        """Index places; each stands after the place it lies in, province first, village last."""
        return build(gather(places))

    @property
    def size(self) -> int:
        return len(self.codes)

    def name(self, number: int) -> str:
        return self.words[self.word_starts[number] : self.word_starts[number + 1]].decode()

    def code(self, number: int) -> str:
        return bytes(self.codes[number]).decode()

    def number(self, code: str) -> int:
        """The number of the place with the code, or -1."""
        level = {2: 1, 5: 2, 8: 3, 13: 4}.get(len(code), 0)
        first, last = np.searchsorted(self.levels, [level, level + 1])
        at = int(first + np.searchsorted(self.codes[first:last], code.encode()))
        return at if at < last and self.codes[at] == code.encode() else -1

    def point(self, number: int) -> tuple[float | None, float | None]:
        lon, lat = float(self.lon[number]), float(self.lat[number])
        return (None, None) if lon != lon else (round(lon, 5), round(lat, 5))

    def middle(self, code: str) -> Position | None:
        """A point of the place with the code; None without one."""
        number = self.number(code)
        lon, lat = self.point(number) if number >= 0 else (None, None)
        return None if lon is None or lat is None else Position(lon, lat)

    def with_marks(self, marks: Sequence[Mark]) -> "Index":
        """The same places with these patokan and facilities."""
        lines = [self._chain_of(one) for one in marks]
        chain = np.array(lines, dtype=np.int32).reshape(len(marks), 4)
        return replace(
            self, marks=tuple(marks), mark_names=Names.of(_bytes(glued(one.folded) for one in marks)), mark_chain=chain
        )

    def _chain_of(self, mark: Mark) -> list[int]:
        """Village, district, regency and province of a mark; the nearest village where it names none."""
        at = self.number(mark.code) if mark.code else -1
        at = at if at >= 0 else self.nearest(mark.lon, mark.lat)[0]
        if at < 0:
            return [-1, -1, -1, -1]
        above = [int(one) for one in self.chain[at]]
        return [at if self.levels[at] == 4 else -1, *above]

    def nearest(self, lon: float, lat: float) -> tuple[int, float]:
        """The village whose published point is nearest, and how far it is in metres; (-1, 0) without any."""
        first = self.parents
        if first == self.size:
            return -1, 0.0
        wide = np.cos(np.radians(lat))
        away = ((self.lon[first:] - lon) * wide) ** 2 + (self.lat[first:] - lat) ** 2
        if np.isnan(away).all():
            return -1, 0.0
        at = first + int(np.nanargmin(away))
        return at, distance_m(Position(lon, lat), Position(float(self.lon[at]), float(self.lat[at])))

    def full(self, number: int) -> str:
        """`Desa Labuhan Lombok, Kec. Pringgabaya, Kab. Lombok Timur`."""
        above = {self.code(one): self.name(one) for one in self.chain[number].tolist() if one >= 0}
        return full_name(self.code(number), self.name(number), above)


class Block(NamedTuple):
    """Some places as arrays, so that 90,000 of them never stand in memory as objects."""

    written: Bytes
    levels: Numbers
    codes: Bytes
    words: bytes
    lengths: Numbers
    degrees: Numbers
    parents: Numbers

    @classmethod
    def of(cls, places: Sequence[Place]) -> "Block":
        words = [one.name.encode() for one in places]
        return cls(
            written=_bytes(glued(one.folded) for one in places),
            levels=np.array([one.level for one in places], dtype=np.uint8),
            codes=np.array([one.code.encode() for one in places], dtype="S13"),
            words=b"".join(words),
            lengths=np.array([len(one) for one in words], dtype=np.int32),
            degrees=np.array([(one.lon, one.lat, one.radius_m) for one in places], dtype=np.float32).reshape(-1, 3),
            parents=np.array([one.parent for one in places], dtype=np.int32),
        )


def build(gathered: Block) -> Index:
    """The index of what was gathered: half a second of work for all of Indonesia, and no I/O."""
    return Index(
        names=Names.of(gathered.written),
        levels=gathered.levels,
        codes=gathered.codes,
        words=gathered.words,
        word_starts=np.cumsum(np.concatenate([[0], gathered.lengths]), dtype=np.int32),
        lon=gathered.degrees[:, 0].copy(),
        lat=gathered.degrees[:, 1].copy(),
        radius=gathered.degrees[:, 2].copy(),
        chain=_chain(gathered.levels, gathered.parents),
        parents=int(np.count_nonzero(gathered.levels < 4)),
    )


def gather(places: Iterable[Place]) -> Block:
    """All places as arrays."""
    rest = iter(places)
    blocks = [Block.of([])]
    while chunk := list(islice(rest, BLOCK)):
        blocks.append(Block.of(chunk))
    parts: list[Any] = [_joined(one) for one in zip(*blocks, strict=True)]
    return Block(*parts)


def _joined(parts: Sequence[Any]) -> Any:
    return b"".join(parts) if isinstance(parts[0], bytes) else np.concatenate(parts)


def _chain(levels: Numbers, parents: Numbers) -> Numbers:
    """The number of the district, regency and province above each place, -1 where there is none."""
    chain = np.full((len(levels), 3), -1, dtype=np.int32)
    for level in (2, 3, 4):
        mine = np.flatnonzero((levels == level) & (parents >= 0))
        chain[mine] = chain[parents[mine]]
        chain[mine, 3 - levels[parents[mine]].astype(np.int32)] = parents[mine]
    return chain


# ---- the windows of a query, and what each may name


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring words taken as one name: `bits` marks them, `share` is their part of all that was said.

    `begun` is what the last words may be the beginning of, as they were typed; "" for other words. `is_squeezed`: one
    of the words has no vowel.
    """

    word: str
    bits: int
    role: str
    share: float
    begun: str
    is_squeezed: bool = False


def windows(asked: Asked) -> list[Window]:
    """Every run of neighbouring words that may be a name; none crosses a comma or a role word."""
    total = sum(one.weight for one in asked.words)
    return [_window(asked.words, begin, end, total) for begin, end in _runs(asked.words)]


def _runs(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    for begin in range(len(words)):
        for end in range(begin + 1, min(len(words), begin + LONGEST_WINDOW) + 1):
            if end > begin + 1 and (words[end - 1].after_break or words[end - 1].role):
                break
            yield begin, end


def _window(words: Sequence[Word], begin: int, end: int, total: float) -> Window:
    chosen = words[begin:end]
    share = sum(one.weight for one in chosen) / total
    word = "".join(one.text for one in chosen)[:LONGEST_NAME]
    begun = "".join([*(one.text for one in chosen[:-1]), chosen[-1].typed]) if end == len(words) else ""
    squeezed = any(is_squeezed(one) for one in chosen)
    return Window(word, (1 << end) - (1 << begin), chosen[0].role, share, begun[:LONGEST_NAME], squeezed)


@dataclass(frozen=True, slots=True)
class Heard:
    """A window and, in order, the places its words may name, with how alike each is."""

    window: Window
    places: Numbers
    alike: Numbers

    def gain(self, place: int) -> float:
        """How much of the query is explained if the words mean this place."""
        at = int(np.searchsorted(self.places, place))
        fits = at < len(self.places) and self.places[at] == place
        return float(self.alike[at]) * self.window.share if fits else 0.0


class Scored(NamedTuple):
    """A candidate with its score; `mark` is the number of a patokan, or -1; `window` is what named it."""

    score: float
    place: int
    mark: int
    window: Window


Gains = list[tuple[int, float]]  # the bits of words that name a place, and how much of the query they explain


class Context:
    """What else was said: for every place above the villages, by which words it was named."""

    def __init__(self, index: Index, heard: Sequence[Heard]):
        self.index, self.heard = index, heard
        self.gains = np.zeros((len(heard), index.parents + 1), dtype=np.float32)  # the last column: no such place
        for row, one in enumerate(heard):
            above = one.places < index.parents
            numbers = one.places[above]
            self.gains[row, numbers] = (
                one.alike[above] * one.window.share * _role_share(one.window, index.levels[numbers])
            )
        self._kept: dict[int, Gains] = {}

    def at_most(self, row: int) -> Numbers:
        """What each place above could add when the words of this row name something else."""
        bits = self.heard[row].window.bits
        free = [other for other, one in enumerate(self.heard) if not one.window.bits & bits]
        return self.gains[free].max(axis=0) if free else np.zeros(self.gains.shape[1], dtype=np.float32)

    def of(self, place: int) -> Gains:
        """The words that name the place."""
        if place not in self._kept:
            self._kept[place] = self._looked_up(place)
        return self._kept[place]

    def _looked_up(self, place: int) -> Gains:
        if place < 0:
            return []
        if place < self.index.parents:
            rows = np.flatnonzero(self.gains[:, place]).tolist()
            return [(self.heard[row].window.bits, float(self.gains[row, place])) for row in rows]
        every = [(one.window.bits, one.gain(place)) for one in self.heard]
        return [one for one in every if one[1] > 0]


def _role_share(window: Window, levels: Numbers) -> Numbers:
    """Words after "kec." count in full for a district, half for anything else."""
    wanted = _LEVEL_OF.get(window.role, 0)
    return np.where(levels == wanted, 1.0, 0.5) if wanted else np.ones(len(levels))


_LEVEL_OF = {role: level for level, role in LEVELS.items()}


def _explained(bits: int, chain: Sequence[Gains]) -> float:
    """The most that the places above can explain with words not yet used: no word speaks for two."""
    if not chain:
        return 0.0
    best = _explained(bits, chain[1:])
    for words, gain in chain[0]:
        if not words & bits:
            best = max(best, gain + _explained(bits | words, chain[1:]))
    return best


def find(index: Index, words: str, site_code: str = "", near: Position | None = None) -> list[Found]:
    """The places the words may mean, best first, those of the site before the same elsewhere; at most MOST_FOUND.

    `site_code` is the Kemendagri code of the site ("" for none); `near` breaks ties by distance. Words never raise.
    """
    asked = read(words)
    heard = [Heard(one, *index.names.like(one)) for one in windows(asked)]
    context = Context(index, heard)
    scored = _areas(context, site_code) + _marks(context, site_code)
    scored.sort(key=lambda one: (-round(one.score, 3), _away(index, one, near), one.place, one.mark))
    return [_told(index, one, asked) for one in scored[:MOST_FOUND] if one.score >= LEAST_SCORE]


def is_equal(found: Sequence[Found]) -> bool:
    """Whether the first answer is no better than the second: then somebody must choose."""
    return len(found) > 1 and found[0].score - found[1].score < EQUAL_WITHIN


def _areas(context: Context, site_code: str) -> list[Scored]:
    """Villages, districts, regencies and provinces: a quick upper bound for all, the exact score for the best."""
    if not context.heard:
        return []
    rows = np.repeat(np.arange(len(context.heard)), [len(one.places) for one in context.heard])
    places = np.concatenate([one.places for one in context.heard])
    bounds = [_bounds(context, row, site_code) for row in range(len(context.heard))]
    fixed, others = (np.concatenate(each) for each in zip(*bounds, strict=True))
    order = np.argsort(-(fixed + others), kind="stable")[:MOST_REFINED]
    best: dict[int, Scored] = {}
    for row, place, sure in zip(rows[order].tolist(), places[order].tolist(), fixed[order].tolist(), strict=True):
        one = Scored(sure + _more(context, row, place), place, -1, context.heard[row].window)
        if place not in best or one.score > best[place].score:
            best[place] = one
    return list(best.values())


def _bounds(context: Context, row: int, site_code: str) -> tuple[Numbers, Numbers]:
    """For each place of the row its score without what it explains, and what it explains at most."""
    one, index = context.heard[row], context.index
    explained = one.alike * one.window.share + context.at_most(row)[index.chain[one.places]].sum(axis=1)
    bonus = _BONUS[one.window.role][index.levels[one.places]] + _nearby(index.codes[one.places], site_code)
    return NAME_WEIGHT * one.alike + bonus, (1 - NAME_WEIGHT) * np.minimum(1.0, explained)


def _more(context: Context, row: int, place: int) -> float:
    """What the place explains together with those it lies in, no word speaking for two."""
    one = context.heard[row]
    chain = [context.of(above) for above in context.index.chain[place].tolist()]
    return (1 - NAME_WEIGHT) * min(1.0, one.gain(place) + _explained(one.window.bits, chain))


def _bonus(role: str, level: int) -> float:
    bonus = LEVEL_BONUS.get(level, 0.0)
    if role == HAMLET:
        return bonus - HAMLET_CLASHES
    return bonus + (0.0 if not role else ROLE_FITS if LEVELS.get(level) == role else -ROLE_CLASHES)


_BONUS = {role: np.array([_bonus(role, level) for level in range(6)]) for role in ("", HAMLET, *LEVELS.values())}


def _nearby(codes: Bytes, site_code: str) -> Numbers:
    """The advance of what lies in the site, or at least in its province."""
    if not site_code:
        return np.zeros(len(codes))
    inside = np.char.startswith(codes, site_code.encode())
    same = np.char.startswith(codes, site_code[:2].encode())
    return np.where(inside, IN_SITE, np.where(same, IN_PROVINCE, 0.0))


def _marks(context: Context, site_code: str) -> list[Scored]:
    """Patokan and facilities, scored like villages with the village, district and regency they lie in."""
    index = context.index
    if not index.marks:
        return []
    best: dict[int, Scored] = {}
    for one in context.heard:
        window = one.window
        for mark, alike in zip(*(found.tolist() for found in index.mark_names.like(window)), strict=True):
            score = _mark_score(context, window, mark, alike, site_code)
            if mark not in best or score > best[mark].score:
                best[mark] = Scored(score, -1, mark, window)
    return list(best.values())


def _mark_score(context: Context, window: Window, mark: int, alike: float, site_code: str) -> float:
    index = context.index
    numbers = index.mark_chain[mark].tolist()
    explained = alike * window.share + _explained(window.bits, [context.of(one) for one in numbers])
    within = next((one for one in numbers if one >= 0), -1)
    near = float(_nearby(index.codes[[within]], site_code)[0]) if within >= 0 else 0.0
    return NAME_WEIGHT * alike + (1 - NAME_WEIGHT) * min(1.0, explained) + LEVEL_BONUS[5] + near


# ---- answers


def _away(index: Index, one: Scored, near: Position | None) -> float:
    """How far in metres; 0 when nobody said from where."""
    lon, lat = _point(index, one)
    return 0.0 if near is None or lon is None or lat is None else distance_m(near, Position(lon, lat))


def _point(index: Index, one: Scored) -> tuple[float | None, float | None]:
    if one.mark >= 0:
        return index.marks[one.mark].lon, index.marks[one.mark].lat
    return index.point(one.place)


def _told(index: Index, one: Scored, asked: Asked) -> Found:
    lon, lat = _point(index, one)
    score = round(max(0.0, min(1.0, one.score / TOP)), 3)
    known = _mark_words(index, one.mark) if one.mark >= 0 else _area_words(index, one.place)
    how = _how(one.window, known.pop("folded"))
    return Found(lon=lon, lat=lat, how=how, score=score, said=asked.neighbourhood, **known)


def _area_words(index: Index, place: int) -> dict[str, Any]:
    name = index.name(place)
    return {
        "name": name,
        "folded": fold_name(name),
        "full": index.full(place),
        "code": index.code(place),
        "radius_m": float(index.radius[place]),
        "kind": LEVELS[int(index.levels[place])],
    }


def _mark_words(index: Index, number: int) -> dict[str, Any]:
    mark = index.marks[number]
    within = next((one for one in index.mark_chain[number].tolist() if one >= 0), -1)
    return {
        "name": mark.name,
        "folded": mark.folded,
        "full": f"{mark.name}, {index.full(within)}" if within >= 0 else mark.name,
        "code": index.code(within) if within >= 0 else "",
        "radius_m": mark.radius_m,
        "kind": mark.kind,
    }


def _how(window: Window, folded: str) -> str:
    """By what it was found: its name, a beginning of it, or another spelling."""
    name = glued(folded)
    if name == window.word:
        return "name"
    begun = window.begun or window.word
    return "beginning" if name.startswith((begun, window.word)) else "spelling"
