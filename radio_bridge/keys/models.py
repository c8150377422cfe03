"""The tables of the keys: epochs and cards. What is secret is in neither."""

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import key, moment


class KeyEpoch(Base):
    """One signed change of keys, as it goes on the air."""

    __tablename__ = "radio_epoch"
    id: Mapped[int] = key()
    root_mark: Mapped[str] = mapped_column(String(8))
    number: Mapped[int] = mapped_column(Integer)
    out: Mapped[str] = mapped_column(Text)  # JSON: numbers of the stations put out
    commanders: Mapped[str] = mapped_column(Text)  # JSON
    signature: Mapped[str] = mapped_column(String(128))
    begun_at = moment(False)
    begun_by: Mapped[str] = mapped_column(String(60))
    __table_args__ = (UniqueConstraint("root_mark", "number"),)


class KeyCard(Base):
    """A card that was handed out to a station."""

    __tablename__ = "radio_card"
    id: Mapped[int] = key()
    root_mark: Mapped[str] = mapped_column(String(8))
    station: Mapped[int] = mapped_column(ForeignKey("station.number"), index=True)
    commands: Mapped[bool] = mapped_column(default=False)
    handed_at = moment(False)
    handed_by: Mapped[str] = mapped_column(String(60))
    relays: Mapped[str | None] = mapped_column(Text)  # JSON: the net's relays that stand on it; NULL before 0021
