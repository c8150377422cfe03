"""The tables of the GSM modem: messages out with their parts, and the parts of messages that came in."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import Id, key, moment

Moment = Mapped[dt.datetime | None]


class ShortMessage(Base):
    """One SMS to one number, of a delivery of an alert or of a note. `text` and `address` leave no other trace."""

    __tablename__ = "short_message"
    id: Mapped[int] = key()
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[str] = mapped_column(String(10))  # alert | cancel | note
    alert_id: Mapped[int | None] = mapped_column(Id, index=True)
    delivery_id: Mapped[int | None] = mapped_column(Id)
    note_id: Mapped[int | None] = mapped_column(Id)
    address: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(Integer)  # 0 first
    state: Mapped[str] = mapped_column(String(20))  # queued sent heard failed expired superseded
    reason: Mapped[str | None] = mapped_column(String(200))
    reference: Mapped[int] = mapped_column(Integer)  # 0..255, joins the parts on the telephone
    parts: Mapped[int] = mapped_column(Integer)
    attempts: Mapped[int] = mapped_column(Integer)
    queued_at: Moment = moment(False)
    due_at: Moment = moment(False)
    expires_at: Moment = moment(False)
    sent_at: Moment = moment()
    __table_args__ = (Index("ix_short_message_due", "state", "due_at"),)


class ShortPart(Base):
    """One part and what became of it; `reference` is the number its delivery report quotes."""

    __tablename__ = "short_part"
    id: Mapped[int] = key()
    message_id: Mapped[int] = mapped_column(ForeignKey("short_message.id"))
    part: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20))  # queued sending sent heard failed
    reference: Mapped[int | None] = mapped_column(Integer)
    sent_at: Moment = moment()  # of one that is queued: it may have left, and nobody is sure
    __table_args__ = (
        UniqueConstraint("message_id", "part", name="uq_short_part_message_id"),
        Index("ix_short_part_reference", "reference", "state"),
    )


class ShortHeard(Base):
    """One part that came in. Its text is emptied once the whole was handed on; the row stays against doubling."""

    __tablename__ = "short_heard"
    id: Mapped[int] = key()
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    sender: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    joint: Mapped[str | None] = mapped_column(String(60))  # the same in all parts of a long message
    part: Mapped[int] = mapped_column(Integer)
    parts: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10))  # waiting | done | kept (of a machine, or too old to be a call)
    said_at: Moment = moment(False)
    came_at: Moment = moment(False)
    __table_args__ = (Index("ix_short_heard_joint", "joint", "state"),)
