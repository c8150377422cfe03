"""The tables of the room: an alert, who it is for, and each way out that was tried."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import key, moment

Moment = Mapped[dt.datetime | None]


class Alert(Base):
    """The words of one revision; `text_hash` binds an approval to what was approved."""

    __tablename__ = "alert"
    id: Mapped[int] = key()
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id"))
    priority: Mapped[str] = mapped_column(String(2))
    audience_kind: Mapped[str] = mapped_column(String(10))  # units | public
    order: Mapped[str] = mapped_column(String(20))  # inform | stand_by | go | evacuate | stand_down
    headline: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(200), default="")
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    exercise: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), index=True)
    text_hash: Mapped[str] = mapped_column(String(64))
    written_by: Mapped[str] = mapped_column(String(60))
    written_at: Moment = moment(False)
    approved_by: Mapped[str | None] = mapped_column(String(60))
    approved_at: Moment = moment()
    expires_at: Moment = moment(False)


class Recipient(Base):
    """One unit that must have one alert: the truth about it, and the clock to the next rung."""

    __tablename__ = "recipient"
    id: Mapped[int] = key()
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[str] = mapped_column(String(20))
    rung: Mapped[int] = mapped_column(Integer, default=0)
    next_rung_at: Moment = moment()
    seen_at: Moment = moment()
    seen_by: Mapped[str | None] = mapped_column(String(60))
    seen_via: Mapped[str | None] = mapped_column(String(20))
    __table_args__ = (UniqueConstraint("alert_id", "unit_id"), Index("ix_recipient_clock", "next_rung_at"))


class Delivery(Base):
    """One alert by one channel to one unit, with its own state and key: at least once, deduplicated far off."""

    __tablename__ = "delivery"
    id: Mapped[int] = key()
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    due_at: Moment = moment(False)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    reason: Mapped[str | None] = mapped_column(String(200))
    changed_at: Moment = moment(False)
    __table_args__: Any = (UniqueConstraint("recipient_id", "channel"),)
