"""Makes a CAP message of an alert of ours: what follows from its order, priority and event stands in `cap_table`. Pure.

Every message says the same in Indonesian and in English: where nobody wrote the English, it is put together from the
tables, and the Indonesian words follow it.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from alerts import cap_table
from alerts.cap_area import Circle
from alerts.cap_form import CapAlert, CapArea, CapInfo, CapReference
from alerts.cap_table import Event, Order
from gis.geometry import mend

KEMENDAGRI = "Kemendagri"  # the system of our area codes
AROUND_KM = 2.0  # around a place without a drawn area; wider than the rounding of its middle
MAX_CODES = 100  # areas named one by one; the rest stands together in one
CONTACT = "112"
DRILL = "LATIHAN"


class Sender(NamedTuple):
    """Who speaks: an id that stays, the site's name, its area code, its page for the public ("" without)."""

    id: str
    name: str
    area_code: str
    web: str


class About(NamedTuple):
    """What is known beside the alert: the type of its incident, the area it lies in, and area codes to names.

    The words of the place are a caller's ("depan rumah Bu Sri"), so they never leave the house: the area's name does.
    """

    kind: str | None
    area_code: str | None
    names: Mapping[str, str]

    @property
    def where(self) -> str:
        return self.names.get(self.area_code or "", "")


ABOUT_NOTHING = About(None, None, {})


class Said(NamedTuple):
    """One language of an alert."""

    language: str
    event: str
    headline: str
    description: str
    instruction: str


def sender_of(name: str, area_code: str, web: str = "") -> Sender:
    """The sender of a site; its id is made of what does not change: the Kemendagri code, else the name."""
    word = area_code or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "site"
    return Sender(f"posko.{word}", name, area_code, web)


def identifier(sender: Sender, alert_id: int, message_type: str, sent_at: dt.datetime) -> str:
    """Unlike any other of this sender, also after the database began anew: which, what, and the second."""
    return f"{sender.id}-{alert_id}-{message_type.lower()}-{sent_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def message(
    alert: Mapping[Any, Any],
    message_type: str,
    sender: Sender,
    sent_at: dt.datetime,
    past: tuple[CapReference, ...] = (),
    about: About = ABOUT_NOTHING,
) -> CapAlert:
    """The message of an alert's row: `message_type` is Alert, Update or Cancel, `past` the messages it follows."""
    sent_at = sent_at.replace(microsecond=0)
    event, order = cap_table.event_of(about.kind or alert["template"]), cap_table.ORDERS[alert["order"]]
    areas = _areas(alert, sender, about)
    said = (_indonesian(alert, event, order), _english(alert, event, order, about))
    if message_type == "Cancel":
        said = (_withdrawn_id(alert, said[0]), _withdrawn_en(said[1]))
    return CapAlert(
        identifier=identifier(sender, alert["id"], message_type, sent_at),
        sender=sender.id,
        sent_at=sent_at,
        status="Exercise" if alert["exercise"] else "Actual",
        message_type=message_type,
        source="",
        scope="Public",
        restriction="",
        addresses="",
        codes=(),
        note=DRILL if alert["exercise"] else "",
        references=past,
        incidents="",
        infos=tuple(_info(alert, one, event, sender, sent_at, areas, message_type) for one in said),
        is_signed=False,
        faults=(),
    )


def _info(
    alert: Mapping[Any, Any],
    said: Said,
    event: Event,
    sender: Sender,
    sent_at: dt.datetime,
    areas: tuple[CapArea, ...],
    message_type: str,
) -> CapInfo:
    is_over = message_type == "Cancel"
    order, priority = alert["order"], alert["priority"]
    return CapInfo(
        language=said.language,
        categories=(alert["category"],) if alert["category"] else event.categories,
        event=said.event,
        responses=("None",) if is_over else (cap_table.ORDERS[order].response,),
        urgency="Past" if is_over else alert["urgency"] or cap_table.urgency_of(order, priority),
        severity=alert["severity"] or cap_table.SEVERITY_OF_PRIORITY[priority],
        certainty=alert["certainty"] or cap_table.CERTAINTY_OF_PRIORITY[priority],
        audience="",
        event_codes=(),
        effective_at=sent_at,
        onset_at=None,
        expires_at=max(alert["expires_at"], sent_at + dt.timedelta(minutes=1)),
        sender_name=alert["sender_name"] or sender.name,
        headline=said.headline,
        description=said.description,
        instruction=said.instruction,
        web=sender.web,
        contact=CONTACT,
        parameters=(),
        areas=areas,
    )


