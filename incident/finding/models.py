"""The tables of the search: the tokens of what was recorded, and the digits of phone numbers.

Both are copies of what stands in other tables, made by the relay and made anew by `posko db reindex`. Personal data
that is erased where it stands is erased here by that.
"""

from sqlalchemy import BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import key

Id = BigInteger().with_variant(Integer, "sqlite")
Digits = String(30).with_variant(String(30, collation="C"), "postgresql")


class FindLeaf(Base):
    """The tokens of one thing; `kind` is a letter (finding.leaves), `ref` the id of its row or the seq of its entry.

    Every token begins with the letter of its kind, so that one kind is searched without looking at the others.
    """

    __tablename__ = "find_leaf"
    id: Mapped[int] = key()
    kind: Mapped[str] = mapped_column(String(1))
    ref: Mapped[int] = mapped_column(Id)
    words: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index("ix_find_leaf_ref", "kind", "ref", unique=True),)


class FindNumber(Base):
    """The digits of one phone number, forwards and backwards: its beginning and its end are both beginnings here."""

    __tablename__ = "find_number"
    id: Mapped[int] = key()
    kind: Mapped[str] = mapped_column(String(1))  # c: of a call, r: of one that rang
    ref: Mapped[int] = mapped_column(Id)
    digits: Mapped[str] = mapped_column(Digits, index=True)
    backwards: Mapped[str] = mapped_column(Digits, index=True)
    __table_args__ = (Index("ix_find_number_ref", "kind", "ref", unique=True),)
