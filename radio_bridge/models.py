"""The tables of the room: stations, what is to go on the air, who has it, and what was heard."""

import datetime as dt

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gis.database import Base
from incident.models import key, moment
from radio_bridge.keys import models as key_models
from radio_bridge.net import models as net_models
from radio_bridge.sms import models as sms_models

SHORT_MESSAGES = (sms_models.ShortMessage, sms_models.ShortPart, sms_models.ShortHeard)
"""The tables of the GSM modem belong to the room too."""
KEYS = (key_models.KeyEpoch, key_models.KeyCard)
NET = (net_models.RollCalled, net_models.VoiceNet, net_models.VoiceLine)
"""So do those of the net as people keep it."""
Moment = Mapped[dt.datetime | None]


class Station(Base):
    """A radio of ours on the net: its number in the frame, its call sign, its unit."""

    __tablename__ = "station"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)  # 1..200; 0 is the centre
    call_sign: Mapped[str] = mapped_column(String(30), unique=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), unique=True)
    last_heard_at: Moment = moment()
    revoked_at: Moment = moment()
    lon: Mapped[float | None]  # where it said it was, WGS 84 degrees
    lat: Mapped[float | None]
    located_at: Moment = moment()
    relay_place: Mapped[int | None] = mapped_column(Integer)  # a relay: which it is in the order they speak, from 1


class Transmission(Base):
    """One message that must go on the air until its roster has it or it is too late."""

    __tablename__ = "transmission"
    id: Mapped[int] = key()
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # alert | cancel | text | notice (words to all) | rollcall
    text: Mapped[str] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(Integer)  # 0 first
    state: Mapped[str] = mapped_column(String(20), index=True)  # queued spooled keyed done expired failed superseded
    reason: Mapped[str | None] = mapped_column(String(200))
    rounds: Mapped[int] = mapped_column(Integer, default=0)
    ref: Mapped[int | None] = mapped_column(Integer)  # 0..65535: the number stations quote; shared by revisions
    radiogram: Mapped[str] = mapped_column(Text)  # JSON, as the spool takes it
    bytes_on_air: Mapped[int] = mapped_column(Integer, default=0)  # of the sealed frame, first round
    airtime_s: Mapped[float] = mapped_column(default=0.0)  # of the first round at 1200 Bd
    written_by: Mapped[str] = mapped_column(String(60))
    queued_at: Moment = moment(False)
    keyed_at: Moment = moment()
    expires_at: Moment = moment(False)


class Reception(Base):
    """What one station is known to have of one transmission."""

    __tablename__ = "reception"
    id: Mapped[int] = key()
    transmission_id: Mapped[int] = mapped_column(ForeignKey("transmission.id"), index=True)
    station: Mapped[int] = mapped_column(ForeignKey("station.number"))
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))
    # queued keyed heard seen read_back superseded expired failed unknown (sent, never answered)
    state: Mapped[str] = mapped_column(String(20))
    changed_at: Moment = moment(False)
    __table_args__ = (UniqueConstraint("transmission_id", "station"),)


class Heard(Base):
    """One genuine message from a station; `uid` is made of source and counter, so it is stored once."""

    __tablename__ = "heard"
    id: Mapped[int] = key()
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    station: Mapped[int] = mapped_column(Integer, index=True)
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    heard_at: Moment = moment(False)
