"""All of Indonesia's places in memory, as arrays: names, codes, points, and what lies in what. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from gis.codes import full_name
from gis.coordinates import Position, distance_m
from gis.names import BLOCK, Bytes, Names, Numbers, as_bytes
from gis.spelling import glued


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
    mark_names: Names = field(default_factory=lambda: Names.of(as_bytes([])))
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
            self,
            marks=tuple(marks),
            mark_names=Names.of(as_bytes(glued(one.folded) for one in marks)),
            mark_chain=chain,
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
            written=as_bytes(glued(one.folded) for one in places),
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
