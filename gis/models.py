"""The tables of the ground: the gazetteer, boundaries, landmarks, facilities, zones drawn by hand, tracks, overlays."""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base, UtcDateTime

ID = BigInteger().with_variant(Integer, "sqlite")


def _shape(kind: str, nullable: bool = False) -> Any:
    return mapped_column(Geometry(kind, srid=4326, spatial_index=False), nullable=nullable)


class Area(Base):
    """A place with a Kemendagri code (`52.03.01.2001`): province 1, regency 2, district 3, village 4.

    `folded` is the name as the search compares it; lon and lat are a published point, in degrees, where one is known;
    `radius_m` is the doubt of that point, from the points of its neighbours.
    """

    __tablename__ = "area"
    code: Mapped[str] = mapped_column(String(13), primary_key=True)
    level: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(80))
    folded: Mapped[str] = mapped_column(String(80), index=True)
    postcode: Mapped[str | None] = mapped_column(String(5))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    radius_m: Mapped[float | None]
    __table_args__ = (Index("ix_area_place", "lat", "lon"),)


class Gazetteer(Base):
    """What the areas were loaded from: a name, its version, when, how many rows."""

    __tablename__ = "gazetteer"
    source: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[str] = mapped_column(String(40))
    rows: Mapped[int] = mapped_column(Integer)
    loaded_at: Mapped[Any] = mapped_column(UtcDateTime())


class Boundary(Base):
    """The polygon of an area, imported from a file; `area_m2` decides between two that overlap (the smaller wins)."""

    __tablename__ = "boundary"
    code: Mapped[str] = mapped_column(String(13), primary_key=True)
    level: Mapped[int] = mapped_column(Integer, index=True)
    name: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(120))
    area_m2: Mapped[float]
    imported_at: Mapped[Any] = mapped_column(UtcDateTime(), index=True)
    outline: Mapped[Any] = _shape("MULTIPOLYGON")


class Population(Base):
    """How many people live in an area, as an office's list says: `source` is the file, `year` that of the count."""

    __tablename__ = "population"
    area_code: Mapped[str] = mapped_column(String(13), primary_key=True)
    people: Mapped[int] = mapped_column(Integer)
    households: Mapped[int | None] = mapped_column(Integer)
    year: Mapped[int | None] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(String(120))
    changed_by: Mapped[str] = mapped_column(String(60))
    changed_at: Mapped[Any] = mapped_column(UtcDateTime())


class Landmark(Base):
    """A place people know (patokan), `radius_m` the doubt of its point; `key` as a facility's."""

    __tablename__ = "landmark"
    id: Mapped[int] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(120), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    area_code: Mapped[str | None] = mapped_column(String(13), index=True)
    radius_m: Mapped[float]
    source: Mapped[str] = mapped_column(String(120))
    remembered_by: Mapped[str] = mapped_column(String(60))
    remembered_at: Mapped[Any] = mapped_column(UtcDateTime())
    gone_at: Mapped[Any] = mapped_column(UtcDateTime(), nullable=True)
    lon: Mapped[float]
    lat: Mapped[float]
    point: Mapped[Any] = _shape("POINT")


class Facility(Base):
    """A puskesmas, fire post, shelter, hospital...: `key` is what a list knows it by, so that it is not doubled."""

    __tablename__ = "facility"
    id: Mapped[int] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(30), index=True)
    name: Mapped[str] = mapped_column(String(120))
    capacity: Mapped[int | None] = mapped_column(Integer)
    occupied: Mapped[int | None] = mapped_column(Integer)
    area_code: Mapped[str | None] = mapped_column(String(13))
    note: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(120))
    changed_by: Mapped[str] = mapped_column(String(60))
    changed_at: Mapped[Any] = mapped_column(UtcDateTime())
    closed_at: Mapped[Any] = mapped_column(UtcDateTime(), nullable=True)
    lon: Mapped[float]
    lat: Mapped[float]
    point: Mapped[Any] = _shape("POINT")


class Zone(Base):
    """What someone drew on the map: affected, cut off, road cut, post, evacuation route, assembly point.

    A zone that no longer holds is struck through and keeps its line in the record; it is never deleted. One whose
    time (`expires_at`) is over is marked `expired_at` by the relay. It stands while neither has happened.
    """

    __tablename__ = "zone"
    id: Mapped[int] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    words: Mapped[str] = mapped_column(String(200), default="")
    incident_id: Mapped[int | None] = mapped_column(ID, index=True)
    drawn_by: Mapped[str] = mapped_column(String(60))
    drawn_at: Mapped[Any] = mapped_column(UtcDateTime())
    expires_at: Mapped[Any] = mapped_column(UtcDateTime(), nullable=True, index=True)
    struck_by: Mapped[str | None] = mapped_column(String(60))
    struck_at: Mapped[Any] = mapped_column(UtcDateTime(), nullable=True)
    struck_why: Mapped[str | None] = mapped_column(String(200))
    expired_at: Mapped[Any] = mapped_column(UtcDateTime(), nullable=True)
    shape: Mapped[Any] = _shape("GEOMETRY")


class Track(Base):
    """Where a unit went, from a GPX or KML file."""

    __tablename__ = "track"
    id: Mapped[int] = mapped_column(ID, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ID, index=True)
    name: Mapped[str] = mapped_column(String(120))
    began_at: Mapped[Any] = mapped_column(UtcDateTime(), nullable=True)
    ended_at: Mapped[Any] = mapped_column(UtcDateTime(), nullable=True)
    imported_by: Mapped[str] = mapped_column(String(60))
    imported_at: Mapped[Any] = mapped_column(UtcDateTime())
    path: Mapped[Any] = _shape("MULTILINESTRING")


class Overlay(Base):
    """A layer the site added: a hazard map as a GeoJSON file under POSKO_DATA, a WMS or tiles of its own URL.

    `opacity` (0.1 to 1) is how strong it lies on the map until someone chooses otherwise.
    """

    __tablename__ = "overlay"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(500))
    attribution: Mapped[str] = mapped_column(String(200), default="")
    bounds: Mapped[str | None] = mapped_column(String(120))
    opacity: Mapped[float] = mapped_column(server_default="1")
    added_at: Mapped[Any] = mapped_column(UtcDateTime())
