"""The tables of the handover: shifts of the room with what they handed over, decisions of the meeting."""

from sqlalchemy import BigInteger, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import Moment, key, moment

Id = BigInteger().with_variant(Integer, "sqlite")


class RoomShift(Base):
    """A shift of the room: who leads it, and once it left, its frozen list of open items with the hash to sign."""

    __tablename__ = "room_shift"
    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(40))
    led_by: Mapped[str] = mapped_column(String(60))
    starts_at: Moment = moment(False)
    ends_at: Moment = moment(False)  # as planned
    state: Mapped[str] = mapped_column(String(10), index=True)  # running | left | signed
    left_at: Moment = moment()
    left_by: Mapped[str | None] = mapped_column(String(60))
    words: Mapped[str | None] = mapped_column(Text)  # of the shift that leaves
    frozen: Mapped[str | None] = mapped_column(Text)  # canonical JSON of what is signed
    hash: Mapped[str | None] = mapped_column(String(64))
    signed_at: Moment = moment()
    signed_by: Mapped[str | None] = mapped_column(String(60))
    remark: Mapped[str | None] = mapped_column(Text)  # of who signs
    next_id: Mapped[int | None] = mapped_column(Id)


class Decision(Base):
    """What a coordination meeting decided: on what basis, who does it, until when, and how it ended."""

    __tablename__ = "decision"
    id: Mapped[int] = key()
    words: Mapped[str] = mapped_column(String(500))
    basis: Mapped[str | None] = mapped_column(String(500))
    meeting: Mapped[str | None] = mapped_column(String(120))
    owner: Mapped[str] = mapped_column(String(80))
    due_at: Moment = moment()
    incident_id: Mapped[int | None] = mapped_column(Id, index=True)
    status_id: Mapped[int | None] = mapped_column(Id, index=True)  # the declared status it belongs to
    state: Mapped[str] = mapped_column(String(10), index=True)  # open | done | dropped | struck
    decided_at: Moment = moment(False)
    made_by: Mapped[str] = mapped_column(String(60))
    made_at: Moment = moment(False)
    ended_by: Mapped[str | None] = mapped_column(String(60))
    ended_at: Moment = moment()
    why: Mapped[str | None] = mapped_column(String(500))
