"""Finds the places people mean among all of Indonesia's villages, and the patokan of this site. Pure.

`gis.windows` says which words may be a name, `gis.names` which names are like them, `gis.places` who bears them. A
village is scored with what else was said: the district, the regency, the rest. The weights were set on
tests/gis/queries_tuning.tsv alone; `posko gis score` measures them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from gis.coordinates import Position, distance_m
from gis.names import Bytes, Numbers
from gis.places import Index
from gis.spelling import DISTRICT, HAMLET, PROVINCE, REGENCY, VILLAGE, Asked, fold_name, glued, read
from gis.windows import Window, windows

MOST_FOUND = 10
MOST_REFINED = 240  # candidates whose words are shared out exactly

NAME_WEIGHT = 0.62  # how much the name itself counts; the rest is how much of what was said it explains
IN_SITE, IN_PROVINCE = 0.11, 0.02
ROLE_FITS, ROLE_CLASHES = 0.05, 0.22
HAMLET_CLASHES = 0.06
TOP = 1.19  # the best a score can be: everything fits, in the site
EQUAL_WITHIN = 0.02
LEAST_SCORE = 0.45

LEVELS = {1: PROVINCE, 2: REGENCY, 3: DISTRICT, 4: VILLAGE}
LEVEL_BONUS = {1: -0.03, 2: -0.02, 3: 0.0, 4: 0.01, 5: 0.02}


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
