"""The tables of the room: an alert, who it is for, each way out that was tried, the phone book, the channels."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import Id, key, moment

Moment = Mapped[dt.datetime | None]


class Alert(Base):
    """The words of one revision; `text_hash` binds an approval to what was approved.

    The CAP words (event to certainty, sender_name, instruction) follow from template, order and priority where nobody
    says otherwise. `area` is GeoJSON (polygon or multipolygon), `area_codes` and `audience` are JSON. `retraction` is
    the text of a cancel, written together with the alert; `english` is JSON {headline, text, instruction}.
    """

    __tablename__ = "alert"
    id: Mapped[int] = key()
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id"))
    priority: Mapped[str] = mapped_column(String(2))
    audience_kind: Mapped[str] = mapped_column(String(10))  # units | public
    order: Mapped[str] = mapped_column(String(20))  # inform | stand_by | go | evacuate | stand_down
    headline: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(200), default="")
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    exercise: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), index=True)
    text_hash: Mapped[str] = mapped_column(String(64))
    written_by: Mapped[str] = mapped_column(String(60))
    written_at: Moment = moment(False)
    approved_by: Mapped[str | None] = mapped_column(String(60))
    approved_at: Moment = moment()
    expires_at: Moment = moment(False)
    template: Mapped[str | None] = mapped_column(String(30))
    language: Mapped[str] = mapped_column(String(5), server_default="id")
    event: Mapped[str | None] = mapped_column(String(80))
    category: Mapped[str | None] = mapped_column(String(20))
    urgency: Mapped[str | None] = mapped_column(String(20))
    severity: Mapped[str | None] = mapped_column(String(20))
    certainty: Mapped[str | None] = mapped_column(String(20))
    instruction: Mapped[str | None] = mapped_column(Text)
    sender_name: Mapped[str | None] = mapped_column(String(120))
    area: Mapped[str | None] = mapped_column(Text)
    area_codes: Mapped[str | None] = mapped_column(Text)
    area_words: Mapped[str | None] = mapped_column(String(300))
    english: Mapped[str | None] = mapped_column(Text)
    audience: Mapped[str | None] = mapped_column(Text)
    retraction: Mapped[str | None] = mapped_column(Text)
    cancelled_by: Mapped[str | None] = mapped_column(String(60))
    ended_at: Moment = moment()
    __table_args__ = (Index("ix_alert_written_at", "written_at"),)


class Recipient(Base):
    """One unit or contact that must have one alert: the truth about it, and the clock to the next rung."""

    __tablename__ = "recipient"
    id: Mapped[int] = key()
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    state: Mapped[str] = mapped_column(String(20))
    rung: Mapped[int] = mapped_column(Integer, default=0)
    next_rung_at: Moment = moment()
    seen_at: Moment = moment()
    seen_by: Mapped[str | None] = mapped_column(String(60))
    seen_via: Mapped[str | None] = mapped_column(String(20))
    channel: Mapped[str | None] = mapped_column(String(20))  # of its rung, and of the next
    next_channel: Mapped[str | None] = mapped_column(String(20))
    read_back: Mapped[str | None] = mapped_column(String(500))  # the words that came back
    runner_task_id: Mapped[int | None] = mapped_column(Id)
    __table_args__ = (
        UniqueConstraint("alert_id", "unit_id"),
        UniqueConstraint("alert_id", "contact_id", name="uq_recipient_contact"),
        CheckConstraint("(unit_id IS NULL) <> (contact_id IS NULL)", name="ck_recipient_one"),
        Index("ix_recipient_clock", "next_rung_at"),
        Index("ix_recipient_counts", *["alert_id", "state", "rung", "next_channel", "contact_id", "next_rung_at"]),
        Index("ix_recipient_contact_id", "contact_id"),
    )


class Delivery(Base):
    """One alert by one channel to one recipient, with its own state and key: at least once, deduplicated far off.

    An outside one has an address, a `code` for the acknowledging link, the far end's own name for it (`foreign_id`),
    and while a sender works on it `claimed_until`. `sent_at` is when it last left us or may have: the far end's answer
    was lost, or the sender died with it in hand. What was refused or never reached anybody has none.
    """

    __tablename__ = "delivery"
    id: Mapped[int] = key()
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    due_at: Moment = moment(False)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    reason: Mapped[str | None] = mapped_column(String(200))
    changed_at: Moment = moment(False)
    address: Mapped[str | None] = mapped_column(String(1000))
    code: Mapped[str | None] = mapped_column(String(16))
    foreign_id: Mapped[str | None] = mapped_column(String(200))
    sent_at: Moment = moment()
    claimed_until: Moment = moment()
    __table_args__: Any = (
        UniqueConstraint("recipient_id", "channel"),
        Index("uq_delivery_code", "code", unique=True),
        Index("ix_delivery_due", "channel", "state", "due_at"),
        Index("ix_delivery_foreign", "channel", "foreign_id"),
        Index("ix_delivery_address", "address"),
    )


class Contact(Base):
    """Someone in the phone book who must know: a person in office, or an outlet (a group chat, a siren, a speaker).

    `office` says as what: kades (head of village), camat, rt, duty, other; `area_code` where.
    """

    __tablename__ = "contact"
    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10), server_default="person")  # person | outlet
    office: Mapped[str] = mapped_column(String(20), server_default="other")
    area_code: Mapped[str | None] = mapped_column(String(13), index=True)
    agency_code: Mapped[str | None] = mapped_column(ForeignKey("agency.code"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    language: Mapped[str] = mapped_column(String(5), server_default="id")
    note: Mapped[str | None] = mapped_column(String(200))
    made_by: Mapped[str] = mapped_column(String(60))
    made_at: Moment = moment(False)
    changed_at: Moment = moment(False)
    gone_at: Moment = moment()


class ContactAddress(Base):
    """Where a contact, or the team of a unit, is reached: `channel` is the kind of address (sms, telegram, email...).

    `stopped_at`: they asked not to be written to any more. Never in a log, an entry or on the air.
    """

    __tablename__ = "contact_address"
    id: Mapped[int] = key()
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(1000))
    stopped_at: Moment = moment()
    __table_args__ = (
        Index("ix_contact_address_where", "address", "channel"),
        CheckConstraint("(unit_id IS NULL) <> (contact_id IS NULL)", name="ck_contact_address_one"),
    )


class ContactGroup(Base):
    """A named list of contacts and units that are alerted together."""

    __tablename__ = "contact_group"
    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(String(80), unique=True)
    made_by: Mapped[str] = mapped_column(String(60))
    made_at: Moment = moment(False)


class GroupMember(Base):
    """One contact or unit of a group."""

    __tablename__ = "group_member"
    id: Mapped[int] = key()
    group_id: Mapped[int] = mapped_column(ForeignKey("contact_group.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    __table_args__ = (
        UniqueConstraint("group_id", "contact_id", name="uq_group_member_contact"),
        UniqueConstraint("group_id", "unit_id", name="uq_group_member_unit"),
        CheckConstraint("(unit_id IS NULL) <> (contact_id IS NULL)", name="ck_group_member_one"),
    )


class ChannelSetting(Base):
    """An outside channel as the site set it up; `sealed` is its settings, readable with the site's secret alone."""

    __tablename__ = "channel_setting"
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    is_on: Mapped[bool] = mapped_column(default=False)
    sealed: Mapped[str | None] = mapped_column(Text)
    loop_address: Mapped[str | None] = mapped_column(String(1000))  # ours: where tests and loop-backs go
    changed_by: Mapped[str] = mapped_column(String(60))
    changed_at: Moment = moment(False)


