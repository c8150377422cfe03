"""The tables of the net as people keep it: roll-calls, nets for voice, and the lines of their log."""

import datetime as dt

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base, UtcDateTime
from incident.models import key, moment

Moment = Mapped[dt.datetime | None]


class RollCalled(Base):
    """One roll-call of the stations (pengecekan stasiun); who answered stands in the receptions of its transmission."""

    __tablename__ = "roll_call"
    id: Mapped[int] = key()
    transmission_id: Mapped[int] = mapped_column(ForeignKey("transmission.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(10))  # daily | hand
    begun_by: Mapped[str] = mapped_column(String(60))
    begun_at: Moment = mapped_column(UtcDateTime(), nullable=False, index=True)
    ended_at: Moment = moment()
    asked: Mapped[int] = mapped_column(Integer)
    answered: Mapped[int] = mapped_column(Integer, default=0)
    was_on_air: Mapped[bool] = mapped_column(default=False)  # what never went out is held against nobody


class VoiceNet(Base):
    """A net on a voice channel, led from this room: opened, closed, and who keeps silent for whom."""

    __tablename__ = "voice_net"
    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(60))
    channel: Mapped[str] = mapped_column(String(60))
    traffic: Mapped[str] = mapped_column(String(10))  # routine | emergency
    is_silent: Mapped[bool]  # all keep silent but those who are called
    opened_by: Mapped[str] = mapped_column(String(60))
    opened_at: Moment = mapped_column(UtcDateTime(), nullable=False, index=True)
    closed_by: Mapped[str | None] = mapped_column(String(60))
    closed_at: Moment = moment()


class VoiceLine(Base):
    """One line of a net's log."""

    __tablename__ = "voice_line"
    id: Mapped[int] = key()
    net_id: Mapped[int] = mapped_column(ForeignKey("voice_net.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # check_in | no_answer | traffic | emergency | order
    call_sign: Mapped[str] = mapped_column(String(30))  # empty for an order to all
    signal: Mapped[str] = mapped_column(String(5))  # readability and strength as spoken: 5/9; empty: not given
    report: Mapped[str] = mapped_column(String(300))
    said_at: Moment = moment(False)
    written_by: Mapped[str] = mapped_column(String(60))
    written_at: Moment = moment(False)
    struck_by: Mapped[str | None] = mapped_column(String(60))
    struck_at: Moment = moment()
