"""The table of assessed figures: one row for each matter that one source spoke about at one time."""

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import Id, Moment, key, moment


class Assessment(Base):
    """What was counted (`what`), its state and value, who says so and how; struck through, never deleted."""

    __tablename__ = "assessment"
    id: Mapped[int] = key()
    incident_id: Mapped[int] = mapped_column(Id)
    what: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(10))
    value: Mapped[int | None] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(String(20))
    source_words: Mapped[str] = mapped_column(String(120), default="")
    method: Mapped[str] = mapped_column(String(20))
    at: Moment = moment(False)
    by: Mapped[str] = mapped_column(String(60))
    recorded_at: Moment = moment(False)
    official_by: Mapped[str | None] = mapped_column(String(60))
    official_at: Moment = moment()
    struck_by: Mapped[str | None] = mapped_column(String(60))
    struck_at: Moment = moment()
    struck_why: Mapped[str | None] = mapped_column(String(200))
    __table_args__ = (Index("ix_assessment_incident_id", "incident_id", "what"),)
