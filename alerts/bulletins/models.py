"""The tables of what comes from outside: bulletins, the proposals made of them, and the feeds that are asked."""

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import Moment, key, moment

Id = BigInteger().with_variant(Integer, "sqlite")


class Bulletin(Base):
    """One thing a source told: `key` names it there, `alias` its newest telling where that has a name of its own.

    `lead_id` is the bulletin about the same quake that came first; `state` is stored, standing (on the board) or over.
    """

    __tablename__ = "bulletin"
    id: Mapped[int] = key()
    source: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(200))
    alias: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text)
    at: Moment = moment(False)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    magnitude: Mapped[float | None]
    depth_km: Mapped[float | None]
    area: Mapped[str | None] = mapped_column(Text)  # GeoJSON
    severity: Mapped[str | None] = mapped_column(String(10))
    expires_at: Moment = moment()
    url: Mapped[str | None] = mapped_column(String(500))
    attribution: Mapped[str] = mapped_column(String(120))
    facts: Mapped[str] = mapped_column(Text)  # JSON
    digest: Mapped[str] = mapped_column(String(32))
    place: Mapped[str] = mapped_column(String(160))  # seen from the nearest village of the site
    near_km: Mapped[float | None]  # to the nearest village of the site
    lead_id: Mapped[int | None] = mapped_column(Id, index=True)
    state: Mapped[str] = mapped_column(String(10), index=True)
    until: Moment = moment()
    received_at: Moment = moment(False)
    changed_at: Moment = moment(False)
    __table_args__ = (
        UniqueConstraint("source", "key", name="uq_bulletin_source"),
        Index("ix_bulletin_alias", "source", "alias"),
        Index("ix_bulletin_kind_at", "kind", "at"),
    )


class Proposal(Base):
    """What a rule proposes because of a bulletin, and the person who decided about it."""

    __tablename__ = "proposal"
    id: Mapped[int] = key()
    bulletin_id: Mapped[int] = mapped_column(Id)
    rule: Mapped[str] = mapped_column(String(40))
    asks: Mapped[str] = mapped_column(String(40))  # words of rules.ASKS with commas
    title: Mapped[str] = mapped_column(String(300))
    reasons: Mapped[str] = mapped_column(Text)  # JSON list of sentences
    area_codes: Mapped[str] = mapped_column(Text)  # JSON list of village codes
    villages: Mapped[int] = mapped_column(Integer)
    heads: Mapped[int] = mapped_column(Integer)  # of these villages in the phone book
    draft: Mapped[str] = mapped_column(Text)  # JSON: what an alert would begin with
    state: Mapped[str] = mapped_column(String(10), index=True)
    made_at: Moment = moment(False)
    decided_by: Mapped[str | None] = mapped_column(String(60))
    decided_at: Moment = moment()
    why: Mapped[str | None] = mapped_column(String(500))
    __table_args__ = (UniqueConstraint("bulletin_id", "rule", name="uq_proposal_bulletin_id"),)


class FeedState(Base):
    """A feed as the room set it, and how it fared: what was chosen, when it is due, how often it failed in a row."""

    __tablename__ = "feed"
    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    is_on: Mapped[bool] = mapped_column(Boolean)
    chosen: Mapped[str] = mapped_column(Text)  # JSON: villages, addresses
    marks: Mapped[str] = mapped_column(Text)  # JSON: address -> what it answered last time (ETag, Last-Modified)
    failures: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10))  # ok | warn | down | off
    words: Mapped[str] = mapped_column(String(300))
    due_at: Moment = moment()
    asked_at: Moment = moment()
    answered_at: Moment = moment()
    changed_by: Mapped[str] = mapped_column(String(60))
    changed_at: Moment = moment(False)
