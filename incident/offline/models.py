"""The secret that closes a person's outbox in the browsers they used."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import Id, Moment, moment


class OutboxKey(Base):
    """What a browser seals its key with: given to this person alone, and gone for them when they are revoked."""

    __tablename__ = "outbox_key"
    person_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    secret: Mapped[str] = mapped_column(String(64))
    made_at: Moment = moment(False)
