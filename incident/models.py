"""The tables of the room: people, types, units, incidents, calls, assignments and the journal."""

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base, UtcDateTime

Moment = Mapped[dt.datetime | None]
Id = BigInteger().with_variant(Integer, "sqlite")


def key() -> Mapped[int]:
    return mapped_column(Id, primary_key=True)


def moment(nullable: bool = True) -> Any:
    return mapped_column(UtcDateTime(), nullable=nullable)


class Agency(Base):
    """An agency (OPD): a code, a name."""

    __tablename__ = "agency"
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))


class Person(Base):
    """Someone who works here: a log-in name, a role, and for whom."""

    __tablename__ = "person"
    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(60), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    secret_hash: Mapped[str | None] = mapped_column(String(200))
    agency_code: Mapped[str | None] = mapped_column(ForeignKey("agency.code"))
    area_code: Mapped[str | None] = mapped_column(String(13))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    created_at: Moment = moment(False)
    revoked_at: Moment = moment()


class Session(Base):
    """A log-in kept on the server: no clock decides about it, only log-out and revocation."""

    __tablename__ = "session"
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    started_at: Moment = moment(False)


class Token(Base):
    """An API token of a person; only its hash is kept."""

    __tablename__ = "token"
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Moment = moment(False)


class SetupLink(Base):
    """The one-time link of a first start without people."""

    __tablename__ = "setup_link"
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Moment = moment()


class IncidentType(Base):
    """A type of incident: other words it is known by, its family (for likely repeats), usual priority and icon."""

    __tablename__ = "incident_type"
    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    also: Mapped[str] = mapped_column(String(120), default="")
    family: Mapped[str] = mapped_column(String(30))
    name_id: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    priority: Mapped[str] = mapped_column(String(2))
    icon: Mapped[str] = mapped_column(String(40))
    rank: Mapped[int] = mapped_column(Integer)


class Unit(Base):
    """A team that can be sent. Its status is derived from its assignments, never stored."""

    __tablename__ = "unit"
    id: Mapped[int] = key()
    call_sign: Mapped[str] = mapped_column(String(30), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    agency_code: Mapped[str | None] = mapped_column(ForeignKey("agency.code"))
    capabilities: Mapped[str] = mapped_column(String(200), default="")
    base: Mapped[str] = mapped_column(String(80), default="")
    in_service: Mapped[bool] = mapped_column(default=True)
    in_service_since: Moment = moment(False)
    word_at: Moment = moment()  # when anything was last heard from it
    posture: Mapped[str] = mapped_column(String(10), server_default="base")  # without a task: base | afield
    posture_since: Moment = moment()
    out_reason: Mapped[str | None] = mapped_column(String(200))
    mayday_at: Moment = moment()  # a mayday that no assignment carries
    mayday_why: Mapped[str | None] = mapped_column(String(10))  # said | silence
    position_at: Moment = moment()
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    point: Mapped[Any] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False), nullable=True)


class Incident(Base):
    """What we believe is happening; gathers many calls."""

    __tablename__ = "incident"
    id: Mapped[int] = key()
    type: Mapped[str] = mapped_column(ForeignKey("incident_type.code"))
    priority: Mapped[str] = mapped_column(String(2))
    priority_reason: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), index=True)
    place: Mapped[str] = mapped_column(String(200), default="")
    area_code: Mapped[str | None] = mapped_column(String(13), index=True)
    method: Mapped[str | None] = mapped_column(String(20))
    radius_m: Mapped[float | None]
    calls: Mapped[int] = mapped_column(Integer, default=1)
    disposition: Mapped[str | None] = mapped_column(String(30))
    obstacle: Mapped[str | None] = mapped_column(Text)
    opened_at: Moment = moment(False)
    under_control_at: Moment = moment()
    closed_at: Moment = moment()
    changed_at: Moment = moment(False)
    merged_into: Mapped[int | None] = mapped_column(Id, index=True)  # its address leads there
    open_tasks: Mapped[int] = mapped_column(Integer, server_default="0")
    next_due_at: Moment = moment()  # the earliest of its open tasks
    feedback_at: Moment = moment()  # when the reporter last heard of it (t13)
    heard_by: Mapped[str | None] = mapped_column(String(60))  # who of the room first heard that this is a P1
    heard_at: Moment = moment()
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    point: Mapped[Any] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False), nullable=True)
    __table_args__ = (Index("ix_incident_queue", "state", "priority", "opened_at"),)


