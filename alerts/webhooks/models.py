"""The tables of what comes in: who writes, each message once, and the files that are still to be fetched."""

import datetime as dt

from sqlalchemy import Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import Id, key, moment

Moment = Mapped[dt.datetime | None]


class Reporter(Base):
    """Someone who writes to us, known by the address alone; `stopped_at`: they want no words back."""

    __tablename__ = "reporter"
    id: Mapped[int] = key()
    channel: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(200))
    first_at: Moment = moment(False)
    last_at: Moment = moment(False)
    stopped_at: Moment = moment()
    __table_args__ = (
        UniqueConstraint("channel", "address", name="uq_reporter_channel"),
        Index("ix_reporter_last_at", "last_at"),
    )


class MessageIn(Base):
    """One message, once: the sender's own key decides. What it said stands in its call; here only what was held back.

    `became`: report | more (goes with an earlier one) | question | answer | stop | start | echo | limited | nothing |
    broken. What was kept beside (limited, broken) is decided by a person: call | aside.
    """

    __tablename__ = "message_in"
    id: Mapped[int] = key()
    channel: Mapped[str] = mapped_column(String(20))
    foreign_id: Mapped[str] = mapped_column(String(200))
    reporter_id: Mapped[int] = mapped_column(ForeignKey("reporter.id"))
    became: Mapped[str] = mapped_column(String(10))
    call_id: Mapped[int | None] = mapped_column(Id, index=True)
    text: Mapped[str | None] = mapped_column(Text)
    said_at: Moment = moment(False)
    came_at: Moment = moment(False)
    decided: Mapped[str | None] = mapped_column(String(10))
    decided_by: Mapped[str | None] = mapped_column(String(60))
    decided_at: Moment = moment()
    lon: Mapped[float | None] = mapped_column(Float)  # of what is kept beside, as `text`
    lat: Mapped[float | None] = mapped_column(Float)
    files: Mapped[str | None] = mapped_column(Text)  # JSON list of the far end's own names
    __table_args__ = (
        UniqueConstraint("channel", "foreign_id", name="uq_message_in_channel"),
        Index("ix_message_in_reporter_id", "reporter_id", "came_at"),
        Index("ix_message_in_became", "became", "decided", "came_at"),
    )


class MessageFile(Base):
    """A picture or voice note the far end still holds; fetched by the sender process and then an attachment."""

    __tablename__ = "message_file"
    id: Mapped[int] = key()
    message_id: Mapped[int] = mapped_column(ForeignKey("message_in.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    call_id: Mapped[int] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(300))  # the far end's own
    state: Mapped[str] = mapped_column(String(10))  # waiting | kept | failed
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    reason: Mapped[str | None] = mapped_column(String(200))
    due_at: Moment = moment(False)
    __table_args__ = (Index("ix_message_file_due", "channel", "state", "due_at"),)