# the words


def _indonesian(alert: Mapping[Any, Any], event: Event, order: Order) -> Said:
    instruction = alert["instruction"] or order.instruction_id
    headline = _drilled(alert["headline"], alert["exercise"])
    return Said("id-ID", alert["event"] or event.name_id, headline, alert["text"], instruction)


def _english(alert: Mapping[Any, Any], event: Event, order: Order, about: About) -> Said:
    """What a person wrote in English, else what the tables can say, with the Indonesian words after it."""
    written: Mapping[str, str] = json.loads(alert["english"]) if alert["english"] else {}
    headline = written.get("headline") or _english_headline(alert, event, order, about)
    text = written.get("text") or f"(In Indonesian) {alert['text']}"
    instruction = written.get("instruction") or order.instruction_en
    name = event.name_en if event is not cap_table.UNKNOWN_EVENT else written.get("event") or event.name_en
    return Said("en-US", name, _drilled(headline, alert["exercise"]), text, instruction)


def _english_headline(alert: Mapping[Any, Any], event: Event, order: Order, about: About) -> str:
    where = alert["area_words"] or about.where
    is_named = event is not cap_table.UNKNOWN_EVENT
    said = f"{event.name_en}: {order.title_en}" if is_named else order.title_en.capitalize()
    return f"{said}, {where}" if where else said


def _drilled(headline: str, is_exercise: bool) -> str:
    return f"{DRILL}: {headline.removeprefix(DRILL).lstrip(' .:')}" if is_exercise else headline


def _withdrawn_id(alert: Mapping[Any, Any], said: Said) -> Said:
    words = alert["retraction"] or "Peringatan ini dicabut dan tidak berlaku lagi."
    return said._replace(headline=f"DICABUT: {said.headline}", description=words, instruction="")


def _withdrawn_en(said: Said) -> Said:
    words = "This warning has been withdrawn and is no longer valid."
    return said._replace(headline=f"WITHDRAWN: {said.headline}", description=words, instruction="")


# the ground


def _areas(alert: Mapping[Any, Any], sender: Sender, about: About) -> tuple[CapArea, ...]:
    """What was drawn, then the areas by code; without either the place, and without that the whole site."""
    words = alert["area_words"] or about.where or sender.name
    drawn = _drawn(alert["area"])
    codes: list[str] = json.loads(alert["area_codes"]) if alert["area_codes"] else []
    areas = [CapArea(words, drawn, (), ())] if drawn is not None else []
    areas += [CapArea(about.names.get(one, one), None, (), ((KEMENDAGRI, one),)) for one in codes[:MAX_CODES]]
    if rest := codes[MAX_CODES:]:
        areas.append(CapArea(words, None, (), tuple((KEMENDAGRI, one) for one in rest)))
    return tuple(areas) or (_around(alert, words, sender, about),)


def _drawn(area: str | None) -> BaseGeometry | None:
    ground = mend(shape(json.loads(area))) if area else None
    return None if ground is None or ground.is_empty else ground


def _around(alert: Mapping[Any, Any], words: str, sender: Sender, about: About) -> CapArea:
    """A circle whose middle is no house: rounded to a hundredth of a degree."""
    code = about.area_code or sender.area_code
    codes = ((KEMENDAGRI, code),) if code else ()
    if alert["lon"] is None or alert["lat"] is None:
        return CapArea(words, None, (), codes)
    middle = Circle(round(alert["lon"], 2), round(alert["lat"], 2), AROUND_KM)
    return CapArea(words, None, (middle,), codes if about.area_code else ())
