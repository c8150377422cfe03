"""The tables of the form: notes of places, and the moments of a call or an incident that no other row keeps."""

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import Moment, key, moment


class PlaceNote(Base):
    """What one should know before going there: a hazard, a gate's code, a dog, a patient. Struck, never deleted.

    Its words may be somebody's: they stay in this table and never reach the journal, a card or a log.
    """

    __tablename__ = "place_note"
    id: Mapped[int] = key()
    kind: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(300))
    radius_m: Mapped[float]
    written_by: Mapped[str] = mapped_column(String(60))
    written_at: Moment = moment(False)
    expires_at: Moment = moment()
    struck_by: Mapped[str | None] = mapped_column(String(60))
    struck_at: Moment = moment()
    struck_why: Mapped[str | None] = mapped_column(String(200))
    lon: Mapped[float]
    lat: Mapped[float]
    point: Mapped[Any] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False), nullable=True)


class TimeMark(Base):
    """One of t0 to t15 of an incident, said beside what the rows of calls, units and incidents know.

    `source` is live (noted when it happened) or corrected (with `why`, and `was`: what held before). t0 to t4 are
    those of the call that opened it.
    """

    __tablename__ = "time_mark"
    id: Mapped[int] = key()
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    which: Mapped[str] = mapped_column(String(3))
    at: Mapped[dt.datetime] = moment(False)
    source: Mapped[str] = mapped_column(String(10))
    by: Mapped[str] = mapped_column(String(60))
    written_at: Moment = moment(False)
    why: Mapped[str | None] = mapped_column(String(200))
    was: Moment = moment()
    __table_args__ = (Index("ix_time_mark_incident", "incident_id", "which"),)
