"""The tables of casework: tasks, merges and splits with what they moved, lines struck through."""

from sqlalchemy import BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import Moment, key, moment

Id = BigInteger().with_variant(Integer, "sqlite")


class Task(Base):
    """Something to do, for an incident or for itself: who owns it, until when, and how it ended."""

    __tablename__ = "task"
    id: Mapped[int] = key()
    incident_id: Mapped[int | None] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(String(20))  # task | next_word: the word promised to the reporter
    words: Mapped[str] = mapped_column(String(500))
    owner_kind: Mapped[str | None] = mapped_column(String(10))  # person | agency | unit
    owner: Mapped[str | None] = mapped_column(String(60))  # a name, an agency's code, a call sign
    unit_id: Mapped[int | None] = mapped_column(Id, index=True)
    agency_code: Mapped[str | None] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), index=True)  # open | done | dropped
    due_at: Moment = moment()
    made_by: Mapped[str] = mapped_column(String(60))
    made_at: Moment = moment(False)
    ended_by: Mapped[str | None] = mapped_column(String(60))
    ended_at: Moment = moment()
    why: Mapped[str | None] = mapped_column(String(500))


class Regrouping(Base):
    """A merge or a split: the incident its rows left, the one they went to, and what both were like before."""

    __tablename__ = "regrouping"
    id: Mapped[int] = key()
    kind: Mapped[str] = mapped_column(String(10))  # merge | split
    from_id: Mapped[int] = mapped_column(Id, index=True)
    to_id: Mapped[int] = mapped_column(Id, index=True)
    why: Mapped[str] = mapped_column(String(500))
    done_by: Mapped[str] = mapped_column(String(60))
    done_at: Moment = moment(False)
    was: Mapped[str] = mapped_column(Text)  # JSON: {incident: {column: [before, after]}}
    undone_by: Mapped[str | None] = mapped_column(String(60))
    undone_at: Moment = moment()


class Regrouped(Base):
    """One row that a merge or a split moved: where it came from is never forgotten."""

    __tablename__ = "regrouped"
    id: Mapped[int] = key()
    regrouping_id: Mapped[int] = mapped_column(Id, index=True)
    what: Mapped[str] = mapped_column(String(30))
    row_id: Mapped[int] = mapped_column(Id)
    __table_args__ = (Index("ix_regrouped_row", "what", "row_id"),)


class Strike(Base):
    """A line of the chronology that no longer holds: its words stay readable, struck."""

    __tablename__ = "strike"
    seq: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    incident_id: Mapped[int] = mapped_column(Id, index=True)
    why: Mapped[str] = mapped_column(String(500))
    struck_by: Mapped[str] = mapped_column(String(60))
    struck_at: Moment = moment(False)
