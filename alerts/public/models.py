"""The tables of what everybody may know: CAP messages as they went out, clarifications, opening hours."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import key, moment


class CapMessage(Base):
    """One CAP message, frozen as the world got it: the same bytes for ever, also when the alert is long over.

    `past` are the messages it follows, as CAP's <references> names them.
    """

    __tablename__ = "cap_message"
    id: Mapped[int] = key()
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), index=True)
    message_type: Mapped[str] = mapped_column(String(10))  # Alert | Update | Cancel
    identifier: Mapped[str] = mapped_column(String(160), unique=True)
    sender: Mapped[str] = mapped_column(String(120))
    sent_at: Mapped[Any] = moment(False)
    expires_at: Mapped[Any] = moment(False)
    headline: Mapped[str] = mapped_column(String(200))
    past: Mapped[str] = mapped_column(Text, default="")
    xml: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index("ix_cap_message_expires_at", "expires_at"),)


class Clarification(Base):
    """An answer to a rumour: the claim, the fact, the evidence. Written by one, approved by another; never changed.

    A better one replaces it. `text_hash` binds the approval to the words; `approved_role` is what the public is told
    of who approved.
    """

    __tablename__ = "clarification"
    id: Mapped[int] = key()
    claim: Mapped[str] = mapped_column(String(300))
    fact: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(String(500))
    link: Mapped[str | None] = mapped_column(String(300))
    claim_en: Mapped[str | None] = mapped_column(String(300))
    fact_en: Mapped[str | None] = mapped_column(Text)
    evidence_en: Mapped[str | None] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(20), index=True)  # draft | published | withdrawn | replaced
    text_hash: Mapped[str] = mapped_column(String(64))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("clarification.id"))
    written_by: Mapped[str] = mapped_column(String(60))
    written_at: Mapped[Any] = moment(False)
    approved_by: Mapped[str | None] = mapped_column(String(60))
    approved_role: Mapped[str | None] = mapped_column(String(20))
    approved_at: Mapped[Any] = moment()
    withdrawn_by: Mapped[str | None] = mapped_column(String(60))
    withdrawn_at: Mapped[Any] = moment()
    withdrawn_why: Mapped[str | None] = mapped_column(String(200))


class Opening(Base):
    """What the public is told of a facility: open or not, when; the name and place stand with the facility."""

    __tablename__ = "opening"
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))  # open | full | closed
    hours: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    note_en: Mapped[str] = mapped_column(String(200), default="")
    shown: Mapped[bool] = mapped_column(default=True)
    changed_by: Mapped[str] = mapped_column(String(60))
    changed_at: Mapped[Any] = moment(False)
