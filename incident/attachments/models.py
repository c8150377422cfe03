"""The table of attachments: what was sent for which incident or call, and where its bytes lie (by digest)."""

from sqlalchemy import Float, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import Id, Moment, key, moment


class Attachment(Base):
    """One photograph, voice note or document; struck through, never deleted.

    `camera_lon`, `camera_lat`, `camera_at` are what the camera wrote: an offer, until a person takes or leaves it.
    """

    __tablename__ = "attachment"
    id: Mapped[int] = key()
    incident_id: Mapped[int | None] = mapped_column(Id, index=True)
    call_id: Mapped[int | None] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(String(10))  # photo | voice | document
    type: Mapped[str] = mapped_column(String(30))  # media type of what is kept
    digest: Mapped[str] = mapped_column(String(64), index=True)
    bytes: Mapped[int] = mapped_column(Integer)
    thumb_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    seconds: Mapped[float | None] = mapped_column(Float)
    name: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(String(500))
    taken_at: Moment = moment()
    camera_lon: Mapped[float | None] = mapped_column(Float)
    camera_lat: Mapped[float | None] = mapped_column(Float)
    camera_at: Moment = moment()
    position_said: Mapped[str | None] = mapped_column(String(10))  # used | left
    time_said: Mapped[str | None] = mapped_column(String(10))
    sent_by: Mapped[str] = mapped_column(String(60))
    sent_at: Moment = moment(False)
    struck_by: Mapped[str | None] = mapped_column(String(60))
    struck_at: Moment = moment()
    struck_why: Mapped[str | None] = mapped_column(String(500))
