"""What the routes of alerts, contacts and channels take."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from alerts import cap_form, rules, templates
from gis.codes import kemendagri
from incident import rules as room
from incident import schemas as s

OFFICES = ("kades", "camat", "rt", "duty", "other")
CONTACT_KINDS = ("person", "outlet")
MOST_POINTS = 5000  # of one drawn area


def ids(most: int = 300) -> fields.List:
    number = fields.Integer(strict=True, validate=validate.Range(1, 2**53))
    return fields.List(number, load_default=list, validate=validate.Length(max=most))


def codes(most: int = 500) -> fields.List:
    return fields.List(fields.String(validate=_is_code), load_default=list, validate=validate.Length(max=most))


def _is_code(code: str) -> None:
    if kemendagri(code) != code:
        raise ValidationError("Bukan kode Kemendagri, misalnya 52.03.01.2001.")


def _is_area(area: Any) -> None:
    """A GeoJSON polygon or multipolygon (RFC 7946, 3.1.6) of bounded size, its numbers on earth.

    Whatever passes here is published by everybody who reads the alert: the public page, CAP, the map.
    """
    if not isinstance(area, dict) or area.get("type") not in ("Polygon", "MultiPolygon"):
        raise ValidationError("Wilayah harus GeoJSON Polygon atau MultiPolygon.")
    drawn = area.get("coordinates")
    polygons = [drawn] if area["type"] == "Polygon" else _parts(drawn)
    rings = [_parts(ring) for polygon in polygons for ring in _parts(polygon)]
    points = [_point(one) for ring in rings for one in ring]
    is_whole = len(points) <= MOST_POINTS and all(len(ring) > 3 for ring in rings)
    if not is_whole or not all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in points):
        raise ValidationError(f"Wilayah perlu 4 sampai {MOST_POINTS} titik bujur-lintang yang sah.")


def _parts(whole: Any) -> list[Any]:
    if not isinstance(whole, list) or not whole:
        raise ValidationError("Wilayah itu tidak dapat dibaca.")
    return whole


def _point(point: Any) -> tuple[float, float]:
    numbers = _parts(point)[:2]
    if len(numbers) < 2 or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in numbers):
        raise ValidationError("Wilayah itu tidak dapat dibaca.")
    return numbers[0], numbers[1]


class EnglishIn(s.Strict):
    """The same alert in English."""

    event = s.words(80)
    headline = s.words(120)
    text = s.words(500)
    instruction = s.words(500)
    retraction = s.words(500)


class Audience(s.Strict):
    """To whom; `village_heads` are area codes, `heads_in_area` asks for those of the drawn area."""

    unit_ids = ids()
    group_ids = ids()
    roles = fields.List(fields.String(validate=validate.OneOf(room.ROLES)), load_default=list)
    agencies = fields.List(s.words(20), load_default=list, validate=validate.Length(max=100))
    village_heads = codes()
    heads_in_area = fields.Boolean(load_default=False)
    contact_ids = ids(2000)
    public = fields.Boolean(load_default=False)
    audience = fields.String(load_default="units", validate=validate.OneOf(rules.AUDIENCES))


class CapWords(Audience):
    """What an alert is about, in the words of CAP 1.2; whatever is left out follows from order and priority."""

    template = fields.String(validate=lambda name: _known_template(name))
    event = s.words(80)
    category = s.one_of(cap_form.CATEGORIES)
    urgency = s.one_of(cap_form.URGENCIES)
    severity = s.one_of(cap_form.SEVERITIES)
    certainty = s.one_of(cap_form.CERTAINTIES)
    instruction = s.words(500)
    sender_name = s.words(120)
    retraction = s.words(500)
    area = fields.Raw(validate=_is_area, metadata={"type": "object", "description": "GeoJSON, polygon or multipolygon"})
    area_codes = codes()
    area_words = s.words(300)
    language = fields.String(load_default="id", validate=validate.OneOf(("id", "en")))
    english = fields.Nested(EnglishIn)


def _known_template(name: str) -> None:
    if name not in templates.table():
        raise ValidationError(f"Templat yang ada: {', '.join(templates.table())}.")


class AlertIn(CapWords):
    """An alert: the order, the words, for whom, until when."""

    uid = s.sender_key()
    incident_id = s.some_id()
    priority = s.one_of(rules.PRIORITIES, required=True)
    order = s.one_of(rules.ORDERS, required=True)
    headline = s.words(120)
    text = s.words(500, required=True)
    expires_in_min = fields.Integer(load_default=60, strict=True, validate=validate.Range(1, 1440))


class ReachIn(CapWords):
    """The same without a key: nothing is written."""

    incident_id = s.some_id()
    priority = s.one_of(rules.PRIORITIES, required=True)
    order = s.one_of(rules.ORDERS, required=True)
    text = s.words(500)


class ComposeIn(s.Strict):
    """What, where, when, until when, from whom; a sentence whose word is missing is left out."""

    template = fields.String(required=True, validate=_known_template)
    what = s.words(300)
    where = s.words(300)
    when = s.words(60)
    until = s.words(60)
    sender = s.words(120)
    what_en = s.words(300)
    when_en = s.words(60)
    until_en = s.words(60)


class ApproveIn(s.Strict):
    uid = s.sender_key()
    text_hash = s.words(64)


class UpdateIn(s.Strict):
    """The words of the next revision; people and priority stay, the order may change."""

    uid = s.sender_key()
    text = s.words(500, required=True)
    headline = s.words(120)
    instruction = s.words(500)
    retraction = s.words(500)
    english = fields.Nested(EnglishIn)
    order = s.one_of(rules.ORDERS)
    expires_in_min = fields.Integer(load_default=60, strict=True, validate=validate.Range(1, 1440))


class CancelIn(s.Strict):
    """Without `text` the retraction that was written with the alert goes out."""

    uid = s.sender_key()
    text = s.words(300)


class AcknowledgeIn(s.Strict):
    """A person has seen it: of a unit, or a recipient of the list; noted for someone on the telephone."""

    uid = s.sender_key()
    unit_id = s.some_id()
    recipient_id = s.some_id()


class ReadBackIn(AcknowledgeIn):
    words = s.words(500, required=True)


class AlertsQuery(s.Strict):
    cursor = fields.Integer(validate=validate.Range(1, 2**53))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class RecipientsQuery(s.Strict):
    """`state` is one or several, separated by commas; `q` a part of a name or call sign."""

    state = s.words(120)
    q = s.words(80)
    cursor = fields.Integer(validate=validate.Range(0, 2**53))
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500))


# the phone book

ADDRESS_KINDS = tuple(name for name in rules.ADDRESS_KINDS if name != "radio")


class AddressIn(s.Strict):
    channel = s.one_of(ADDRESS_KINDS, required=True)
    address = s.words(1000, required=True)


class ContactIn(s.Strict):
    """A person in office or an outlet. `addresses` are all of them: what is left out is gone."""

    uid = s.sender_key()
    name = s.words(120, required=True)
    kind = fields.String(load_default="person", validate=validate.OneOf(CONTACT_KINDS))
    office = fields.String(load_default="other", validate=validate.OneOf(OFFICES))
    area_code = fields.String(validate=_is_code, allow_none=True, load_default=None)
    agency_code = fields.String(validate=validate.Length(max=20), allow_none=True, load_default=None)
    person_id = fields.Integer(strict=True, validate=validate.Range(1, 2**53), allow_none=True, load_default=None)
    language = fields.String(load_default="id", validate=validate.OneOf(("id", "en")))
    note = fields.String(validate=validate.Length(max=200), allow_none=True, load_default=None)
    addresses = fields.List(fields.Nested(AddressIn), load_default=list, validate=validate.Length(max=20))
    group_ids = fields.List(fields.Integer(strict=True, validate=validate.Range(1, 2**53)), load_default=None)


class ContactsQuery(s.Strict):
    q = s.words(80)
    office = s.one_of(OFFICES)
    area = s.code_of_area()
    agency = s.words(20)
    group = fields.Integer(validate=validate.Range(1, 2**53))
    cursor = fields.Integer(validate=validate.Range(1, 2**53))
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500))


class ContactsFileIn(s.Strict):
    """A CSV file as text, with a first line of names; `is_trial` says what would happen and writes nothing."""

    uid = s.sender_key()
    csv = s.words(2_000_000, required=True)
    is_trial = fields.Boolean(load_default=False)


class UnitAddressesIn(s.Strict):
    uid = s.sender_key()
    addresses = fields.List(fields.Nested(AddressIn), required=True, validate=validate.Length(max=20))


class GroupIn(s.Strict):
    uid = s.sender_key()
    name = s.words(80, required=True)
    contact_ids = ids(20_000)
    unit_ids = ids(1000)


# channels


class ChannelIn(s.Strict):
    """Settings by the channel's own form; a secret that is left out stays as it is."""

    uid = s.sender_key()
    is_on = fields.Boolean(required=True)
    settings = fields.Dict(keys=fields.String(), load_default=dict)
    loop_address = fields.String(validate=validate.Length(max=1000), allow_none=True, load_default=None)


class TrialIn(s.Strict):
    """Without `address` the channel's own loop-back address is tried."""

    uid = s.sender_key()
    address = s.words(1000)