class ChannelHealth(Base):
    """How a channel is: what its probe says, what comes back, and how often it fell lately."""

    __tablename__ = "channel_health"
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))  # ok | warn | down | off
    words: Mapped[str] = mapped_column(String(200))
    since: Moment = moment(False)
    probed_at: Moment = moment()
    good_since: Moment = moment()
    flaps: Mapped[int] = mapped_column(Integer, server_default="0")
    fell_at: Moment = moment()


class ChannelTrial(Base):
    """A message of our own to our own address: did it come home, and how soon."""

    __tablename__ = "channel_trial"
    id: Mapped[int] = key()
    channel: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))  # loop | morning | evening | hand
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    state: Mapped[str] = mapped_column(String(10))  # waiting | sent | home | lost
    reason: Mapped[str | None] = mapped_column(String(200))
    asked_at: Moment = moment(False)
    ended_at: Moment = moment()
    __table_args__ = (Index("ix_channel_trial_when", "channel", "asked_at"),)


class Note(Base):
    """Words to one address that are no delivery of an alert: a cancel, an answer to a reporter, a test."""

    __tablename__ = "note_out"
    id: Mapped[int] = key()
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[str] = mapped_column(String(10))  # cancel | reply | trial
    channel: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(1000))
    headline: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    priority: Mapped[str] = mapped_column(String(2), server_default="P2")
    order: Mapped[str] = mapped_column(String(20), server_default="inform")
    alert_id: Mapped[int | None] = mapped_column(Id, index=True)
    revision: Mapped[int] = mapped_column(Integer, server_default="0")
    exercise: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20))  # waiting | sent | heard | seen | failed | expired
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    reason: Mapped[str | None] = mapped_column(String(200))
    foreign_id: Mapped[str | None] = mapped_column(String(200))
    made_at: Moment = moment(False)
    due_at: Moment = moment(False)
    expires_at: Moment = moment(False)
    claimed_until: Moment = moment()
    __table_args__ = (
        Index("ix_note_out_due", "channel", "state", "due_at"),
        Index("ix_note_out_foreign", "channel", "foreign_id"),
    )
