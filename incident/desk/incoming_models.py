"""The tables of what comes in: calls that ring, attempts to call back, numbers held back, the declared status."""

import datetime as dt

from sqlalchemy import Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import Moment, key, moment


class Ring(Base):
    """A call that rings. Its number stays in this table: never in the journal, a card or a log."""

    __tablename__ = "ring"
    id: Mapped[int] = key()
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    line: Mapped[str | None] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(20))
    phone: Mapped[str | None] = mapped_column(String(30))
    announced_by: Mapped[str] = mapped_column(String(60))
    rang_at: Moment = moment(False)
    state: Mapped[str] = mapped_column(String(12), index=True)
    outcome: Mapped[str | None] = mapped_column(String(10))
    claimed_by: Mapped[str | None] = mapped_column(String(60))
    claimed_at: Moment = moment()
    touched_at: Moment = moment()
    answered_at: Moment = moment()
    answered_by: Mapped[str | None] = mapped_column(String(60))
    ended_at: Moment = moment()
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"), index=True)
    held: Mapped[bool] = mapped_column(default=False)
    times_rung: Mapped[int] = mapped_column(Integer, default=1)
    last_rang_at: Moment = moment(False)
    same_as: Mapped[int | None] = mapped_column(ForeignKey("ring.id"), index=True)
    settled_at: Moment = moment()
    settled_why: Mapped[str | None] = mapped_column(String(200))
    __table_args__ = (Index("ix_ring_phone", "phone", "rang_at"), Index("ix_ring_rang_at", "rang_at"))


class RingAttempt(Base):
    """One attempt to call back: when, by whom, with what result."""

    __tablename__ = "ring_attempt"
    id: Mapped[int] = key()
    ring_id: Mapped[int] = mapped_column(ForeignKey("ring.id"), index=True)
    at: Moment = moment(False)
    by: Mapped[str] = mapped_column(String(60))
    result: Mapped[str] = mapped_column(String(12))


class Hold(Base):
    """A number held back for a while. Kept is a keyed hash of it and what may be shown of it, never the number."""

    __tablename__ = "hold"
    id: Mapped[int] = key()
    number_key: Mapped[str] = mapped_column(String(64), index=True)
    masked: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(200))
    held_by: Mapped[str] = mapped_column(String(60))
    held_at: Moment = moment(False)
    until: Moment = moment(False)
    over_at: Moment = moment()
    lifted_by: Mapped[str | None] = mapped_column(String(60))
    lifted_why: Mapped[str | None] = mapped_column(String(200))


class DeclaredStatus(Base):
    """A declared emergency (status keadaan darurat): its decree, the days of that decree and of its extensions."""

    __tablename__ = "declared_status"
    id: Mapped[int] = key()
    kind: Mapped[str] = mapped_column(String(20))
    decree: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[dt.date] = mapped_column(Date)
    days: Mapped[int] = mapped_column(Integer)
    extended_days: Mapped[int] = mapped_column(Integer, default=0)
    extension_decree: Mapped[str | None] = mapped_column(String(120))
    declared_by: Mapped[str] = mapped_column(String(60))
    declared_at: Moment = moment(False)
    ended_at: Moment = moment()
    ended_by: Mapped[str | None] = mapped_column(String(60))
    ended_why: Mapped[str | None] = mapped_column(String(200))
