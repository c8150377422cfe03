"""The tables of units at work: kinds, capabilities, crews, shifts, alarms. Its own columns are in incident.models."""

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base, UtcDateTime
from incident.models import Id, Moment, key, moment


class UnitKind(Base):
    """A kind of unit: what it is called, whose it usually is, and how many people it takes to leave."""

    __tablename__ = "unit_kind"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_id: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    agency_code: Mapped[str | None] = mapped_column(String(20))
    least_crew: Mapped[int] = mapped_column(Integer, server_default="0")  # 0: nobody asks
    rank: Mapped[int] = mapped_column(Integer, server_default="100")


class Capability(Base):
    """What a unit is able to do; `serves` are the types and families of incident it is good for, blank between."""

    __tablename__ = "capability"
    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    name_id: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    serves: Mapped[str] = mapped_column(String(200), server_default="")
    rank: Mapped[int] = mapped_column(Integer, server_default="100")


class CrewMember(Base):
    """Somebody who rides on a unit, and as what; no telephone number."""

    __tablename__ = "crew_member"
    id: Mapped[int] = key()
    unit_id: Mapped[int] = mapped_column(Id, index=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    joined_at: Moment = moment(False)
    left_at: Moment = moment()


class DutyShift(Base):
    """A unit is on duty from `starts_at` until `ends_at`."""

    __tablename__ = "duty_shift"
    id: Mapped[int] = key()
    unit_id: Mapped[int] = mapped_column(Id, index=True)
    starts_at: Moment = moment(False)
    ends_at: Moment = mapped_column(UtcDateTime(), nullable=False, index=True)
    made_by: Mapped[str] = mapped_column(String(60))
    made_at: Moment = moment(False)
    struck_at: Moment = moment()
    struck_why: Mapped[str | None] = mapped_column(Text)


class Alarm(Base):
    """A unit needs somebody's eyes: too long in a status without a word, asked whether it is safe, or in distress."""

    __tablename__ = "unit_alarm"
    id: Mapped[int] = key()
    unit_id: Mapped[int] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(String(10))  # late | welfare | mayday
    status: Mapped[str] = mapped_column(String(20))  # of the unit when it began
    why: Mapped[str | None] = mapped_column(String(10))  # of a mayday: said | silence
    incident_id: Mapped[int | None] = mapped_column(Id)
    since: Moment = moment(False)  # the last word, or when the status began
    limit_s: Mapped[int | None] = mapped_column(Integer)
    misses: Mapped[int] = mapped_column(Integer, server_default="0")
    asked_at: Moment = moment()
    raised_at: Moment = moment(False)
    acknowledged_by: Mapped[str | None] = mapped_column(String(60))
    acknowledged_at: Moment = moment()
    ended_at: Moment = mapped_column(UtcDateTime(), nullable=True, index=True)
