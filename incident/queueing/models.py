"""The table of saved views of the queue."""

from sqlalchemy import BigInteger, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import Moment, key, moment

Id = BigInteger().with_variant(Integer, "sqlite")


class SavedView(Base):
    """A person's view of the queue: its name, its filters as they stand in the URL, and its key (1 to 9)."""

    __tablename__ = "saved_view"
    id: Mapped[int] = key()
    person_id: Mapped[int] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(String(300))
    digit: Mapped[int] = mapped_column(Integer)
    made_at: Moment = moment(False)
    __table_args__ = (UniqueConstraint("person_id", "digit", name="uq_saved_view_person_id"),)
