"""Boundaries as a map draws them: thinned to half a pixel of a zoom, written once, kept for the next screen."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, select

from gis.boundaries import WKB, Stamp, stamp_of
from gis.database import Database
from gis.models import Boundary

PIXEL_DEG = 360 / 256  # a pixel of a web map at zoom 0
FINEST, COARSEST = 16, 4
MOST_AREAS = 3000  # in one answer: a screen has no room for more
MOST_BYTES = 1_500_000  # of one answer; above it the shapes are thinned further
KEPT_BYTES = 12_000_000  # of written shapes in memory
MANY_AREAS, BROAD = 400, 11  # so many fill more than a screen at any nearer zoom
CHUNK = 200
Box = Mapping[str, float]  # west, south, east, north in degrees


class Drawings:
    """The written shapes of one post, by level and zoom; forgotten when boundaries were imported."""

    def __init__(self, database: Database, run_apart: Callable[[Callable[[], Any]], Any] | None = None):
        """`run_apart` runs a function off the event loop: thinning many shapes takes a while."""
        self._database = database
        self._run_apart = run_apart or (lambda work: work())
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._kept: OrderedDict[tuple[int, int], dict[str, bytes]] = OrderedDict()

    def tag(self, *asked: Any) -> str:
        """What an answer to this question is known by: another as soon as boundaries were imported."""
        with self._database.read() as conn:
            return hashlib.sha256(repr((stamp_of(conn), asked)).encode()).hexdigest()[:24]

    def collection(self, level: int, zoom: int, box: Box | None = None) -> bytes:
        """A GeoJSON FeatureCollection of the areas of a level in a box, thinned for a zoom.

        With more than MOST_AREAS it is empty and `capped` is true: the map asks nearer or for a higher level.
        """
        with self._lock, self._database.read() as conn:
            codes = _codes(conn, self._database, level, box)
            self._forget_if_changed(stamp_of(conn))
            if len(codes) > MOST_AREAS:
                return _written([], True, zoom)
            finest = FINEST if len(codes) <= MANY_AREAS else BROAD
            return self._as_fine_as_fits(conn, level, min(max(zoom, COARSEST), finest), codes)

    def _as_fine_as_fits(self, conn: Connection, level: int, zoom: int, codes: list[str]) -> bytes:
        while True:
            features = self._features(conn, level, zoom, codes)
            if features is not None:
                return _written(features, False, zoom)
            if zoom == COARSEST:
                return _written([], True, zoom)
            zoom -= 1

    def _forget_if_changed(self, stamp: Stamp) -> None:
        if stamp != self._stamp:
            self._kept.clear()
            self._stamp = stamp

    def _features(self, conn: Connection, level: int, zoom: int, codes: list[str]) -> list[bytes] | None:
        """The written features in the order of their codes; None as soon as they are seen to be too large."""
        known, size = self._kept.setdefault((level, zoom), {}), 0
        self._kept.move_to_end((level, zoom))
        for start in range(0, len(codes), CHUNK):
            part = codes[start : start + CHUNK]
            if missing := [code for code in part if code not in known]:
                known |= self._run_apart(partial(_drawn, _rows(conn, missing), zoom))
            size += sum(len(known[code]) for code in part)
            if size > MOST_BYTES:
                break
        features = [known[code] for code in codes] if size <= MOST_BYTES else None
        self._make_room()
        return features

    def _make_room(self) -> None:
        """Forget the zooms nobody asked for in a while, in the end also the one just answered."""
        while sum(len(one) for known in self._kept.values() for one in known.values()) > KEPT_BYTES:
            self._kept.popitem(last=False)


def _codes(conn: Connection, database: Database, level: int, box: Box | None) -> list[str]:
    wanted = select(Boundary.code).where(Boundary.level == level)
    if box is not None:
        wanted = wanted.where(database.near("boundary", "outline").bindparams(**box))
    return list(conn.scalars(wanted.order_by(Boundary.code).limit(MOST_AREAS + 1)))


def _rows(conn: Connection, codes: Sequence[str]) -> Sequence[Any]:
    columns = (Boundary.code, Boundary.level, Boundary.name, Boundary.source, WKB.label("wkb"))
    return conn.execute(select(*columns).where(Boundary.code.in_(codes))).all()


def _drawn(rows: Sequence[Any], zoom: int) -> dict[str, bytes]:
    return {row.code: _feature(row, zoom) for row in rows}


def _feature(row: Any, zoom: int) -> bytes:
    shape = thinned(shapely.from_wkb(bytes(row.wkb)), zoom)
    properties = {"code": row.code, "level": row.level, "name": row.name, "source": row.source}
    words = {"type": "Feature", "id": row.code, "geometry": mapping(shape), "properties": properties}
    return orjson.dumps(words)


def thinned(shape: BaseGeometry, zoom: int) -> BaseGeometry:
    """The shape to half a pixel of a zoom; islands smaller than a pixel are left out, never the largest."""
    pixel = PIXEL_DEG / 2**zoom
    parts = shapely.get_parts(shape)
    areas = shapely.area(parts)
    seen = shapely.simplify(parts[(areas >= pixel * pixel) | (areas == areas.max())], pixel / 2)
    digits = max(2, min(6, int(np.ceil(-np.log10(pixel / 4)))))
    return shapely.transform(shapely.MultiPolygon(seen.tolist()), lambda pairs: np.round(pairs, digits))


def _written(features: Sequence[bytes], capped: bool, zoom: int) -> bytes:
    """The collection; `zoom` says for which zoom the shapes are fine enough."""
    head = b'{"type":"FeatureCollection","capped":%s,"zoom":%d,"features":[' % (b"true" if capped else b"false", zoom)
    return head + b",".join(features) + b"]}"
