"""Reads where a receiver went out of a GPX or KML file; hostile XML is refused while it is read, nothing is built.

GPX 1.0 and 1.1: tracks and routes. KML 2.2: LineString and Google's gx:Track. No document type is allowed, so no entity
and nothing outside; a file that is too deep, too long or of too many parts is left where that shows.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from gis.coordinates import BadPosition, Position, distance_m, position
from gis.spelling import straightened

MAX_BYTES = 5_000_000
MAX_POINTS = 100_000
MAX_DEPTH = 40
MAX_ELEMENTS = 600_000
CHUNK = 65_536
WHOLE_WORDS = ("name", "time", "when", "coordinates", "coord")
Line = list[Position]


class BadTrack(ValueError):
    """The file holds no track that can be used; the message is a sentence for who sent it."""


@dataclass(frozen=True, slots=True)
class Trail:
    """Where a receiver went: lines of at least two positions, when it began and ended where the file says so."""

    name: str
    lines: tuple[tuple[Position, ...], ...]
    began_at: dt.datetime | None
    ended_at: dt.datetime | None

    @property
    def points(self) -> int:
        return sum(len(line) for line in self.lines)

    @property
    def length_m(self) -> float:
        """Along the lines, not between them."""
        return sum(distance_m(a, b) for line in self.lines for a, b in zip(line, line[1:], strict=False))

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north of all positions, in degrees."""
        lons, lats = zip(*(where for line in self.lines for where in line), strict=True)
        return min(lons), min(lats), max(lons), max(lats)

    @property
    def wkt(self) -> str:
        lines = ", ".join(f"({', '.join(f'{where.lon!r} {where.lat!r}' for where in line)})" for line in self.lines)
        return f"MULTILINESTRING({lines})"


def read(content: bytes) -> Trail:
    """The track of a GPX or KML file; raises BadTrack."""
    _check_outside(content)
    seen = _Seen()
    parser = DefusedXMLParser(target=seen, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        for begin in range(0, len(content), CHUNK):
            parser.feed(content[begin : begin + CHUNK])
        parser.close()
    except DefusedXmlException:
        raise BadTrack("Berkas itu memuat DTD atau entitas; GPX dan KML tidak memerlukannya.") from None
    except BadPosition as fault:
        raise BadTrack(str(fault)) from None
    except (ParseError, ValueError, LookupError) as fault:
        raise fault if isinstance(fault, BadTrack) else BadTrack("Berkas itu bukan XML yang utuh.") from None
    return seen.trail()


def _check_outside(content: bytes) -> None:
    if not content.strip():
        raise BadTrack("Berkasnya kosong.")
    if len(content) > MAX_BYTES:
        raise BadTrack(f"Berkas paling besar {MAX_BYTES // 1_000_000} MB; pecah menjadi beberapa jejak.")
    if content.startswith(b"PK"):
        raise BadTrack("Itu berkas zip (KMZ); buka dahulu dan kirim KML di dalamnya.")


class _Seen:
    """What the parser met so far: it is told of every tag and keeps only lines, times and the first name."""

    def __init__(self) -> None:
        self.form = ""
        self.depth = self.elements = self.points = 0
        self.name = ""
        self.lines: list[Line] = []
        self.times: list[dt.datetime] = []
        self._words: list[str] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise BadTrack("Susunan berkas itu terlalu dalam atau terlalu banyak bagiannya.")
        name = _local(tag)
        if self.depth == 1:
            self._check_root(name)
        self._words = [] if name in WHOLE_WORDS else None
        if name in ("trkseg", "rte", "Track"):
            self.lines.append([])
        elif name in ("trkpt", "rtept") and self.form == "gpx":
            self._go_to(attributes.get("lon"), attributes.get("lat"))

    def _check_root(self, name: str) -> None:
        if name not in ("gpx", "kml"):
            raise BadTrack("Berkas itu bukan GPX dan bukan KML.")
        self.form = name

    def data(self, words: str) -> None:
        if self._words is not None:
            self._words.append(words)

    def end(self, tag: str) -> None:
        self.depth -= 1
        words, self._words = "".join(self._words or ()).strip(), None
        if words:
            self._keep(_local(tag), words)

    def _keep(self, name: str, words: str) -> None:
        if name == "name":
            self.name = self.name or " ".join(straightened(words).split())[:120]
        elif name in ("time", "when"):
            self._keep_time(words)
        elif self.form == "kml" and name == "coordinates":
            self._keep_coordinates(words)
        elif self.form == "kml" and name == "coord":
            self._go_to(*words.split()[:2])

    def _keep_time(self, words: str) -> None:
        """GPX times are UTC whether they say it or not; one that is none is left out."""
        try:
            at = dt.datetime.fromisoformat(words)
        except ValueError:
            return
        if 1970 < at.year < 2200:
            self.times.append(at.astimezone(dt.UTC) if at.tzinfo else at.replace(tzinfo=dt.UTC))

    def _keep_coordinates(self, words: str) -> None:
        """`lon,lat[,height]` with blanks between; a single one is a place, not a way."""
        positions = words.split()
        if len(positions) < 2:
            return
        self.lines.append([])
        for one in positions:
            self._go_to(*one.split(",")[:2])

    def _go_to(self, lon: Any = None, lat: Any = None) -> None:
        self.points += 1
        if self.points > MAX_POINTS:
            raise BadTrack(f"Lebih dari {MAX_POINTS} titik; pecah menjadi beberapa jejak.")
        if not self.lines:
            raise BadTrack("Ada titik di luar jejak; berkas itu tidak utuh.")
        self.lines[-1].append(_position(lon, lat))

    def close(self) -> None:
        """Nothing was built, so nothing is handed over."""

    def trail(self) -> Trail:
        """What was met, as a track; raises BadTrack when there is none in it."""
        lines = tuple(tuple(line) for line in self.lines if len(line) > 1)
        if not lines:
            raise BadTrack("Tidak ada jejak di dalamnya: perlu paling sedikit dua titik berurutan.")
        return Trail(self.name, lines, min(self.times, default=None), max(self.times, default=None))


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _position(lon: Any, lat: Any) -> Position:
    try:
        return position(float(lon), float(lat))
    except (TypeError, ValueError) as fault:
        if isinstance(fault, BadPosition):
            raise
        raise BadTrack("Ada titik tanpa bujur dan lintang yang dapat dibaca.") from None