_HAS_RT = text("rt IS NOT NULL")


class Call(Base):
    """What someone told us. Name and phone stay in this table: never in the journal, a log or on the air.

    Of its times (t0 to t4) `written_at` is that of a paper form (`source` "paper"), else `recorded_at` is t4. `answers`
    are the codes of its question card as JSON; `rt` is "02/01" where the words of the place named RT and RW.
    """

    __tablename__ = "call"
    id: Mapped[int] = key()
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    class_: Mapped[str] = mapped_column("class", String(10))
    type: Mapped[str | None] = mapped_column(ForeignKey("incident_type.code"))
    priority: Mapped[str | None] = mapped_column(String(2))
    narrative: Mapped[str | None] = mapped_column(Text)
    caller_name: Mapped[str | None] = mapped_column(String(120))
    caller_phone: Mapped[str | None] = mapped_column(String(30), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    place: Mapped[str | None] = mapped_column(String(200))
    method: Mapped[str | None] = mapped_column(String(20))
    radius_m: Mapped[float | None]
    area_code: Mapped[str | None] = mapped_column(String(13))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    received_at: Moment = moment(False)
    recorded_at: Moment = moment(False)
    rang_at: Moment = moment()
    answered_at: Moment = moment()
    classified_at: Moment = moment()
    located_at: Moment = moment()
    written_at: Moment = moment()
    source: Mapped[str] = mapped_column(String(10), server_default="live")
    answers: Mapped[str | None] = mapped_column(Text)
    rt: Mapped[str | None] = mapped_column(String(7))
    taken_by: Mapped[str] = mapped_column(String(60))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    point: Mapped[Any] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False), nullable=True)
    __table_args__ = (
        Index("ix_call_recorded_at", "recorded_at"),
        Index("ix_call_rt", "area_code", "rt", sqlite_where=_HAS_RT, postgresql_where=_HAS_RT),
    )


class Assignment(Base):
    """A unit on an incident, with its own times: a second assignment never overwrites the first."""

    __tablename__ = "assignment"
    id: Mapped[int] = key()
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    state_since: Moment = moment(False)
    assigned_at: Moment = moment(False)
    acknowledged_at: Moment = moment()
    en_route_at: Moment = moment()
    on_scene_at: Moment = moment()
    transporting_at: Moment = moment()
    at_referral_at: Moment = moment()
    cleared_at: Moment = moment()
    note: Mapped[str | None] = mapped_column(Text)


class Lamp(Base):
    """A lamp on the top bar: what it stands for, whether it is well, and since when."""

    __tablename__ = "lamp"
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(String(120))
    since: Moment = moment(False)


class Entry(Base):
    """A line of the journal. `body` is the canonical JSON text that was hashed."""

    __tablename__ = "journal"
    seq: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    at: Moment = moment(False)
    kind: Mapped[str] = mapped_column(String(40))
    incident_id: Mapped[int | None] = mapped_column(Id)
    by: Mapped[str] = mapped_column(String(60))
    uid: Mapped[str | None] = mapped_column(String(36), unique=True)
    body: Mapped[str] = mapped_column(Text)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ix_journal_incident", "incident_id", "seq"),)


class Reader(Base):
    """How far a reader has applied the journal: the highest contiguous number, never the highest it saw."""

    __tablename__ = "reader"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    seq: Mapped[int] = mapped_column(Id)


class Parked(Base):
    """An entry a reader could not apply after three tries; it waits for a person."""

    __tablename__ = "parked"
    id: Mapped[int] = key()
    reader: Mapped[str] = mapped_column(String(60))
    seq: Mapped[int] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(Text)
    parked_at: Moment = moment(False)
    settled_at: Moment = moment()
    __table_args__ = (UniqueConstraint("reader", "seq"),)
